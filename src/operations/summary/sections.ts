import { type FhirResource, type Json, list, objects, type ResourceType, SYSTEM } from '../../fhir/index.ts';

/** One section of the summary: its code, and which resources it takes. */
export interface SectionRow {
  readonly title: string;
  /** LOINC code and display; a section of our own has none. */
  readonly loinc?: readonly [code: string, display: string];
  readonly types: readonly ResourceType[];
  /** Left out where it would be empty and no source is short of it. */
  readonly optional?: true;
  /** Of each test of each source the latest alone: the rest is in the record. */
  readonly latest?: true;
  /** Whether a resource of these types belongs here; all do where left out. A resource stands in the first section that takes it. */
  readonly takes?: (resource: Json) => boolean;
}

/**
 * The sections of an International Patient Summary in the order in which they are read.
 * @see https://hl7.org/fhir/uv/ips/StructureDefinition-Composition-uv-ips.html
 */
export const SECTIONS: readonly SectionRow[] = [
  {
    title: 'Allergies and intolerances',
    loinc: ['48765-2', 'Allergies and adverse reactions Document'],
    types: ['AllergyIntolerance'],
  },
  {
    title: 'Medication',
    loinc: ['10160-0', 'History of Medication use Narrative'],
    types: ['MedicationStatement', 'MedicationRequest'],
    takes: ({ status }) => !ENDED.has(String(status)),
  },
  {
    title: 'Problems',
    loinc: ['11450-4', 'Problem list - Reported'],
    types: ['Condition'],
    takes: ({ clinicalStatus }) => !hasCode(clinicalStatus, OVER),
  },
  {
    title: 'Immunisations',
    loinc: ['11369-6', 'History of Immunization Narrative'],
    types: ['Immunization'],
  },
  {
    title: 'Procedures',
    loinc: ['47519-4', 'History of Procedures Document'],
    types: ['Procedure'],
  },
  {
    title: 'Pregnancy',
    loinc: ['10162-6', 'History of pregnancies Narrative'],
    types: ['Observation'],
    optional: true,
    latest: true,
    takes: ({ code }) => hasCode(code, PREGNANCY),
  },
  {
    title: 'Vital signs',
    loinc: ['8716-3', 'Vital signs'],
    types: ['Observation'],
    optional: true,
    latest: true,
    takes: ({ category, code }) => hasCode(category, ['vital-signs']) || hasCode(code, VITAL_SIGNS),
  },
  {
    title: 'Social history',
    loinc: ['29762-2', 'Social history Narrative'],
    types: ['Observation'],
    optional: true,
    latest: true,
    takes: ({ category, code }) => hasCode(category, ['social-history']) || hasCode(code, SOCIAL_HISTORY),
  },
  {
    title: 'Functional status and assessments',
    loinc: ['47420-5', 'Functional status assessment note'],
    types: ['Observation', 'QuestionnaireResponse', 'ClinicalImpression'],
    optional: true,
    latest: true,
    takes: ({ resourceType, category }) => resourceType !== 'Observation' || hasCode(category, ['survey', 'exam']),
  },
  {
    title: 'Results',
    loinc: ['30954-2', 'Relevant diagnostic tests/laboratory data Narrative'],
    types: ['DiagnosticReport', 'Observation'],
    latest: true,
    takes: (resource) => resource['resourceType'] === 'DiagnosticReport' || isMeasured(resource),
  },
  {
    title: 'Past illness',
    loinc: ['11348-0', 'History of Past illness Narrative'],
    types: ['Condition'],
    optional: true,
  },
  {
    title: 'Devices',
    loinc: ['46264-8', 'History of medical device use'],
    types: ['DeviceUseStatement', 'Device'],
  },
  {
    title: 'Plan of care',
    loinc: ['18776-5', 'Plan of care note'],
    types: ['CarePlan', 'Goal', 'ServiceRequest', 'ImmunizationRecommendation'],
    optional: true,
    takes: ({ status, lifecycleStatus }) => !ENDED.has(String(status ?? lifecycleStatus)),
  },
  {
    title: 'Alerts',
    loinc: ['104605-1', 'Alert'],
    types: ['Flag'],
    optional: true,
    takes: ({ status }) => status !== 'inactive',
  },
  {
    title: 'Advance directives',
    loinc: ['42348-3', 'Advance healthcare directives'],
    types: ['Consent'],
    optional: true,
    takes: ({ category, scope }) => hasCode(category, ['acd', '42348-3']) || hasCode(scope, ['adr']),
  },
  {
    title: 'Family history',
    loinc: ['10157-6', 'History of family member diseases Narrative'],
    types: ['FamilyMemberHistory'],
    optional: true,
  },
  {
    title: 'Other observations',
    types: ['Observation'],
    optional: true,
    latest: true,
  },
];

/** What is over, or never was; a status that is missing or unknown is none of these. */
const ENDED: ReadonlySet<string> = new Set(['completed', 'stopped', 'not-taken', 'cancelled', 'revoked', 'rejected']);
const OVER = ['inactive', 'remission', 'resolved'];

/** Codes that say what an observation is about, of SNOMED CT, LOINC and Read: sources seldom give a category. */
const VITAL_SIGNS =
  '75367002 163020007 271649006 271650006 27113001 50373000 60621009 364075005 78564009 386725007 86290005 431314004 ' +
  '103228002 85354-9 8480-6 8462-4 29463-7 8302-2 39156-5 8867-4 8310-5 9279-1 2708-6 59408-5 ' +
  '246..00 229..00 22A..00 22K..00 242..00 2E3..00 235..00';
const SOCIAL_HISTORY =
  '266919005 8517006 77176002 65568007 160603005 230059006 449868002 266927001 228273003 160573003 105542008 228274009 ' +
  '72166-2 11367-0 74013-4 1371.00 137S.00 137R.00 1363.00 136..00 137..00';
const PREGNANCY = '77386006 161714006 237238006 169826009 248985009 82810-3 11778-8 11779-6 11780-4 45371-2 11996-6';

const hasCode = (concept: unknown, codes: string | readonly string[]): boolean => {
  const wanted = typeof codes === 'string' ? codes.split(' ') : codes;
  return objects(concept)
    .flatMap((it) => objects(it['coding']))
    .some(({ code }) => typeof code === 'string' && wanted.includes(code));
};

/** A result has a category that says so, or something that was found. */
const isMeasured = (resource: Json): boolean =>
  hasCode(resource['category'], ['laboratory', 'imaging', 'procedure', 'therapy']) ||
  Object.keys(resource).some((it) => /^(value[A-Z]|component$|hasMember$)/.test(it));

/** True for what must not be shown as the patient's. */
export const isMistaken = (resource: FhirResource): boolean => {
  const { status, verificationStatus, lifecycleStatus } = resource as unknown as Json;
  return (
    list(status ?? lifecycleStatus).includes('entered-in-error') || hasCode(verificationStatus, ['entered-in-error'])
  );
};

/** The code of a section. */
export const codeOf = ({ loinc, title }: SectionRow) =>
  loinc ? { coding: [{ system: SYSTEM.loinc, code: loinc[0], display: loinc[1] }] } : { text: title };
