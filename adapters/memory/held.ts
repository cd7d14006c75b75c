import { setTimeout } from 'node:timers/promises';
import {
  type Call,
  type ReadQuery,
  type Restriction,
  SourceError,
  type SourceErrorKind,
  type SourceQuery,
  type SourceWarning,
} from '../../src/adapter/index.ts';
import type { Json, ResourceType } from '../../src/fhir/index.ts';

/** What a source in memory holds, and how it behaves. */
export interface Held {
  /** `record` where left out. */
  readonly scope?: 'record' | 'type';
  readonly types: readonly ResourceType[];
  /** R4 resources with ids, by the NHS number of the patient whose record they are; their Patient among them. */
  readonly records: Readonly<Record<string, readonly Json[]>>;
  readonly warnings?: readonly SourceWarning[];
  /** How every call ends, once its time is over. */
  readonly fails?: SourceErrorKind;
  readonly delayMs?: number;
  /** What it says of NHS numbers; one that is not listed is not known. Left out where it traces none. */
  readonly traces?: Readonly<Record<string, MemoryTrace>>;
  /** True for a source that must not be asked before the patient is traced. */
  readonly waitsForTrace?: true;
  /** Told of every query. */
  readonly asked?: (query: SourceQuery | ReadQuery) => void;
}

/** What a source in memory says of a number: `nhsNumber` where it was superseded by another. */
export type MemoryTrace =
  'invalidated' | { readonly nhsNumber?: string; readonly restriction?: Restriction; readonly patient: Json };

/** The record of the patient a query is about. @throws SourceError `not-known-here`, and whatever {@link behave} does. */
export const recordFor = async (query: SourceQuery | ReadQuery, held: Held, call: Call): Promise<readonly Json[]> => {
  held.asked?.(query);
  await behave(held, call);
  const record = held.records[query.patient];
  if (!record) throw new SourceError('not-known-here');
  return record;
};

/** Takes its time and fails as it was told, and obeys the call's signal meanwhile. */
export const behave = async ({ fails, delayMs = 0 }: Held, { signal }: Call): Promise<void> => {
  if (delayMs > 0) await setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new SourceError('timeout');
  if (fails) throw new SourceError(fails);
};
