import type { Json } from '../../src/fhir/index.ts';

/** The row of a table; a key that a source made up finds none, be it `constructor`. */
export const rowOf = <T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined => {
  if (typeof key !== 'string') return undefined;
  const row = table[key];
  return row !== undefined && Object.hasOwn(table, key) ? row : undefined;
};

/** A copy of an object without some of its keys. */
export const without = (object: Json, ...names: readonly string[]): Json => {
  const rest: Record<string, unknown> = {};
  for (const key in object) if (!names.includes(key)) rest[key] = object[key];
  return rest;
};

/** A copy of an object with some keys named otherwise. */
export const rename = (object: Json, names: Readonly<Record<string, string>>): Json => {
  const copy: Record<string, unknown> = {};
  for (const key in object) copy[rowOf(names, key) ?? key] = object[key];
  return copy;
};
