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
  readable(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’‘ʼ`]/g, '')
    .replace(/ae|oe|[æœ]/g, 'e')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** A text as it would be read on a screen: without tags and entities of HTML and signs that take no place, in plain width. */
export const readable = (text: string): string =>
  (/[<&]/.test(text)
    ? text
        .replace(/<\/?[a-z][^<>]*>/gi, ' ')
        .replace(/&#(\d{1,5});/g, (_, code: string) => String.fromCodePoint(Number(code)))
        .replace(/&#x([0-9a-f]{1,4});/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
        .replace(/&([a-z]{2,6});/gi, (_, name: string) => ENTITIES[name.toLowerCase()] ?? ' ')
    : text
  )
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '');
const ENTITIES: Readonly<Record<string, string>> = {
  apos: "'",
  rsquo: "'",
  lsquo: "'",
  lt: '<',
  gt: '>',
  amp: '&',
  micro: 'µ',
  ndash: '-',
  shy: '',
};

const singular = (word: string): string =>
  word.length > 4 && word.endsWith('ies')
    ? `${word.slice(0, -3)}y`
    : word.length > 3 && word.endsWith('s') && !/(ss|us|is|ies)$/.test(word)
      ? word.slice(0, -1)
      : word;

/** A text without what case, spaces and width of letters add. */
export const foldText = remembered((text) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim());

/** A name as a sorted set of the words that matter, phrases written out: `OA knee` is `knee osteoarthritis`. */
export const nameOf = (
  text: string,
  { phrases, filler }: { readonly phrases: Phrases; readonly filler: ReadonlySet<string> },
): string => {
  if (text.length > LONGEST_NAME) return '';
  const tokens = expand(tokensOf(text), phrases).filter((it) => !filler.has(it));
  return [...new Set(tokens.map(steadied))].sort().join(' ');
};

/** What is longer is a story and no name. */
const LONGEST_NAME = 300;

/** What a terminology or a system adds to a term: `[X]`, `(disorder)`. It is no part of the name. */
export const withoutMarks = (text: string): string =>
  text
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(SEMANTIC_TAG, ' ')
    .replace(/\bn\.o\.s\.?(?=\W|$)/gi, ' ');
const SEMANTIC_TAG =
  /\((disorder|finding|procedure|situation|event|substance|product|medicinal product( form)?|clinical drug|observable entity|regime\/therapy|morphologic abnormality|body structure|qualifier value|record artifact)\)\s*$/i;

/**
 * A long word in a form that slips of the finger leave alone: letters doubled or changed round within it say nothing. No two
 * words of medicine of that length meet in it.
 */
const steadied = (word: string): string =>
  word.length < 8 || /\d/.test(word)
    ? word
    : `${word[0] ?? ''}${[...word.slice(1).replace(/(.)\1/g, '$1')].sort().join('')}`;

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
  ([stance, phrases]) => [stance, phrases.map((it) => ` ${bounded(it)} `)],
);

/** Words in comparable form; a phrase of the table may be bound to the start (`^`) or the end (`$`) of a text. */
function bounded(phrase: string): string {
  const bare = tokensOf(phrase.replace(/[$^]/g, ' ')).join(' ');
  return `${phrase.startsWith('^') ? '^ ' : ''}${bare}${phrase.endsWith('$') ? ' $' : ''}`;
}

/** The stance that a context word gives a text; undefined where none does. `?asthma` is suspected, `FH: asthma` family. */
export const contextOf = remembered((text): string | undefined => {
  const plainly = plain(text.replace(/[-\u2010-\u2015]ve\b/g, ' negative')).replace(HEDGES, ' ');
  const padded = ` ^ ${tokensOf(plainly).join(' ')} $ `;
  const found = PADDED.find(([, phrases]) => phrases.some((it) => padded.includes(it)))?.[0];
  return found ?? (/[?\uff1f]/.test(text) ? 'suspected' : undefined);
});
