import type { Call } from '../../adapter/index.ts';
import type { NhsNumber, ResourceType } from '../../fhir/index.ts';
import { ask, type Asking } from '../../sources/ask.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import type { Result } from './fan-out.ts';

export interface WantedRecord {
  readonly type: ResourceType;
  readonly localId: string;
  readonly patient: NhsNumber;
}

/** Reads one record of a source that can read, by the source's own id; one that is not there is an answer without records. */
export const readRecord = async (
  source: ConfiguredSource,
  { type, localId, patient }: WantedRecord,
  { deps, call }: { readonly deps: Asking; readonly call: Call },
): Promise<Result> => {
  const read = source.source.read as NonNullable<typeof source.source.read>;
  const asked = await source.share.ask(
    {
      key: ['read', type, localId, patient],
      work: (shared) => ask(source, (own) => read({ type, id: localId, patient }, own), { ...deps, call: shared }),
      isWhole: (page) => page !== undefined,
    },
    call,
  );
  const { fetchedAt, latencyMs } = asked;
  if ('error' in asked) return { source, outcome: 'failed', error: asked.error, fetchedAt, latencyMs };
  // One record has no account that could tell its age.
  if (asked.insteadOf) return { source, outcome: 'failed', error: asked.insteadOf, fetchedAt, latencyMs };
  const { records = [], warnings = [], issues = [], patientIds = [] } = asked.value ?? {};
  const answer = { records, warnings, issues, patientIds, partial: false, map: source.adapter.map };
  return { source, outcome: 'answered', answer, parts: [asked], fetchedAt, latencyMs };
};
