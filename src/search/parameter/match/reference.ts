import { isObject, isResourceType } from '../../../fhir/index.ts';
import { type ParameterKind, type Reading, type Test, unescape } from './kind.ts';
import { token } from './token.ts';

const LOCAL = /^([A-Z][A-Za-z]+)\/([^/]+)(?:\/_history\/.*)?$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/**
 * `Type/id`, `id`, or the facade's own URL of a resource, by the ids that answers gave; another URL is a canonical one's;
 * `:identifier` by business identifier; `:Type` for an id of that type.
 * @see https://hl7.org/fhir/R4/search.html#reference
 */
export const reference: ParameterKind = {
  modifiers: ['identifier'],
  expected: 'Type/id or id, as an answer gave it',
  read: (value, reading) => {
    if (reading.modifier === 'identifier') return identifierTest(value, reading);
    const given = unescape(value);
    const literal =
      reading.base !== undefined && given.startsWith(`${reading.base}/`) ? given.slice(reading.base.length + 1) : given;
    if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(literal)) return canonicalTest(literal);
    const [, named, within] = LOCAL.exec(literal) ?? [];
    const type = isResourceType(reading.modifier) ? reading.modifier : named;
    const id = within ?? literal;
    if (!ID.test(id) || (named !== undefined && named !== type) || (type !== undefined && !isResourceType(type)))
      return undefined;
    return (found, held) => {
      const target = targetOf(found);
      if (!target || (type !== undefined && target.type !== type)) return false;
      return reading.owns(target.type, id, { held, localId: target.localId });
    };
  },
  sortKey: (found) => targetOf(found)?.localId,
};

/** What a canonical names, with its version or without. A literal URL of another server is in no answer. */
const canonicalTest =
  (url: string): Test =>
  (found) =>
    typeof found === 'string' && (found === url || (!url.includes('|') && found.split('|')[0] === url));

const identifierTest = (value: string, reading: Reading): Test | undefined => {
  const test = token.read(value, { ...reading, modifier: undefined });
  return test && ((found, held) => isObject(found) && test(found['identifier'], held));
};

/** What a reference inside a source names. */
export const targetOf = (found: unknown): { readonly type: string; readonly localId: string } | undefined => {
  const literal = isObject(found) ? found['reference'] : found;
  const [, type, localId] = typeof literal === 'string' ? (LOCAL.exec(literal) ?? []) : [];
  return type !== undefined && localId !== undefined ? { type, localId } : undefined;
};
