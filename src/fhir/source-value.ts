import { ourExtension } from './extensions.ts';
import { digits, isNumber } from './json.ts';
import { isObject, type Json } from './types.ts';

/** A value without a place in R4, as `source-value` extensions: one per leaf, each with its path. */
export const sourceValues = (path: string, value: unknown): readonly Json[] => leaves(path, value).map(sourceValue);

/** A value as its source wrote it, for the element that holds no value or a coarser one. */
export const sourceText = (given: unknown): Json => ({ url: ourExtension('source-text'), valueString: words(given) });

/** True where nothing is said: no value, white space, or a structure of nothing else. */
export const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value)
    ? value.every(isBlank)
    : isObject(value) && !(WHOLE in value) && Object.values(value).every(isBlank));

const sourceValue = ([path, value]: readonly [string, unknown]): Json => ({
  url: ourExtension('source-value'),
  extension: [
    { url: 'path', valueString: path.trim() === '' ? '-' : path },
    isObject(value) ? { url: 'value', valueReference: value } : { url: 'value', valueString: words(value) },
  ],
});

const words = (value: unknown): string => (isNumber(value) ? digits(value) : String(value));

const WHOLE = Symbol('a reference that was read');

/** A reference that was read, for {@link sourceValues} to keep whole: what only looks like one comes apart into leaves. */
export const wholeReference = (reference: unknown): Json => ({ [WHOLE]: reference });

const wholeOf = (value: Json): unknown => (value as { readonly [WHOLE]?: unknown })[WHOLE];

/** Every leaf below a value with its path. */
const leaves = (path: string, value: unknown): (readonly [string, unknown])[] => {
  if (isBlank(value)) return [];
  if (Array.isArray(value)) return value.flatMap((it, index) => leaves(`${path}[${index}]`, it));
  if (!isObject(value)) return [[path, value]];
  if (WHOLE in value) return [[path, wholeOf(value)]];
  return Object.entries(value).flatMap(([key, it]) => leaves(`${path}.${key}`, it));
};
