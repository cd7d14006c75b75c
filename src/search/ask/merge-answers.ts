import type { Mapping } from '../../adapter/index.ts';
import { mapOnce } from '../../mapping/map-once.ts';
import type { Asked } from '../../sources/asked.ts';
import type { Drained } from './drained.ts';

/**
 * The answers to all queries of one source as one; of a query that failed only its absence is told. The very same answers are
 * merged once: what their records became is remembered with it.
 */
export const mergeAnswers = (
  first: Asked<Drained> & { readonly value: Drained },
  others: readonly Asked<Drained>[],
  map: Mapping,
): Drained => {
  if (others.length === 0) return first.value;
  const place = [first, ...others].reduce(stepTo, MERGED);
  return (place.answer ??= { ...merge(first.value, others), map: mapOnce(map) });
};

/** What is known of answers that came together, one step for each of them. */
interface Place {
  readonly next: WeakMap<object, Place>;
  answer?: Drained;
}

const MERGED: Place = { next: new WeakMap() };

const stepTo = ({ next }: Place, asked: object): Place => {
  let place = next.get(asked);
  if (!place) next.set(asked, (place = { next: new WeakMap() }));
  return place;
};

const merge = (first: Drained, others: readonly Asked<Drained>[]): Omit<Drained, 'map'> => {
  const answers = [first, ...others.flatMap((it) => ('value' in it ? [it.value] : []))];
  return {
    records: answers.flatMap((it) => it.records),
    warnings: answers.flatMap((it) => it.warnings ?? []),
    issues: answers.flatMap((it) => it.issues ?? []),
    patientIds: [...new Set(answers.flatMap((it) => it.patientIds))],
    partial: answers.length <= others.length || answers.some((it) => it.partial),
  };
};
