import type { Phrases } from './phrases.ts';
import { CONTEXT } from './vocabulary.ts';

/**
 * The words of a text in comparable form: NFKC, lower case, no marks, `ae` and `oe` as `e`, plurals as singulars. For
 * comparison only.
 */
export const tokensOf = (text: string): readonly string[] => {
  let tokens = known.get(text);
  if (!tokens) {
    tokens = plain(text)
      .split(' ')
      .filter((it) => it !== '')
      .map(singular);
    remember(known, text, tokens);
  }
  return tokens;
};

const MAX_KNOWN = 20_000;
const known = new Map<string, readonly string[]>();

/** A bounded memory: what records say repeats itself. Emptied whole, since a record's words cost little. */
const remember = <T>(memory: Map<string, T>, key: string, value: T): void => {
  if (memory.size >= MAX_KNOWN) memory.clear();
  memory.set(key, value);
};

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
export const foldText = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

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

const contexts = new Map<string, string | undefined>();
const PADDED: readonly (readonly [stance: string, phrases: readonly string[]])[] = Object.entries(CONTEXT).map(
  ([stance, phrases]) => [stance, phrases.filter((it) => it !== '?').map((it) => ` ${it.replace('/', ' ')} `)],
);

/** The stance that a context word gives a text; undefined where none does. `?asthma` is suspected, `FH: asthma` family. */
export const contextOf = (text: string): string | undefined => {
  if (!contexts.has(text)) {
    const padded = ` ${plain(text).replace(HEDGES, ' ')} `;
    const found = PADDED.find(([, phrases]) => phrases.some((it) => padded.includes(it)))?.[0];
    remember(contexts, text, /^\s*\?|\?\s*$|\s\?/.test(text) ? 'suspected' : found);
  }
  return contexts.get(text);
};
