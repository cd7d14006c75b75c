import type { ResourceType } from '../../src/fhir/index.ts';
import { SNOMED } from './codes.ts';
import { rowOf } from './objects.ts';

/** What each List warning says of the entries, and which note of the List is its text. */
export const LIST_WARNINGS: Readonly<
  Record<string, { readonly display: string; readonly effect: 'withheld' | 'incomplete'; readonly note: RegExp }>
> = {
  'confidential-items': { display: 'Confidential Items', effect: 'withheld', note: /confidential/i },
  'data-in-transit': { display: 'Data in Transit', effect: 'incomplete', note: /transfer|transit/i },
  'data-awaiting-filing': { display: 'Data Awaiting Filing', effect: 'incomplete', note: /await|filing|third party/i },
};

/** The R4 types that each area of a GP record holds. */
export const AREA_TYPES = {
  allergies: ['AllergyIntolerance', 'List'],
  medication: ['MedicationStatement', 'MedicationRequest', 'Medication', 'List'],
  problems: ['Condition', 'List'],
  consultations: ['Encounter', 'List'],
  immunisations: ['Immunization', 'List'],
  uncategorised: ['Observation', 'QuestionnaireResponse', 'List'],
  investigations: ['DiagnosticReport', 'Observation', 'Specimen', 'List'],
  referrals: ['ServiceRequest', 'HealthcareService', 'List'],
  diary: ['ServiceRequest', 'List'],
  documents: ['DocumentReference', 'List'],
} as const satisfies Readonly<Record<string, readonly ResourceType[]>>;

export type Area = keyof typeof AREA_TYPES;

const LIST_AREAS: Readonly<Record<string, Area>> = {
  '886921000000105': 'allergies',
  [SNOMED.endedAllergies]: 'allergies',
  '933361000000108': 'medication',
  '717711000000103': 'problems',
  '1149501000000101': 'consultations',
  '1102181000000102': 'immunisations',
  '826501000000100': 'uncategorised',
  '887191000000108': 'investigations',
  '792931000000107': 'referrals',
  '714311000000108': 'diary',
};

/** The codes of secondary Lists (GPConnect-SecondaryListValues-1) and the names of request parameters say their area. */
const AREA_WORD =
  /^(?:include|consultations-|problems-)?(?:linked-|outbound-)?(allergies|medication|problems|consultations|immunisations|uncategorised|investigations|referrals|diary|documents)/i;

/** The area that a List's code or a request parameter names; undefined where it names none. */
export const areaOf = (code: unknown): Area | undefined => {
  if (typeof code !== 'string') return undefined;
  return rowOf(LIST_AREAS, code) ?? (AREA_WORD.exec(code)?.[1]?.toLowerCase() as Area | undefined);
};
