import type { SearchParameter } from '../../fhir/definitions/index.ts';
import type { LocalResource } from '../../mapping/map-answer.ts';

/** Tells whether one value found in a resource satisfies what was asked. */
export type Test = (found: unknown, where: Where) => boolean;

/** The resource a value was found in, and the source that holds it: a reference means something only there. */
export interface Where {
  readonly source: string;
  readonly local: LocalResource;
}

/** What reading a value needs to know. */
export interface Reading {
  readonly parameter: SearchParameter;
  readonly modifier: string | undefined;
  /** Epoch milliseconds: `ap` is wider the further away a date is. */
  readonly now: number;
  /** What a logical id means: whether it is that of a resource, by its source and local id. */
  readonly owns: (type: string, id: string, local: { readonly source: string; readonly localId: string }) => boolean;
}

/** One type of search parameter: how its values are read, compared and sorted. */
export interface ParameterKind {
  /** The modifiers it knows besides `missing`. */
  readonly modifiers: readonly string[];
  /** What a value looks like, for whoever wrote another. */
  readonly expected: string;
  /** @returns undefined for a value that is none of this type. */
  readonly read: (value: string, reading: Reading) => Test | undefined;
  /** What a found value sorts by; undefined for one that cannot be ordered. */
  readonly sortKey?: (found: unknown) => string | number | undefined;
}

/** Splits at a separator that is not escaped; the escapes stay. */
export const splitAt = (separator: ',' | '|' | '$', value: string): string[] => {
  const parts: string[] = [''];
  for (let at = 0; at < value.length; at++) {
    if (value[at] === separator) parts.push('');
    else if (value[at] === '\\') parts.push(`${parts.pop() ?? ''}${value.slice(at, ++at + 1)}`);
    else parts.push(`${parts.pop() ?? ''}${value[at] ?? ''}`);
  }
  return parts;
};

/** A value without its escapes: `\,` `\|` `\$` `\\`. */
export const unescape = (value: string): string => value.replace(/\\([,|$\\])/g, '$1');

/** Text for comparison: no case, no accents, single spaces. */
export const fold = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

/** The comparisons of FHIR's prefixes over ranges; a number or an instant is a range of its precision. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** @see https://hl7.org/fhir/R4/search.html#prefix */
export const COMPARE: Readonly<Record<string, (found: Span, asked: Span) => boolean>> = {
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

const PREFIXED = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?([\s\S]*)$/;

/** The prefix of a value, `eq` where it has none, and the rest. */
export const prefixOf = (value: string): readonly [prefix: string, rest: string] => {
  const [, prefix = 'eq', rest = ''] = PREFIXED.exec(value) ?? [];
  return [prefix, rest];
};
