import { isObject, type Json, objects, text } from '../fhir/index.ts';
import { contextOf } from './words.ts';

/**
 * What a record says of its fact: that it is so, or that it is not, was suspected, planned, withdrawn, is somebody else's.
 * Records of different stance never share a key.
 */
export type Stance = string;

/** Statuses that settle the stance, whatever the words say. */
const BY_STATUS: Readonly<Record<string, Readonly<Record<string, Stance>>>> = {
  verificationStatus: {
    'entered-in-error': 'entered-in-error',
    refuted: 'refuted',
    provisional: 'suspected',
    unconfirmed: 'suspected',
    differential: 'suspected',
  },
  status: {
    'entered-in-error': 'entered-in-error',
    'not-done': 'not-done',
    'not-taken': 'not-done',
    cancelled: 'not-done',
    preparation: 'planned',
    planned: 'planned',
  },
};

/** The types in which a status word is about the fact: of others it tells of paperwork, or is said of all (GP allergies). */
const ONLY_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  cancelled: new Set(['Observation', 'Encounter', 'Appointment', 'Procedure']),
  unconfirmed: new Set(['Condition']),
};

/** That an allergy is history is no other claim: it stands until it is resolved. */
const STANDING: ReadonlySet<string> = new Set(['AllergyIntolerance']);

/** The stance of a record: by its status, else by the context words of its code's texts. */
export const stanceOf = (resource: Json, texts: readonly string[]): Stance => {
  const type = String(resource['resourceType']);
  for (const [element, stances] of Object.entries(BY_STATUS)) {
    const code = statusCode(resource[element]);
    if (code === undefined || ONLY_OF[code]?.has(type) === false) continue;
    const stance = stances[code];
    if (stance !== undefined) return stance;
  }
  if (resource['doNotPerform'] === true) return 'negated';
  const contexts = texts.flatMap((it) => contextOf(it) ?? []).sort();
  const context = STANDING.has(type) ? contexts.find((it) => it !== 'history') : contexts[0];
  return context ?? 'asserted';
};

/** The code of a status, be it a code or a CodeableConcept: of several codings the one of HL7, whatever its place. */
export const statusCode = (value: unknown): string | undefined => {
  if (!isObject(value)) return text(value);
  const codings = objects(value['coding']);
  const own = codings.find((it) => /\bhl7\.org\b/.test(String(it['system'])));
  return [...(own ? [own] : []), ...codings].flatMap((it) => text(it['code'])?.trim() ?? [])[0];
};
