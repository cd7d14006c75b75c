/**
 * Walks over JSON in UTF-8 without parsing it, by its whole grammar: what is walked over, JSON.parse accepts. Every function
 * takes the place where something begins and returns the place behind it, or {@link NOWHERE}: no byte stands there, so
 * whatever is looked for next is not found either.
 */
export const NOWHERE = 2 ** 30;

/** The byte at a place; where there is none, one that JSON has no use for. */
export const byteAt = (bytes: Uint8Array, at: number): number => (at < bytes.length ? (bytes[at] as number) : 0);

// Constants of their own, not of a table: a scan reads them for every byte.
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const SMALL_E = 0x65;
const SMALL_U = 0x75;

/** A table of bytes: 1 for those that a test holds for. */
const bytesWhere = (test: (byte: number) => boolean) => Uint8Array.from({ length: 256 }, (_, it) => +test(it));
const anyOf = (signs: string): Uint8Array => bytesWhere((it) => signs.includes(String.fromCharCode(it)));
const SPACE = anyOf(' \t\n\r');
const DIGIT = anyOf('0123456789');
const HEX = anyOf('0123456789abcdefABCDEF');
const ESCAPED = anyOf('"\\/bfnrt');
/** What stands for itself in a string. */
const PLAIN = bytesWhere((it) => it >= 0x20 && it !== QUOTE && it !== BACKSLASH);
const WORDS = ['true', 'false', 'null'].map((it) => Buffer.from(it));

/** True where these bytes stand. */
export const stands = (bytes: Uint8Array, at: number, word: Uint8Array): boolean => {
  for (let offset = 0; offset < word.length; offset++) if (byteAt(bytes, at + offset) !== word[offset]) return false;
  return true;
};

/** Deeper than any resource: what is nested deeper is left to the parser. */
const MAX_DEPTH = 100;

/** A value with all that is in it. */
export const skipValue = (bytes: Uint8Array, at: number, depth = 0): number => {
  const first = byteAt(bytes, at);
  if (first === QUOTE) return skipString(bytes, at);
  if (first === OPEN_OBJECT) return skipObject(bytes, at, depth + 1);
  if (first === OPEN_ARRAY) return skipArray(bytes, at, depth + 1);
  return skipScalar(bytes, at);
};

/**
 * The members of an object, whose names are written without escapes.
 * @param take is told where a name begins and where its value does, and walks over the value.
 */
export const skipMembers = (bytes: Uint8Array, at: number, take: (name: number, value: number) => number): number => {
  if (byteAt(bytes, at) !== OPEN_OBJECT) return NOWHERE;
  at = skipSpace(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_OBJECT) return at + 1;
  for (;;) {
    const name = at + 1;
    at = skipSpace(bytes, skipPlainString(bytes, at));
    if (byteAt(bytes, at) !== COLON) return NOWHERE;
    at = skipSpace(bytes, take(name, skipSpace(bytes, at + 1)));
    const next = byteAt(bytes, at);
    if (next === CLOSE_OBJECT) return at + 1;
    if (next !== COMMA) return NOWHERE;
    at = skipSpace(bytes, at + 1);
  }
};

const skipObject = (bytes: Uint8Array, at: number, depth: number): number => {
  if (depth > MAX_DEPTH) return NOWHERE;
  at = skipSpace(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_OBJECT) return at + 1;
  for (;;) {
    at = skipSpace(bytes, skipString(bytes, at));
    if (byteAt(bytes, at) !== COLON) return NOWHERE;
    at = skipSpace(bytes, skipValue(bytes, skipSpace(bytes, at + 1), depth));
    const next = byteAt(bytes, at);
    if (next === CLOSE_OBJECT) return at + 1;
    if (next !== COMMA) return NOWHERE;
    at = skipSpace(bytes, at + 1);
  }
};

const skipArray = (bytes: Uint8Array, at: number, depth: number): number => {
  if (depth > MAX_DEPTH) return NOWHERE;
  at = skipSpace(bytes, at + 1);
  if (byteAt(bytes, at) === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipSpace(bytes, skipValue(bytes, at, depth));
    const next = byteAt(bytes, at);
    if (next === CLOSE_ARRAY) return at + 1;
    if (next !== COMMA) return NOWHERE;
    at = skipSpace(bytes, at + 1);
  }
};

export const skipSpace = (bytes: Uint8Array, at: number): number => {
  const end = bytes.length;
  while (at < end && SPACE[bytes[at] as number] === 1) at += 1;
  return at;
};

const skipString = (bytes: Uint8Array, at: number): number => {
  if (byteAt(bytes, at) !== QUOTE) return NOWHERE;
  for (at += 1; ;) {
    at = skipPlain(bytes, at);
    const next = byteAt(bytes, at);
    if (next === QUOTE) return at + 1;
    if (next !== BACKSLASH) return NOWHERE;
    at = skipEscape(bytes, at + 1);
  }
};

/** A string that is written without escapes, so that its bytes are its text. */
export const skipPlainString = (bytes: Uint8Array, at: number): number => {
  if (byteAt(bytes, at) !== QUOTE) return NOWHERE;
  at = skipPlain(bytes, at + 1);
  return byteAt(bytes, at) === QUOTE ? at + 1 : NOWHERE;
};

const skipPlain = (bytes: Uint8Array, at: number): number => {
  const end = bytes.length;
  while (at < end && PLAIN[bytes[at] as number] === 1) at += 1;
  return at;
};

const skipEscape = (bytes: Uint8Array, at: number): number => {
  const sign = byteAt(bytes, at);
  if (ESCAPED[sign] === 1) return at + 1;
  if (sign !== SMALL_U) return NOWHERE;
  for (let digit = 1; digit <= 4; digit++) if (HEX[byteAt(bytes, at + digit)] !== 1) return NOWHERE;
  return at + 5;
};

const skipNumber = (bytes: Uint8Array, at: number): number => {
  if (byteAt(bytes, at) === MINUS) at += 1;
  at = byteAt(bytes, at) === ZERO ? at + 1 : skipDigits(bytes, at);
  if (byteAt(bytes, at) === POINT) at = skipDigits(bytes, at + 1);
  if ((byteAt(bytes, at) | 0x20) !== SMALL_E) return at;
  const sign = byteAt(bytes, at + 1);
  return skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
};

/** One digit or more. */
const skipDigits = (bytes: Uint8Array, at: number): number => {
  if (DIGIT[byteAt(bytes, at)] !== 1) return NOWHERE;
  while (DIGIT[byteAt(bytes, at)] === 1) at += 1;
  return at;
};

const skipScalar = (bytes: Uint8Array, at: number): number => {
  const first = byteAt(bytes, at);
  if (first === MINUS || DIGIT[first] === 1) return skipNumber(bytes, at);
  const word = WORDS.find((it) => stands(bytes, at, it));
  return word ? at + word.length : NOWHERE;
};
