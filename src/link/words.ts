import type { Phrases } from './phrases.ts';
import { remembered } from './remembered.ts';
import { CONTEXT } from './vocabulary.ts';

/**
 * The words of a text in comparable form: NFKC, lower case, no marks, `ae` and `oe` as `e`, plurals as singulars. For
 * comparison only.
 */
export const tokensOf = remembered((text): readonly string[] =>
  plain(text)
    .split(' ')
    .filter((it) => it !== '')
    .map(singular),
);

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’`]/g, '')
    .replace(/ae|oe/g, 'e')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const singular = (word: string): string =>
  word.length > 3 && word.endsWith('s') && !/(ss|us|is|ies)$/.test(word) ? word.slice(0, -1) : word;

/** A text without what case, spaces and width of letters add. */
export const foldText = remembered((text) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim());

/** A name as a sorted set of the words that matter, phrases written out: `OA knee` is `knee osteoarthritis`. */
export const nameOf = (
  text: string,
  { phrases, filler }: { readonly phrases: Phrases; readonly filler: ReadonlySet<string> },
): string => {
  const tokens = expand(tokensOf(text.replace(/\[[^\]]*\]/g, ' ')), phrases).filter((it) => !filler.has(it));
  return [...new Set(tokens)].sort().join(' ');
};

const LONGEST = 9;

const phraseBooks = new WeakMap<Phrases, ReadonlyMap<string, readonly string[]>>();
const bookOf = (phrases: Phrases): ReadonlyMap<string, readonly string[]> => {
  let book = phraseBooks.get(phrases);
  if (!book) {
    book = new Map(Object.entries(phrases).map(([from, to]) => [tokensOf(from).join(' '), tokensOf(to)]));
    phraseBooks.set(phrases, book);
  }
  return book;
};

/** Writes out the longest known phrase at each place. */
const expand = (tokens: readonly string[], phrases: Phrases): readonly string[] => {
  const book = bookOf(phrases);
  const out: string[] = [];
  for (let at = 0; at < tokens.length;) {
    let length = Math.min(LONGEST, tokens.length - at);
    let found: readonly string[] | undefined;
    while (length > 0 && !(found = book.get(tokens.slice(at, at + length).join(' ')))) length--;
    out.push(...(found ?? [tokens[at] ?? '']));
    at += Math.max(1, length);
  }
  return out;
};

/** How classifications say that they say no more: no denial of anything. */
const HEDGES =
  /\b(?:site |cause |type )?not (?:otherwise |elsewhere )?(?:specified|classified|stated)\b|\bwithout (?:mention of )?complications?\b/g;

const PADDED: readonly (readonly [stance: string, phrases: readonly string[]])[] = Object.entries(CONTEXT).map(
  ([stance, phrases]) => [stance, phrases.filter((it) => it !== '?').map((it) => ` ${it.replace('/', ' ')} `)],
);

/** The stance that a context word gives a text; undefined where none does. `?asthma` is suspected, `FH: asthma` family. */
export const contextOf = remembered((text): string | undefined => {
  if (/^\s*\?|\?\s*$|\s\?/.test(text)) return 'suspected';
  const padded = ` ${plain(text).replace(HEDGES, ' ')} `;
  return PADDED.find(([, phrases]) => phrases.some((it) => padded.includes(it)))?.[0];
});
