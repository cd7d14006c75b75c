import { isObject, type Json, list, text } from '../../src/fhir/index.ts';
import { add, keepAside, type Move, type TypeMapping } from './move.ts';
import { rowOf } from './objects.ts';
import { follow } from './references.ts';

const RELATED: Readonly<Record<string, string>> = { 'has-member': 'hasMember', 'derived-from': 'derivedFrom' };

/** Relations that R4 does not have, and untyped ones of an observation that is no group, are kept aside. */
const related: Move = (value, draft, { body, context }) => {
  for (const one of list(value)) {
    if (!isObject(one)) {
      add(draft, 'related', one);
      continue;
    }
    const { type, target, ...rest } = one;
    const untyped = type === undefined && isGroup(body) && follow(target, context)?.kind === 'Observation';
    const name = untyped ? 'hasMember' : rowOf(RELATED, type);
    if (name === undefined || !isObject(target)) add(draft, 'related', [one]);
    else {
      add(draft, name, [target]);
      keepAside(draft, 'related', rest);
    }
  }
};

/** A heading has members in place of a value. */
const isGroup = (body: Json): boolean => !Object.keys(body).some((it) => /^value[A-Z]/.test(it));

/** The free text of a consultation is an Observation too: its comment is a note, never a result. */
const comment: Move = (value, draft) => {
  const words = text(value);
  if (words === undefined) add(draft, 'comment', value);
  else add(draft, 'note', [{ text: words }]);
};

export const observation: TypeMapping = { type: 'Observation', elements: { context: 'encounter', comment, related } };
