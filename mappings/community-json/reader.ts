import { digits, isBlank, isNumber, isObject, type Json } from '../../src/fhir/index.ts';

/**
 * Reads a source object key by key and remembers what was read. A value is taken only in the shape that is expected;
 * everything else stays behind, and {@link Reader.rest} hands it to `conform`, which keeps it.
 */
export interface Reader<T> {
  /** Where the object stands in the source's record: `contacts.reason`. */
  readonly path: string;
  readonly given: Json;
  /** A text, or a number by its digits; `form` narrows it. */
  readonly text: (key: Key<T>, form?: RegExp) => string | undefined;
  readonly number: (key: Key<T>) => number | object | undefined;
  /** `Y` or `N`. */
  readonly flag: (key: Key<T>) => boolean | undefined;
  /** A list that holds texts only, numbers by their digits. */
  readonly texts: (key: Key<T>) => readonly string[];
  readonly object: <K extends Key<T>>(key: K, as?: As) => Reader<NonNullable<T[K]>> | undefined;
  /** A list that holds objects only. */
  readonly objects: <K extends Key<T>>(key: K, as?: As) => readonly Reader<Item<T[K]>>[];
  /** All that was not taken, each under its path: no R4 element has a dot in its name, so none can collide. */
  readonly rest: () => Json;
}

/** How an object is read that need not stand there in full. */
interface As {
  /** Its path, where the same object is met in many places and must read the same everywhere. */
  readonly path?: string;
  /** The key of which a text alone, in the place of the object, is the value. */
  readonly word?: string;
}

type Key<T> = keyof T & string;
type Item<L> = NonNullable<L> extends readonly (infer I)[] ? I : never;

/** @param path how the object is called in the source: the collection, or the path within its record. */
export const createReader = <T>(given: Json, path: string): Reader<T> => {
  const taken = new Set<string>();
  const take = <V>(key: string, value: V | undefined): V | undefined => {
    if (value !== undefined) taken.add(key);
    return value;
  };
  const below = (key: string): string => `${path}.${key}`;
  return {
    path,
    given,
    text: (key, form) => {
      const value = asText(given[key]);
      return take(key, value === undefined || form?.test(value) === false ? undefined : value);
    },
    number: (key) => take(key, isNumber(given[key]) ? given[key] : undefined),
    flag: (key) => take(key, given[key] === 'Y' ? true : given[key] === 'N' ? false : undefined),
    texts: (key) => take(key, every(given[key], asText)) ?? [],
    object: (key, as = {}) => {
      const value = take(key, asObject(given[key], as));
      return value && createReader(value, as.path ?? below(key));
    },
    objects: (key, as = {}) =>
      (
        take(
          key,
          every(given[key], (it) => asObject(it, as)),
        ) ?? []
      ).map((it, index) => createReader(it, as.path ?? `${below(key)}[${index}]`)),
    rest: () =>
      Object.fromEntries(
        Object.entries(given)
          .filter(([key]) => !taken.has(key))
          .map(([key, value]) => [below(key), value]),
      ),
  };
};

const asText = (value: unknown): string | undefined => {
  if (isNumber(value)) return digits(value);
  return typeof value === 'string' && /\S/.test(value) ? value : undefined;
};

const asObject = (value: unknown, { word }: As): Json | undefined => {
  if (isObject(value)) return isBlank(value) ? undefined : value;
  const text = word === undefined ? undefined : asText(value);
  return text === undefined ? undefined : { [word as string]: text };
};

/** The elements of an array, if all can be read; those that say nothing are passed over. */
const every = <V>(value: unknown, read: (element: unknown) => V | undefined): readonly V[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const elements = (value as readonly unknown[]).filter((it) => !isBlank(it));
  const found = elements.map(read).filter((it) => it !== undefined);
  return found.length === elements.length ? found : undefined;
};
