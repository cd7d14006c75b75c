import type { ResourceType } from '../../src/fhir/index.ts';

const PEOPLE = ['Practitioner', 'PractitionerRole', 'Organization'] as const satisfies readonly ResourceType[];

/** One kind of record: the key that names its id and that no other kind has, and the R4 types that it can yield. */
export interface KindRow {
  readonly idKey: string;
  readonly types: readonly ResourceType[];
}

/** Every kind of record; all but `patient` are collections of the API. */
export const KINDS = {
  patient: { idKey: 'patientId', types: ['Patient'] },
  contacts: { idKey: 'contactId', types: ['Encounter', ...PEOPLE, 'Location'] },
  referrals: { idKey: 'referralId', types: ['ServiceRequest', ...PEOPLE] },
  carePlans: { idKey: 'carePlanId', types: ['CarePlan', 'Goal', ...PEOPLE] },
  allergies: { idKey: 'allergyId', types: ['AllergyIntolerance', ...PEOPLE] },
  problems: { idKey: 'problemId', types: ['Condition', ...PEOPLE] },
  assessments: { idKey: 'assessmentId', types: ['Observation', ...PEOPLE] },
  alerts: { idKey: 'alertId', types: ['Flag', ...PEOPLE] },
  medicinesAdministered: {
    idKey: 'administrationId',
    types: ['MedicationAdministration', 'Immunization', ...PEOPLE, 'Location'],
  },
} as const satisfies Readonly<Record<string, KindRow>>;

/** What is of none of these kinds: its body has one key, the name under which the answer held it. */
export const OTHER = { kind: 'other', types: ['Basic'] } as const satisfies {
  kind: string;
  types: readonly ResourceType[];
};

export type Kind = keyof typeof KINDS;
/** A kind of which a patient has a list. */
export type Collection = Exclude<Kind, 'patient'>;

const isCollection = (kind: string): kind is Collection => kind !== 'patient';

/** The collections, in the order in which the API's documentation lists them. */
export const COLLECTIONS: readonly Collection[] = Object.keys(KINDS).filter(isCollection);

export const isKind = (name: unknown): name is Kind => typeof name === 'string' && Object.hasOwn(KINDS, name);
