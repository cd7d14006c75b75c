/**
 * The settings of an adapter as a table: what is parsed, documented and redacted is read from here.
 * A field turns the JSON of a config file into a value, or says what it expected.
 */
export interface Field<T> {
  readonly kind: string;
  readonly doc: string;
  readonly fallback?: T;
  readonly secret?: true;
  /** @returns the value, or `{ fault }`: one line that says what was expected, without the value that was given. */
  readonly parse: (given: unknown, path: string) => { readonly value: T } | { readonly faults: readonly string[] };
  /** The fields inside, where the value is an object: for the settings page. */
  readonly fields?: Fields;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values of a field table. */
export type Settings<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

type Options<T> = { readonly fallback?: T };

const field = <T>(
  base: { kind: string; doc: string; secret?: true; fields?: Fields },
  { fallback }: Options<T>,
  read: (given: unknown) => T | undefined,
): Field<T> => ({
  ...base,
  ...(fallback !== undefined && { fallback }),
  parse: (given, path) => {
    const value = read(given);
    return value === undefined ? { faults: [`${path}: expected ${base.kind}`] } : { value };
  },
});

/** A string; `pattern` narrows it and `kind` says how. */
export const textField = (
  doc: string,
  options: Options<string> & { readonly pattern?: RegExp; readonly kind?: string } = {},
): Field<string> =>
  field({ kind: options.kind ?? 'a text that is not empty', doc }, options, (given) =>
    typeof given === 'string' && given !== '' && (options.pattern?.test(given) ?? true) ? given : undefined,
  );

/** An absolute http or https URL without a query; the value has no trailing slash. */
export const urlField = (doc: string, options: Options<string> = {}): Field<string> =>
  field({ kind: 'an absolute http(s) URL without query, fragment or credentials', doc }, options, (given) => {
    const url = typeof given === 'string' ? URL.parse(given) : null;
    return url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username
      ? url.href.replace(/\/+$/, '')
      : undefined;
  });

/** A whole number between two bounds, both included. */
export const integerField = (
  doc: string,
  options: Options<number> & { readonly min: number; readonly max: number },
): Field<number> =>
  field({ kind: `a whole number from ${options.min} to ${options.max}`, doc }, options, (given) =>
    Number.isInteger(given) && Number(given) >= options.min && Number(given) <= options.max ? Number(given) : undefined,
  );

export const booleanField = (doc: string, options: Options<boolean> = {}): Field<boolean> =>
  field({ kind: 'true or false', doc }, options, (given) => (typeof given === 'boolean' ? given : undefined));

/** One of a few words. */
export const choiceField = <T extends string>(doc: string, choices: readonly T[], options: Options<T> = {}): Field<T> =>
  field({ kind: `one of ${choices.join(', ')}`, doc }, options, (given) => choices.find((it) => it === given));

/** A secret: `{ "env": "NAME" }` in the file, the value of that variable here. Never a literal. */
export const secretField = (doc: string): Field<string> => {
  const kind = 'a secret as { "env": "NAME" }';
  return {
    kind,
    doc,
    secret: true,
    parse: (given, path) => {
      const name =
        typeof given === 'object' && given !== null && Object.keys(given).join() === 'env'
          ? (given as { env: unknown }).env
          : undefined;
      if (typeof name !== 'string') return { faults: [`${path}: expected ${kind}`] };
      const value = process.env[name];
      return value ? { value } : { faults: [`${path}: the environment variable ${name} is not set`] };
    },
  };
};

/** A field that may be left out. */
export const optionalField = <T>({ fallback: _, ...field }: Field<T>): Field<T | undefined> => ({
  ...field,
  fallback: undefined,
});

/** Any JSON object: its own table reads it later. */
export const objectField = (doc: string): Field<Readonly<Record<string, unknown>>> =>
  field({ kind: 'an object', doc }, {}, (given) =>
    typeof given === 'object' && given !== null && !Array.isArray(given)
      ? (given as Readonly<Record<string, unknown>>)
      : undefined,
  );

/** An object with a table of its own. */
export const groupField = <F extends Fields>(
  doc: string,
  fields: F,
  options: Options<Settings<F>> = {},
): Field<Settings<F>> => ({
  kind: 'an object',
  doc,
  fields,
  ...(options.fallback !== undefined && { fallback: options.fallback }),
  parse: (given, path) => parseFields(fields, given, path),
});

/** A list of values of one field. */
export const listField = <T>(
  doc: string,
  item: Field<T>,
  options: Options<readonly T[]> = {},
): Field<readonly T[]> => ({
  kind: `a list, each ${item.kind}`,
  doc,
  ...(item.fields && { fields: item.fields }),
  ...(options.fallback !== undefined && { fallback: options.fallback }),
  parse: (given, path) =>
    Array.isArray(given)
      ? gather(given.map((it, index) => item.parse(it, `${path}[${index}]`)))
      : { faults: [`${path}: expected a list`] },
});

/** An object whose keys are free (`pattern` narrows them) and whose values are all of one field. */
export const mapField = <T>(
  doc: string,
  item: Field<T>,
  options: Options<Readonly<Record<string, T>>> & {
    readonly keys?: (key: string) => boolean;
    readonly keyKind?: string;
  } = {},
): Field<Readonly<Record<string, T>>> => ({
  kind: `an object, each value ${item.kind}`,
  doc,
  ...(item.fields && { fields: item.fields }),
  ...(options.fallback !== undefined && { fallback: options.fallback }),
  parse: (given, path) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      return { faults: [`${path}: expected an object`] };
    const entries = Object.entries(given);
    const unknown = entries.filter(([key]) => options.keys && !options.keys(key));
    if (unknown.length > 0)
      return { faults: unknown.map(([key]) => `${path}.${key}: expected ${options.keyKind ?? 'a known key'}`) };
    const values = gather(entries.map(([key, it]) => item.parse(it, `${path}.${key}`)));
    return 'faults' in values
      ? values
      : { value: Object.fromEntries(entries.map(([key], index) => [key, values.value[index] as T])) };
  },
});

const gather = <T>(
  parsed: readonly ({ readonly value: T } | { readonly faults: readonly string[] })[],
): { readonly value: readonly T[] } | { readonly faults: readonly string[] } => {
  const faults = parsed.flatMap((it) => ('faults' in it ? it.faults : []));
  return faults.length > 0 ? { faults } : { value: parsed.flatMap((it) => ('value' in it ? [it.value] : [])) };
};

/**
 * Reads an object against a field table.
 * @returns the settings, or one line per fault: a wrong key, a missing value, a wrong one, a secret that is not set.
 */
export const parseFields = <F extends Fields>(
  fields: F,
  given: unknown,
  path: string,
): { readonly value: Settings<F> } | { readonly faults: readonly string[] } => {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { faults: [`${path}: expected an object`] };
  const faults = Object.keys(given)
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) => `${path}.${key}: unknown key; expected one of ${Object.keys(fields).join(', ')}`);
  const values: Record<string, unknown> = {};
  for (const [key, { parse, kind, ...rest }] of Object.entries(fields)) {
    const value = (given as Record<string, unknown>)[key];
    if (value === undefined) {
      if ('fallback' in rest) values[key] = rest.fallback;
      else faults.push(`${path}.${key}: missing; expected ${kind}`);
      continue;
    }
    const parsed = parse(value, `${path}.${key}`);
    if ('faults' in parsed) faults.push(...parsed.faults);
    else values[key] = parsed.value;
  }
  return faults.length > 0 ? { faults } : { value: values as Settings<F> };
};

/** The values of all secret fields, however deep: what must not be shown. */
export const secretsOf = (fields: Fields, given: unknown): readonly string[] => {
  if (Array.isArray(given)) return given.flatMap((it) => secretsOf(fields, it));
  if (typeof given !== 'object' || given === null) return [];
  const values = given as Readonly<Record<string, unknown>>;
  const own = Object.entries(fields).flatMap(([key, { secret, fields: inner }]) => {
    const value = values[key];
    if (secret && typeof value === 'string') return [value];
    return inner ? secretsOf(inner, value) : [];
  });
  // The keys of a map are free, and its values are what the fields describe.
  const free = Object.entries(values).flatMap(([key, it]) => (Object.hasOwn(fields, key) ? [] : secretsOf(fields, it)));
  return [...own, ...free];
};
