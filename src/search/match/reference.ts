import { isObject, isResourceType } from '../../fhir/index.ts';
import { type ParameterKind, type Reading, type Test, type Where } from './kind.ts';
import { token } from './token.ts';

const LOCAL = /^([A-Z][A-Za-z]+)\/([^/]+)(?:\/_history\/.*)?$/;

/**
 * `Type/id`, `id`, or the facade's own URL of a resource, by the ids that answers gave; `:identifier` by business identifier;
 * `:Type` for an id of that type.
 * @see https://hl7.org/fhir/R4/search.html#reference
 */
export const reference: ParameterKind = {
  modifiers: ['identifier'],
  expected: 'Type/id or id, as an answer gave it',
  read: (value, reading) => {
    if (reading.modifier === 'identifier') return identifierTest(value, reading);
    const literal = value.replace(/^https?:\/\/[^?#]*\/FHIR\/R4\//, '');
    const [, named, within] = LOCAL.exec(literal) ?? [];
    const type = isResourceType(reading.modifier) ? reading.modifier : named;
    const id = within ?? literal;
    if (
      !/^[A-Za-z0-9.-]{1,64}$/.test(id) ||
      (named !== undefined && named !== type) ||
      (type !== undefined && !isResourceType(type))
    )
      return undefined;
    return (found, where) => {
      const target = targetOf(found);
      if (!target || (type !== undefined && target.type !== type)) return false;
      return reading.owns(target.type, id, { source: where.source, localId: target.localId });
    };
  },
  sortKey: (found) => targetOf(found)?.localId,
};

const identifierTest = (value: string, reading: Reading): Test | undefined => {
  const test = token.read(value, { ...reading, modifier: undefined });
  return test && ((found: unknown, where: Where) => isObject(found) && test(found['identifier'], where));
};

/** What a reference inside a source names. */
export const targetOf = (found: unknown): { readonly type: string; readonly localId: string } | undefined => {
  const literal = isObject(found) ? found['reference'] : found;
  const [, type, localId] = typeof literal === 'string' ? (LOCAL.exec(literal) ?? []) : [];
  return type !== undefined && localId !== undefined ? { type, localId } : undefined;
};
