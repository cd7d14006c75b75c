import { isObject, type Json, SYSTEM } from '../../../fhir/index.ts';
import { convertUnit, inBaseUnits } from '../../../fhir/ucum.ts';
import { type ParameterKind, splitAt, unescape } from './kind.ts';
import { exactly, readNumber, type Span, tidy, valueIn } from './number.ts';

/**
 * `[prefix][number]`, or `[prefix][number]|[system]|[code]`: units of UCUM are converted for comparison where that is the
 * system, others compared by code or unit. A found `<5` is all below 5, a range all between its ends.
 * @see https://hl7.org/fhir/R4/search.html#quantity
 */
export const quantity: ParameterKind = {
  modifiers: [],
  expected: 'a number, or number|system|code, with a prefix or none',
  read: (value) => {
    const parts = splitAt('|', value).map(unescape);
    const [written = '', system = '', code = ''] = parts;
    const asked = readNumber(written);
    if (!asked || (parts.length !== 1 && parts.length !== 3) || (parts.length === 3 && code === '' && system === ''))
      return undefined;
    return (found) => {
      const span = spanOf(found, { system, code });
      return span !== undefined && asked(span);
    };
  },
  sortKey: (found) =>
    isObject(found)
      ? [found, found['low'], found['high'], found['origin']].map(sortValue).find((it) => it !== undefined)
      : undefined,
};

/** The value in the base units of UCUM, so that 900 g come before 1 kg; as it is where the unit is none of UCUM's. */
const sortValue = (found: unknown): number | undefined => {
  const value = valueIn(found);
  if (value === undefined || !isObject(found) || found['system'] !== SYSTEM.ucum) return value;
  return inBaseUnits(value, String(found['code'])) ?? value;
};

interface Unit {
  readonly system: string;
  readonly code: string;
}

/** The numbers of a quantity, range or sampled data in the unit that was asked for; undefined where that cannot be had. */
const spanOf = (found: unknown, unit: Unit): Span | undefined => {
  if (!isObject(found)) return undefined;
  if (isObject(found['origin'])) return spanOf(found['origin'], unit);
  if ('low' in found || 'high' in found) return rangeOf(found, unit);
  const value = inUnit(found, unit);
  if (value === undefined) return undefined;
  const ends = ENDS.get(found['comparator']);
  return ends ? ends(value) : exactly(value);
};

/** What a comparator says of a value. */
const ENDS: ReadonlyMap<unknown, (value: number) => Span> = new Map<string, (value: number) => Span>([
  ['<', (high) => ({ low: -Infinity, high, open: true })],
  ['<=', (high) => ({ low: -Infinity, high, open: false })],
  ['>', (low) => ({ low, high: Infinity, open: true })],
  ['>=', (low) => ({ low, high: Infinity, open: false })],
]);

const rangeOf = ({ low, high }: Json, unit: Unit): Span | undefined => {
  const from = isObject(low) ? inUnit(low, unit) : -Infinity;
  const to = isObject(high) ? inUnit(high, unit) : Infinity;
  return from === undefined || to === undefined ? undefined : { low: from, high: to, open: false };
};

/** The value of a quantity in the unit that was asked for; undefined where it is in another that cannot be converted. */
const inUnit = (found: Json, asked: Unit): number | undefined => {
  const value = valueIn(found);
  const sameSystem = asked.system === '' || found['system'] === asked.system;
  if (value === undefined || asked.code === '') return sameSystem ? value : undefined;
  if (sameSystem && (found['code'] === asked.code || (asked.system === '' && found['unit'] === asked.code)))
    return value;
  const isUcum = found['system'] === SYSTEM.ucum && asked.system === SYSTEM.ucum;
  const converted =
    isUcum && typeof found['code'] === 'string' ? convertUnit(value, found['code'], asked.code) : undefined;
  return converted === undefined ? undefined : tidy(converted);
};
