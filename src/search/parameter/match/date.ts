import { dateRange, isObject, list, type Range } from '../../../fhir/index.ts';
import { type ParameterKind, prefixOf } from './kind.ts';

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
    const exact = dateRange(written.replace(/ (\d\d:\d\d)$/, '+$1'));
    const compare = COMPARE[prefix];
    if (!exact || !compare) return undefined;
    const slack = prefix === 'ap' ? Math.abs(now - exact.low) / 10 : 0;
    const asked = { low: exact.low - slack, high: exact.high + slack };
    return (found) => {
      const range = rangeOf(found);
      return range !== undefined && compare(range, asked);
    };
  },
  isValue: (found) => rangeOf(found) !== undefined,
  sortKey: (found) => {
    const range = rangeOf(found);
    return range?.low === -Infinity ? range.high : range?.low;
  },
};

/** @see https://hl7.org/fhir/R4/search.html#prefix */
const COMPARE: Readonly<Record<string, (found: Range, asked: Range) => boolean>> = {
  eq: (found, asked) => found.low >= asked.low && found.high <= asked.high,
  ne: (found, asked) => found.low < asked.low || found.high > asked.high,
  gt: (found, asked) => found.high > asked.high,
  lt: (found, asked) => found.low < asked.low,
  ge: (found, asked) => found.high > asked.high || (found.low >= asked.low && found.high <= asked.high),
  le: (found, asked) => found.low < asked.low || (found.low >= asked.low && found.high <= asked.high),
  sa: (found, asked) => found.low >= asked.high,
  eb: (found, asked) => found.high <= asked.low,
  ap: (found, asked) => found.low < asked.high && found.high > asked.low,
};

/** The stretch of time of a date, of a period (open ends reach for ever) or of a timing: of that the outer limits count. */
const rangeOf = (found: unknown): Range | undefined => {
  if (typeof found === 'string') return dateRange(found);
  if (!isObject(found)) return undefined;
  if ('event' in found || 'repeat' in found) {
    const events = list(found['event']).flatMap((it) => (typeof it === 'string' ? (dateRange(it) ?? []) : []));
    const bounds = isObject(found['repeat']) ? rangeOf(found['repeat']['boundsPeriod']) : undefined;
    return outerLimits(bounds ? [...events, bounds] : events);
  }
  const start = typeof found['start'] === 'string' ? dateRange(found['start']) : undefined;
  const end = typeof found['end'] === 'string' ? dateRange(found['end']) : undefined;
  return start || end ? { low: start?.low ?? -Infinity, high: end?.high ?? Infinity } : undefined;
};

const outerLimits = (ranges: readonly Range[]): Range | undefined =>
  ranges.length === 0
    ? undefined
    : { low: Math.min(...ranges.map((it) => it.low)), high: Math.max(...ranges.map((it) => it.high)) };
