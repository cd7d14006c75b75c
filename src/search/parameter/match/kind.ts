import type { SearchParameter } from '../../../fhir/definitions/index.ts';
import { isObject, type Json } from '../../../fhir/index.ts';
import type { Held } from '../../held.ts';

/** Tells whether one value found in a resource satisfies what was asked. */
export type Test = (found: unknown, held: Held) => boolean;

/** What reading a value needs to know. */
export interface Reading {
  readonly parameter: SearchParameter;
  readonly modifier: string | undefined;
  /** Epoch milliseconds: `ap` is wider the further away a date is. */
  readonly now: number;
  /** The facade's own FHIR base URL, which an absolute reference may begin with. */
  readonly base?: string | undefined;
  /** What a logical id means: whether it is that of a resource which a source holds under a local id. */
  readonly owns: (type: string, id: string, target: { readonly held: Held; readonly localId: string }) => boolean;
}

/** One type of search parameter: how its values are read, compared and sorted. */
export interface ParameterKind {
  /** The modifiers it knows besides `missing`. */
  readonly modifiers: readonly string[];
  /** What a value looks like, for whoever wrote another. */
  readonly expected: string;
  /** The same under a modifier, where that changes it. */
  readonly expectedWith?: Readonly<Record<string, string>>;
  /** @returns undefined for a value that is none of this type. */
  readonly read: (value: string, reading: Reading) => Test | undefined;
  /** Whether a found value is one of this type at all: `last autumn` is no date. All are where left out. */
  readonly isValue?: (found: unknown) => boolean;
  /** What a found value sorts by; undefined for one that cannot be ordered. */
  readonly sortKey?: (found: unknown) => string | number | undefined;
}

/** Splits at a separator that is not escaped; the escapes stay. */
export const splitAt = (separator: ',' | '|' | '$', value: string): string[] => {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === separator) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)];
};

/** A value without its escapes: `\,` `\|` `\$` `\\`. */
export const unescape = (value: string): string => value.replace(/\\([,|$\\])/g, '$1');

/** Text for comparison: no case, no accents, no punctuation, single spaces. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}\p{P}]/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();

/** The texts of a value for comparison, folded once however many texts are asked for. */
export const folding = (textsOf: (found: unknown) => readonly string[]): ((found: unknown) => readonly string[]) => {
  const known = new WeakMap<Json, readonly string[]>();
  return (found) => {
    if (!isObject(found)) return textsOf(found).map(fold);
    let texts = known.get(found);
    if (!texts) known.set(found, (texts = textsOf(found).map(fold)));
    return texts;
  };
};

const PREFIXED = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?([\s\S]*)$/;

/** The prefix of a value, `eq` where it has none, and the rest. */
export const prefixOf = (value: string): readonly [prefix: string, rest: string] => {
  const [, prefix = 'eq', rest = ''] = PREFIXED.exec(value) ?? [];
  return [prefix, rest];
};
