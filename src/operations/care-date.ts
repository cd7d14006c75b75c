import type { ResourceType } from '../fhir/index.ts';
import { type SearchParameter, searchParametersOf } from '../fhir/definitions/index.ts';
import { clinicalDatesOf } from '../search/clinical-date.ts';
import type { Criterion } from '../search/parameter/criterion.ts';
import type { Held } from '../search/held.ts';
import { KINDS } from '../search/parameter/match/index.ts';
import { readCriterion } from '../search/parameter/read-criterion.ts';
import { readStamped } from '../search/parameter/stamped.ts';

/**
 * Holds for care between two days, both included, by the clinical date of each type, which may be a day, a period or as
 * inexact as a year. What has no clinical date is always in: nobody can say that it is not of that time.
 */
export const careBetween = (start: string | undefined, end: string | undefined): Criterion => {
  const asked = [...(start === undefined ? [] : [`ge${start}`]), ...(end === undefined ? [] : [`le${end}`])];
  const byType = new Map<ResourceType, (held: Held) => boolean>();
  const testOf = (type: ResourceType): ((held: Held) => boolean) => {
    const dates = clinicalDatesOf(type).map((code) => ({
      isIn: (held: Held) => isDated(searchParametersOf(type)[code] as SearchParameter, held),
      criteria: asked.map((it) => readCriterion(type, [code, it], { now: 0, owns: () => false }) as Criterion),
    }));
    return (held) => {
      const date = dates.find((it) => it.isIn(held));
      return date === undefined || date.criteria.every((it) => it.matches(held, NOWHERE));
    };
  };
  return {
    matches: (held) => {
      const { type } = held.local;
      let test = byType.get(type);
      if (!test) byType.set(type, (test = testOf(type)));
      return test(held);
    },
    types: [],
    plain: false,
  };
};

/** Dates are followed nowhere. */
const NOWHERE = { patient: undefined, follow: () => undefined, referrers: () => [], missed: () => [] };

const isDated = (parameter: SearchParameter, held: Held): boolean =>
  readStamped(parameter)(held).some((it) => KINDS.date?.isValue?.(it));
