import { digits, FaultError, isNumber, isObject, type Json, list } from '../fhir/index.ts';
import type { Pairs } from '../search/request/pairs.ts';

/**
 * The parameters of an operation that was posted, as a query would name them.
 * @throws FaultError 400 for a body that is no Parameters resource, or holds more than plain values
 */
export const parameterPairs = (body: Json | undefined): Pairs => {
  if (body === undefined) return [];
  if (body['resourceType'] !== 'Parameters')
    throw new FaultError('value', 'Expected a Parameters resource.', 'resourceType');
  return list(body['parameter']).map((it, at) => {
    const [name, ...values] = isObject(it) ? [it['name'], ...valuesOf(it)] : [];
    const value = values.length === 1 ? written(values[0]) : undefined;
    if (typeof name !== 'string' || value === undefined)
      throw new FaultError('value', 'Expected a name and one plain value.', `Parameters.parameter[${at}]`);
    return [name, value] as const;
  });
};

const valuesOf = (parameter: Json): readonly unknown[] =>
  Object.entries(parameter).flatMap(([key, value]) => (key === 'name' || key === 'id' ? [] : [value]));

const written = (value: unknown): string | undefined => {
  if (isNumber(value)) return digits(value);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined;
};
