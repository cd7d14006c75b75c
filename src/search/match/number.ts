import { digits, isNumber, isObject } from '../../fhir/index.ts';
import { COMPARE, type ParameterKind, prefixOf, type Span } from './kind.ts';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A number with its precision: `100` is 99.5 to 100.5, `1.00` is 0.995 to 1.005; with a prefix, the number itself.
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export const number: ParameterKind = {
  modifiers: [],
  expected: 'a number, with a prefix or none',
  read: (value) => {
    const asked = readNumber(value);
    return asked && ((found) => isNumber(found) && asked.holds(Number(digits(found))));
  },
  sortKey: (found) => (isNumber(found) ? Number(digits(found)) : undefined),
};

/** A number that was asked for: its prefix applied to what is found. */
export interface AskedNumber {
  readonly prefix: string;
  readonly value: number;
  /** Half of the last digit's place: the precision of an `eq`. */
  readonly half: number;
  readonly holds: (found: number) => boolean;
}

/** Reads a number with its prefix; undefined for what is none. */
export const readNumber = (value: string): AskedNumber | undefined => {
  const [prefix, written] = prefixOf(value);
  const compare = COMPARE[prefix];
  if (!compare || !NUMBER.test(written)) return undefined;
  const half = halfOfLastPlace(written);
  return {
    prefix,
    value: Number(written),
    half,
    holds: (found) => compareNumbers(prefix, found, { value: Number(written), half }),
  };
};

/** Applies a prefix: `eq` and `ne` by precision, `ap` within a tenth, the others exactly. */
export const compareNumbers = (
  prefix: string,
  found: number,
  { value, half }: { readonly value: number; readonly half: number },
): boolean => {
  const slack = prefix === 'ap' ? Math.max(Math.abs(value) / 10, half) : prefix === 'eq' || prefix === 'ne' ? half : 0;
  const asked: Span = { low: value - slack, high: value + slack };
  switch (prefix) {
    case 'eq':
    case 'ap':
      return (
        found >= asked.low &&
        (slack === 0 ? found <= asked.high : found < asked.high || (prefix === 'ap' && found === asked.high))
      );
    case 'ne':
      return found < asked.low || found >= asked.high;
    case 'gt':
    case 'sa':
      return found > value;
    case 'lt':
    case 'eb':
      return found < value;
    case 'ge':
      return found >= value;
    default:
      return found <= value;
  }
};

const halfOfLastPlace = (written: string): number => {
  const [mantissa = '', exponent = '0'] = written.toLowerCase().split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** (Number(exponent) - decimals);
};

/** The number in a quantity-like object. */
export const valueIn = (found: unknown): number | undefined =>
  isObject(found) && isNumber(found['value']) ? Number(digits(found['value'])) : undefined;
