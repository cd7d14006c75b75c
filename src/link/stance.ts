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

/** Contexts that are no other claim: an allergy stands until it is resolved, a request asks for what is to come. */
const NATURAL: Readonly<Record<string, Stance>> = { AllergyIntolerance: 'history', ServiceRequest: 'planned' };

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
  return contexts.find((it) => it !== NATURAL[type]) ?? 'asserted';
};

/**
 * A status, be it a code or a CodeableConcept, as its code is written: of several codings the one of HL7, whatever its place;
 * by its words where it has no code. `Entered In Error` withdraws as surely as `entered-in-error`.
 */
export const statusCode = (value: unknown): string | undefined => {
  const said = saidIn(value)
    ?.trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
  return said === undefined ? undefined : (RUN_TOGETHER[said] ?? said);
};

const RUN_TOGETHER: Readonly<Record<string, string>> = {
  enteredinerror: 'entered-in-error',
  error: 'entered-in-error',
  notdone: 'not-done',
  nottaken: 'not-taken',
  canceled: 'cancelled',
};

const saidIn = (value: unknown): string | undefined => {
  if (!isObject(value)) return text(value);
  const codings = objects(value['coding']);
  const own = codings.find((it) => /\bhl7\.org\b/.test(String(it['system'])));
  const all = [...(own ? [own] : []), ...codings];
  const told = [...all.map((it) => it['code']), value['text'], ...all.map((it) => it['display'])];
  return told.flatMap((it) => text(it) ?? []).find((it) => it.trim() !== '');
};
