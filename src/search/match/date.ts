import { dateRange, isObject, list, type Range } from '../../fhir/index.ts';
import { COMPARE, type ParameterKind, prefixOf } from './kind.ts';

/**
 * A date, period or timing against a date of any precision, with any prefix. `ap` reaches a tenth of the time between then
 * and now to either side.
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export const date: ParameterKind = {
  modifiers: [],
  expected: 'a date such as 2024, 2024-03, 2024-03-01 or 2024-03-01T10:00:00Z, with a prefix or none',
  read: (value, { now }) => {
    const [prefix, written] = prefixOf(value);
    // A plus sign that was not encoded arrives as a space.
    const exact = dateRange(written.replace(/(T[^ ]*) (\d\d:\d\d)$/, '$1+$2'));
    const compare = COMPARE[prefix];
    if (!exact || !compare) return undefined;
    const slack = prefix === 'ap' ? Math.abs(now - exact.low) / 10 : 0;
    const asked = { low: exact.low - slack, high: exact.high + slack };
    return (found) => rangesOf(found).some((it) => compare(it, asked));
  },
  sortKey: (found) => rangesOf(found).map((it) => (it.low === -Infinity ? it.high : it.low))[0],
};

/** The stretches of time of a date, a period (open ends reach for ever) or a timing. */
const rangesOf = (found: unknown): readonly Range[] => {
  if (typeof found === 'string') {
    const range = dateRange(found);
    return range ? [range] : [];
  }
  if (!isObject(found)) return [];
  if ('event' in found || 'repeat' in found)
    return [...list(found['event']).flatMap(rangesOf), ...rangesOf(boundsOf(found['repeat']))];
  const start = typeof found['start'] === 'string' ? dateRange(found['start']) : undefined;
  const end = typeof found['end'] === 'string' ? dateRange(found['end']) : undefined;
  return start || end ? [{ low: start?.low ?? -Infinity, high: end?.high ?? Infinity }] : [];
};

const boundsOf = (repeat: unknown): unknown => (isObject(repeat) ? repeat['boundsPeriod'] : undefined);
