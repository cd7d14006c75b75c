import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json } from '../../src/fhir/index.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'schema.json'), 'utf8')) as Json;

/**
 * What is wrong with a document by `schema.json`: one line each. It knows the keywords which that file uses, no others:
 * type, properties, required, additionalProperties, items, enum, pattern, minimum and local $ref.
 */
export const schemaFaults = (document: unknown): readonly string[] => faultsOf(document, schema, '');

const faultsOf = (value: unknown, given: Json, path: string): readonly string[] => {
  const { $ref: ref } = given;
  const rule = typeof ref === 'string' ? ((schema['$defs'] as Json)[ref.replace('#/$defs/', '')] as Json) : given;
  const type = String(rule['type']);
  if (!TYPES[type]?.(value)) return [`${path}: expected ${type}`];
  if (isObject(value)) return objectFaults(value, rule, path);
  if (Array.isArray(value)) {
    return value.flatMap((it, index) => faultsOf(it, (rule['items'] ?? {}) as Json, `${path}[${index}]`));
  }
  const { enum: allowed, pattern, minimum } = rule;
  if (Array.isArray(allowed) && !allowed.includes(value)) return [`${path}: not one of the words`];
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(String(value))) return [`${path}: wrong form`];
  return typeof minimum === 'number' && Number(value) < minimum ? [`${path}: below ${minimum}`] : [];
};

const objectFaults = (value: Json, rule: Json, path: string): readonly string[] => {
  const properties = (rule['properties'] ?? {}) as Readonly<Record<string, Json>>;
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return [
    ...((rule['required'] ?? []) as readonly string[])
      .filter((it) => !(it in value))
      .map((it) => `${below(it)}: missing`),
    ...Object.entries(value).flatMap(([key, it]) => {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return property ? faultsOf(it, property, below(key)) : [`${below(key)}: unknown`];
    }),
  ];
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (it) => typeof it === 'string',
  number: (it) => typeof it === 'number',
  integer: Number.isInteger,
};
