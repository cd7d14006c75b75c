import { digits, isNumber } from './json.ts';
import { contentId } from './sealed-id.ts';
import { type Json, text } from './types.ts';

/** True for an id that FHIR allows, and that is not a step up or on the spot in a path. */
export const isFhirId = (id: string): boolean => /^(?!\.{1,2}$)[A-Za-z0-9.-]{1,64}$/.test(id);

/**
 * A source's own id as it can stand in a reference, the same wherever it is met: itself, or `contentId` of it where FHIR
 * allows no such id. Undefined where there is none.
 */
export const asLocalId = (given: unknown): string | undefined => {
  const id = isNumber(given) ? digits(given) : text(given);
  return id === undefined || isFhirId(id) ? id : contentId(id);
};

/**
 * What a mapping does not translate, under names that no R4 element has: `visits.room`. Under its own name a field could
 * pass for an element of another meaning, or take the place of one that was translated; `conform` keeps and reports it.
 */
export const setAside = (kind: string, rest: Json): Json =>
  Object.fromEntries(Object.entries(rest).map(([key, value]) => [`${kind}.${key}`, value]));
