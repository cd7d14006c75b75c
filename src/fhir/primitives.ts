import { dateForm } from './dates.ts';
import { digits, isNumber } from './json.ts';

/** A value as R4 wants it, with what was done to it; or nothing, where R4 has no form for it. */
export type Primitive =
  | { readonly value: unknown; readonly repair?: 'form' | 'precision' }
  | { readonly blank: true }
  | { readonly invalid: true };

const BLANK: Primitive = { blank: true };
const INVALID: Primitive = { invalid: true };

const matching =
  (pattern: RegExp, max = Infinity) =>
  (given: unknown): Primitive => {
    if (typeof given !== 'string') return isNumber(given) ? matchingText(digits(given), pattern, max, true) : INVALID;
    return matchingText(given, pattern, max, false);
  };

// eslint-disable-next-line max-params -- one private helper behind every textual primitive
const matchingText = (given: string, pattern: RegExp, max: number, repaired: boolean): Primitive => {
  if (pattern.test(given) && given.length <= max) return repaired ? { value: given, repair: 'form' } : { value: given };
  const trimmed = given.trim();
  return trimmed !== given && pattern.test(trimmed) ? { value: trimmed, repair: 'form' } : INVALID;
};

const whole =
  (min: number) =>
  (given: unknown): Primitive => {
    const repaired = typeof given !== 'number';
    const number = typeof given === 'string' && /^-?\d+$/.test(given) ? Number(given) : given;
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= 2_147_483_647
      ? { value: number, ...(repaired && { repair: 'form' as const }) }
      : INVALID;
  };

const decimal = (given: unknown): Primitive => {
  if (isNumber(given)) return { value: given };
  if (typeof given !== 'string' || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(given)) return INVALID;
  return { value: (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(given), repair: 'form' };
};

const boolean = (given: unknown): Primitive => {
  if (typeof given === 'boolean') return { value: given };
  return given === 'true' || given === 'false' ? { value: given === 'true', repair: 'form' } : INVALID;
};

/** Dates keep the digits they came with; only a time that R4 forbids is cut down to its day. */
const date =
  (allowed: readonly ReturnType<typeof dateForm>[]) =>
  (given: unknown): Primitive => {
    if (typeof given !== 'string') return INVALID;
    const form = dateForm(given);
    if (allowed.includes(form)) return { value: given };
    const timed = form === 'time' || form === 'zoneless' || form === 'no-seconds';
    return timed && allowed.includes('day') ? { value: given.slice(0, 10), repair: 'precision' } : INVALID;
  };

const anyText = (given: unknown): Primitive =>
  typeof given === 'string' ? { value: given } : isNumber(given) ? { value: digits(given), repair: 'form' } : INVALID;

const READERS: Readonly<Record<string, PrimitiveReader>> = {
  boolean,
  integer: whole(-2_147_483_648),
  unsignedInt: whole(0),
  positiveInt: whole(1),
  decimal,
  string: anyText,
  markdown: anyText,
  xhtml: anyText,
  code: matching(/^\S+( \S+)*$/),
  uri: matching(/^\S+$/),
  url: matching(/^\S+$/),
  canonical: matching(/^\S+$/),
  oid: matching(/^urn:oid:[0-2](\.(0|[1-9]\d*))+$/),
  uuid: matching(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  id: matching(/^[A-Za-z0-9.-]+$/, 64),
  base64Binary: matching(/^(\s*[0-9a-zA-Z+/=]){4,}\s*$/),
  date: date(['year', 'month', 'day']),
  dateTime: date(['year', 'month', 'day', 'time']),
  instant: date(['time']),
  time: matching(/^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/),
};

/** Reads a value as one primitive type: as it is where R4 allows it, repaired where only its form is wrong. */
export type PrimitiveReader = (given: unknown) => Primitive;

/** The reader of a primitive type; undefined for a type that is none. */
export const primitiveReader = (type: string): PrimitiveReader | undefined => {
  const read = READERS[type];
  return (
    read &&
    ((given) =>
      given === null || given === undefined || (typeof given === 'string' && !/\S/.test(given)) ? BLANK : read(given))
  );
};

const isFound = (reading: Primitive): boolean => 'value' in reading && reading.repair === undefined;

const WHOLE: ReadonlySet<string> = new Set(['integer', 'unsignedInt', 'positiveInt']);

/** Text that is not blank: of most the first character tells. */
const isText = (given: unknown): boolean => typeof given === 'string' && (isPrinted(given) || /\S/.test(given));
const isPrinted = (given: string): boolean => {
  const first = given.charCodeAt(0);
  return first > 0x20 && first < 0x7f;
};

/** Codes and URIs come by the thousand and are few: those that were found sound are remembered, up to this many. */
const MAX_REMEMBERED = 4096;

/**
 * A quick look that tells whether a value needs no reading at all: it is of its type as it came. What it turns down may still
 * be sound, or be repaired, by the type's {@link primitiveReader}.
 */
export const soundness = (type: string): ((given: unknown) => boolean) => {
  const read = READERS[type];
  if (type === 'string' || type === 'markdown') return isText;
  if (type === 'boolean') return (given) => typeof given === 'boolean';
  if (type === 'decimal') return isNumber;
  if (!read) return () => false;
  // Hardly an id comes twice.
  if (type === 'id') return (given) => typeof given === 'string' && isFound(read(given));
  if (WHOLE.has(type)) return (given) => typeof given === 'number' && isFound(read(given));
  const sound = new Set<string>();
  return (given) => {
    if (typeof given !== 'string') return false;
    if (sound.has(given)) return true;
    if (!isFound(read(given))) return false;
    if (given.length <= 256) {
      if (sound.size >= MAX_REMEMBERED) sound.clear();
      sound.add(given);
    }
    return true;
  };
};
