import { digits, isNumber, isObject } from '../../../fhir/index.ts';
import { type ParameterKind, prefixOf } from './kind.ts';

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
    return (
      asked &&
      ((found) => {
        const point = numberOf(found);
        return point !== undefined && asked(exactly(point));
      })
    );
  },
  sortKey: (found) => numberOf(found),
};

/** What a found number says: itself, or with a comparator all above or below it. */
export interface Span {
  readonly low: number;
  readonly high: number;
  /** True where the ends themselves are left out: `<5` is not 5. */
  readonly open: boolean;
}

export const exactly = (number: number): Span => ({ low: number, high: number, open: false });

/** Reads a number with its prefix: whether what is found satisfies it; undefined for what is no number. */
export const readNumber = (value: string): ((found: Span) => boolean) | undefined => {
  const [prefix, written] = prefixOf(value);
  const compare = COMPARE[prefix];
  const asked = Number(written);
  if (!compare || !NUMBER.test(written) || !Number.isFinite(asked)) return undefined;
  const half = halfOfLastPlace(written);
  const slack = prefix === 'ap' ? Math.max(Math.abs(asked) / 10, half) : half;
  const range = { asked, from: tidy(asked - slack), to: tidy(asked + slack) };
  return (found) => compare(found, range);
};

interface AskedNumber {
  readonly asked: number;
  /** Where its precision, or what is approximately it, begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Whether a span lies within what a number is written for: its end is the beginning of the next one. */
const isWithin = ({ low, high, open }: Span, { from, to }: AskedNumber): boolean =>
  low >= from && (high < to || (open && high === to));

/** `eq` and `ne` by precision, `ap` within a tenth, the others by the number itself. */
const COMPARE: Readonly<Record<string, (found: Span, range: AskedNumber) => boolean>> = {
  eq: isWithin,
  ne: (found, range) => !isWithin(found, range),
  gt: ({ high }, { asked }) => high > asked,
  lt: ({ low }, { asked }) => low < asked,
  ge: ({ high, open }, { asked }) => high > asked || (high === asked && !open),
  le: ({ low, open }, { asked }) => low < asked || (low === asked && !open),
  sa: ({ low, open }, { asked }) => low > asked || (low === asked && open),
  eb: ({ high, open }, { asked }) => high < asked || (high === asked && open),
  ap: ({ low, high }, { from, to }) => low <= to && high >= from,
};

/** A number without the dust of binary arithmetic: 0.1 + 0.05 is 0.15. */
export const tidy = (number: number): number => Number(number.toPrecision(14));

/** With an exponent one decimal is understood: FHIR's own example has `1e2` for 95 to 105. */
const halfOfLastPlace = (written: string): number => {
  const [mantissa = '', exponent] = written.toLowerCase().split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** (exponent === undefined ? -decimals : Number(exponent) - Math.max(decimals, 1));
};

const numberOf = (found: unknown): number | undefined => (isNumber(found) ? Number(digits(found)) : undefined);

/** The number in a quantity-like object. */
export const valueIn = (found: unknown): number | undefined => (isObject(found) ? numberOf(found['value']) : undefined);
