import { type Draft, find, type Place, refuse } from './conform-place.ts';
import type { CompiledElement } from './definitions/compiled.ts';
import { isResourceType } from './definitions/index.ts';
import { sourceValues, wholeReference } from './source-value.ts';
import type { Json } from './types.ts';

const REFERENCE = /^(?:#\S*|urn:(?:uuid|oid):\S+|https?:\/\/\S+|([A-Z][A-Za-z]+)\/[^/\s]+(?:\/_history\/\S+)?)$/;

/**
 * A reference that is free text becomes a display; one to a type that R4 does not allow here, or into the resource itself
 * where nothing is, is kept aside.
 */
export const readReference = (given: Draft, element: CompiledElement, place: Place): Draft | undefined => {
  const draft = readReferenceType(given, place);
  const reference = draft['reference'];
  if (typeof reference !== 'string') return draft;
  const match = REFERENCE.exec(reference);
  if (!match) {
    const said = draft['display'] === undefined || draft['display'] === reference;
    const { reference: _, ...rest } = said ? { ...draft, display: reference } : withKept(draft, 'reference', reference);
    return rest;
  }
  const inner = reference.startsWith('#') ? place.run.contained.get(reference.slice(1)) : undefined;
  if (reference.startsWith('#') && reference !== '#' && inner === undefined) {
    find('unresolved-reference', place);
    const { reference: _, ...rest } = withKept(draft, 'reference', reference);
    return rest;
  }
  const target = match[1] ?? inner;
  if (target !== undefined && element.targets && !element.targets.includes(target)) {
    return refuse('reference-target', wholeReference(draft), place);
  }
  return draft;
};

/** `Reference.type` is the name of a type, or the canonical of a logical model. */
const readReferenceType = (draft: Draft, place: Place): Draft => {
  const { type } = draft;
  if (typeof type !== 'string' || /^([A-Z][A-Za-z]+$|https?:)/.test(type)) return draft;
  const named = type.charAt(0).toUpperCase() + type.slice(1);
  find(isResourceType(named) ? 'repaired-form' : 'unknown-code', place, 'type');
  if (isResourceType(named)) return { ...draft, type: named };
  const { type: _, ...rest } = withKept(draft, 'type', type);
  return rest;
};

/** A copy that keeps a value beside the element that was read already. */
const withKept = (draft: Draft, name: string, value: unknown): Draft => ({
  ...draft,
  extension: [...((draft['extension'] as Json[] | undefined) ?? []), ...sourceValues(name, value)],
});
