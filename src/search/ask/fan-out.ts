import { type Call, inSlices, type SourceError, type SourceQuery } from '../../adapter/index.ts';
import type { NhsNumber } from '../../fhir/index.ts';
import { mapAhead } from '../../mapping/map-answer.ts';
import { type Asking, ask } from '../../sources/ask.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import { drain } from './drain.ts';
import type { Drained } from './drained.ts';
import { mergeAnswers } from './merge-answers.ts';
import type { Plan, Step } from './plan.ts';

/** What one source did: answered, failed, or was not asked, or must not be. */
export type Result = {
  readonly source: ConfiguredSource;
  /** The superseded number by which the source knows the patient, where it is not that of today. */
  readonly askedAs?: NhsNumber;
} & (
  | { readonly outcome: 'not-asked' }
  /** It waited for the trace, and may not be asked: for who the person is, or since nobody could say. */
  | { readonly outcome: 'withheld' }
  | { readonly outcome: 'untraced' }
  | {
      readonly outcome: 'failed';
      readonly error: SourceError;
      readonly fetchedAt: number;
      readonly latencyMs: number;
    }
  | {
      readonly outcome: 'answered';
      readonly answer: Drained;
      /** What the source said to each question of which the answer is made. */
      readonly parts: readonly object[];
      /** Why part of it is what the source said before: how it failed now. */
      readonly insteadOf?: SourceError | undefined;
      readonly fetchedAt: number;
      readonly latencyMs: number;
    }
);

export interface FanOut extends Asking {
  readonly maxRecords: number;
}

/**
 * Asks every planned source at once, each page by page to its end, and maps what it gave while others are still waited for.
 * Never throws: a failed source is a value.
 */
export const fanOut = (
  { steps, mapped }: Pick<Plan, 'steps' | 'mapped'>,
  deps: FanOut,
  call: Call,
): Promise<readonly Result[]> => Promise.all(steps.map((it) => take(it, mapped, { deps, call })));

const take = async (
  { source, queries }: Step,
  mapped: Plan['mapped'],
  { deps, call }: { readonly deps: FanOut; readonly call: Call },
): Promise<Result> => {
  const asked = await Promise.all(
    queries.map((query) =>
      source.share.ask(
        {
          key: questionOf(source, query),
          work: (shared) =>
            ask(source, (own) => drain(source, query, { ...deps, call: own }), { ...deps, call: shared }),
          isWhole: (value) => !value.partial,
        },
        call,
      ),
    ),
  );
  const [first, ...others] = asked;
  if (!first) return { source, outcome: 'not-asked' };
  const { fetchedAt, latencyMs } = first;
  if ('error' in first) return { source, outcome: 'failed', error: first.error, fetchedAt, latencyMs };
  const answer = mergeAnswers(first, others, source.adapter.map);
  const { correlationId } = call;
  deps.log.info('source.answered', {
    correlationId,
    sourceId: source.id,
    records: answer.records.length,
    ms: latencyMs,
  });
  await inSlices(mapAhead(answer, mapped));
  const [insteadOf] = asked.flatMap((it) => ('value' in it ? (it.insteadOf ?? []) : []));
  return { source, outcome: 'answered', answer, parts: asked, insteadOf, fetchedAt, latencyMs };
};

/** What those who share an answer ask alike: a `record` source gives the whole record whatever is looked for in it. */
export const questionOf = (
  { capabilities }: ConfiguredSource,
  { patient, types, filters }: SourceQuery,
): readonly unknown[] => (capabilities.scope === 'record' ? [patient] : [patient, types, filters]);
