import { type Json, objects, remembered, SYSTEM, text } from '../../src/fhir/index.ts';
import { rowOf } from './objects.ts';

/** SNOMED CT codes that a record transfer puts in place of a code it could not carry: they mean nothing clinical. */
export const DEGRADED: ReadonlySet<unknown> = new Set([
  '196411000000103', // record entry
  '196421000000109', // medication
  '196451000000104', // plan
  '196461000000101', // drug allergy
  '196471000000108', // allergy that is not to a drug
]);

/** SNOMED CT codes that this mapping reads. */
export const SNOMED = { endedAllergies: '1103671000000101', diagnosticReport: '721981007' } as const;

/** HL7's own code systems, where this mapping creates a coding. */
export const HL7 = {
  allergyClinical: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  allergyVerification: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionVerification: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  courseOfTherapy: 'http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy',
} as const;

const THO = 'http://terminology.hl7.org/CodeSystem/';
const UK_CORE = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-';
const LANGUAGES = 'urn:ietf:bcp:47';

/** A system's name in R4, for all its codes or by code; undefined keeps the one that came. */
type Alias = string | ((code: string) => string | undefined);

/** v2-0078 codes that v3-ObservationInterpretation has with the same meaning. `PA` of CareConnect is none of them. */
const INTERPRETATIONS = /^(?:[AHLNRSIBDUW]|AA|HH|LL|HU|LU|MS|VS|POS|NEG|DET|ND|IND)$/;
const interpretation: Alias = (code) =>
  INTERPRETATIONS.test(code) ? `${THO}v3-ObservationInterpretation` : `${THO}v2-0078`;

/** Whole systems. */
const SYSTEMS: Readonly<Record<string, Alias>> = {
  'http://hl7.org/fhir/v2/0078': interpretation,
  [`${THO}v2-0078`]: interpretation,
  'https://snomed.info/sct': SYSTEM.snomed,
  'http://snomed.info/ict': SYSTEM.snomed,
  'https://snomed.info/ict': SYSTEM.snomed,
  'http://dm+d.org': SYSTEM.dmd,
  'https://unitsofmeasure.org': SYSTEM.ucum,
  'http://fhir.nhs.net/Id/nhs-number': SYSTEM.nhsNumber,
};

/** HL7 systems that moved to terminology.hl7.org with R4, by their last segment; some changed their name. */
const MOVED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (
      'condition-category condition-clinical observation-category list-order list-empty-reason data-absent-reason ' +
      'referencerange-meaning diagnosis-role encounter-type admit-source discharge-disposition location-physical-type ' +
      'organization-type practitioner-role service-category service-type flag-category medication-statement-category ' +
      'immunization-origin'
    )
      .split(' ')
      .map((it) => [it, it]),
  ),
  'medication-request-category': 'medicationrequest-category',
};

/** CareConnect and GP Connect systems by their last segment: both hosts use it, and some write a value set's url. */
const UK_SYSTEMS: Readonly<Record<string, Alias>> = {
  'CareConnect-ConditionCategory-1': (code) =>
    code === 'problem-list-item' || code === 'encounter-diagnosis'
      ? HL7.conditionCategory
      : `${UK_CORE}ConditionCategory`,
  'CareConnect-NHSNumberVerificationStatus-1': (code) =>
    /^0[1-8]$/.test(code) ? `${UK_CORE}NHSNumberVerificationStatusEngland` : undefined,
  'CareConnect-EthnicCategory-1': `${UK_CORE}EthnicCategoryEngland`,
  'CareConnect-ResidentialStatus-1': `${UK_CORE}ResidentialStatus`,
  'CareConnect-DeathNotificationStatus-1': `${UK_CORE}DeathNotificationStatus`,
  'CareConnect-ListEmptyReasonCode-1': `${UK_CORE}ListEmptyReasonCode`,
  'CareConnect-ListWarningCode-1': SYSTEM.listWarning,
  'CareConnect-PrescribingAgency-1': `${UK_CORE}MedicationPrescribingOrganizationType`,
  // The list has codes of its own for signed languages and the like; only the two-letter ones are BCP 47.
  'CareConnect-HumanLanguage-1': (code) => (/^[a-z]{2}$/.test(code) ? LANGUAGES : undefined),
  'CareConnect-LanguageAbilityMode-1': `${THO}v3-LanguageAbilityMode`,
  'CareConnect-LanguageAbilityProficiency-1': `${THO}v3-LanguageAbilityProficiency`,
  'Spine-ErrorOrWarningCode-1': SYSTEM.spineErrorOrWarning,
  'gpconnect-error-or-warning-code-1': SYSTEM.spineErrorOrWarning,
};

const HL7_V = /^http:\/\/hl7\.org\/fhir\/(v[23])\/([\w-]+)$/;
const BARE_OID = /^[0-2](?:\.\d+)+$/;

/** The R4 name of a code or identifier system; as it came where it has no other. */
export const systemOf = (system: unknown, code: unknown): unknown => {
  if (typeof system !== 'string' || system === SYSTEM.snomed) return system;
  const alias = aliasOf(system);
  return typeof alias === 'function' ? (alias(String(code)) ?? system) : alias;
};

const aliasOf = remembered((system): Alias => {
  const last = system.slice(system.lastIndexOf('/') + 1);
  const alias = rowOf(SYSTEMS, system) ?? (/^https?:\/\/fhir\./.test(system) ? rowOf(UK_SYSTEMS, last) : undefined);
  if (alias !== undefined) return alias;
  if (BARE_OID.test(system)) return `urn:oid:${system}`;
  if (!system.startsWith('http://hl7.org/fhir/')) return system;
  const [, version, name] = HL7_V.exec(system) ?? [];
  if (version !== undefined && name !== undefined) return `${THO}${version}-${name}`;
  const moved = system === `http://hl7.org/fhir/${last}` ? rowOf(MOVED, last) : undefined;
  return moved === undefined ? system : THO + moved;
});

/** UK Core's codes for CareConnect's words: the first episode of a condition, a new one, a review of one, its end. */
export const EPISODES = { system: `${UK_CORE}ConditionEpisodicity`, codes: ['first', 'new', 'review', 'end'] } as const;

const COURSE_UK = `${UK_CORE}MedicationRequestCourseOfTherapy`;
/** CareConnect prescription types as courses of therapy. Delayed prescribing is none: its own coding stays alone. */
export const COURSE_OF_THERAPY: Readonly<Record<string, Json>> = {
  acute: { system: HL7.courseOfTherapy, code: 'acute', display: 'Short course (acute) therapy' },
  repeat: { system: HL7.courseOfTherapy, code: 'continuous', display: 'Continuous long term therapy' },
  'repeat-dispensing': {
    system: COURSE_UK,
    code: 'continuous-repeating-dispensing',
    display: 'Continuous long term (repeat dispensing)',
  },
};

/** The codings of a concept, whatever it is. */
export const codings = (concept: unknown): readonly Json[] => objects((concept as Json | undefined)?.['coding']);

/** True where a record transfer put a placeholder in place of the code. */
export const isDegraded = (concept: unknown): boolean =>
  codings(concept).some((it) => it['system'] === SYSTEM.snomed && DEGRADED.has(it['code']));

/** The code of the first coding that has one. */
export const codeOf = (concept: unknown): string | undefined =>
  codings(concept)
    .map((it) => text(it['code']))
    .find((it) => it !== undefined);
