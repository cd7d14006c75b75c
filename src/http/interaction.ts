import type { Call } from '../adapter/index.ts';
import type { FhirResource, Json } from '../fhir/index.ts';
import type { MergeMode } from '../search/request/merge-mode.ts';
import type { Pairs } from '../search/request/pairs.ts';
import type { Preferences } from './call.ts';
import type { Format } from './negotiate.ts';

/** An interaction as it was asked for: at the door, or by an entry of a batch. */
export interface Asked {
  /** The parts of the address: `type`, `id`, `operation`. */
  readonly params: Readonly<Record<string, string>>;
  readonly pairs: Pairs;
  readonly prefer: Preferences;
  /** The form that the answer is written in. */
  readonly form: Format['form'];
  /** The resource that was posted. */
  readonly body?: Json | undefined;
}

/** What an interaction gives back, to be written in the form that the caller wants. */
export interface Outgoing {
  readonly status: number;
  readonly resource: FhirResource;
  /** What became of records that state the same, in an answer that can have links. */
  readonly merge?: MergeMode;
}

export type Interaction = (asked: Asked, call: Call) => Promise<Outgoing> | Outgoing;
