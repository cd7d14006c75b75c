import { isObject, objects, SYSTEM } from '../../fhir/index.ts';
import { convertUnit } from '../../fhir/ucum.ts';
import { type ParameterKind, splitAt, unescape } from './kind.ts';
import { compareNumbers, readNumber, valueIn } from './number.ts';

/**
 * `[prefix][number]`, or `[prefix][number]|[system]|[code]`: units of UCUM are converted for comparison, others compared by
 * code or unit.
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
    return (found) =>
      quantitiesOf(found).some((it) => {
        const number = comparable(it, { system, code });
        return number !== undefined && compareNumbers(asked.prefix, number, asked);
      });
  },
  sortKey: (found) => quantitiesOf(found).map(valueIn)[0],
};

/** A quantity, the ends of a range, or the origin of sampled data. */
const quantitiesOf = (found: unknown): readonly Readonly<Record<string, unknown>>[] => {
  if (!isObject(found)) return [];
  return 'value' in found ? [found] : objects([found['low'], found['high'], found['origin']].filter(isObject));
};

/** The number of a quantity in the unit that was asked for; undefined where it is in another that cannot be converted. */
const comparable = (
  found: Readonly<Record<string, unknown>>,
  asked: { readonly system: string; readonly code: string },
): number | undefined => {
  const value = valueIn(found);
  if (value === undefined || asked.code === '')
    return asked.system === '' || found['system'] === asked.system ? value : undefined;
  const sameSystem = asked.system === '' || found['system'] === asked.system;
  if (sameSystem && (found['code'] === asked.code || (asked.system === '' && found['unit'] === asked.code)))
    return value;
  const isUcum = found['system'] === SYSTEM.ucum && (asked.system === '' || asked.system === SYSTEM.ucum);
  return isUcum && typeof found['code'] === 'string' ? convertUnit(value, found['code'], asked.code) : undefined;
};
