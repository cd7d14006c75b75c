import { SYSTEM } from '../../src/fhir/index.ts';

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem/';
const UK_CORE = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-';
export const VERIFICATION = `${UK_CORE}NHSNumberVerificationStatus`;
export const VERIFICATION_ENGLAND = `${UK_CORE}NHSNumberVerificationStatusEngland`;

/** Wrong spellings of systems, each with its canonical. A system of its own, such as the UK edition of ICD-10, is none. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'http://dm+d.org': SYSTEM.dmd,
    'https://dm+d.org': SYSTEM.dmd,
    'http://dmd.nhs.uk': SYSTEM.dmd,
    'https://dmd.nhs.uk/': SYSTEM.dmd,
    'http://snomed.info/ict': SYSTEM.snomed,
    'https://snomed.info/ict': SYSTEM.snomed,
    'https://snomed.info/sct': SYSTEM.snomed,
    'http://snomed.info/sct/': SYSTEM.snomed,
    'https://unitsofmeasure.org': SYSTEM.ucum,
    'http://unitsofmeasure.org/': SYSTEM.ucum,
    'https://loinc.org': 'http://loinc.org',
    'https://fhir.hl7.org.uk/Id/icd-10': SYSTEM.icd10,
    'https://fhir.nhs.uk/Id/opcs-4': SYSTEM.opcs4,
    'https://fhir.hl7.org.uk/CodeSystem/OPCS-4': SYSTEM.opcs4,
    'http://fhir.hl7.org.uk/CodeSystem/OPCS-4': SYSTEM.opcs4,
    'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode': SYSTEM.spineErrorOrWarning,
    'http://hl7.org/fhir/allergy-clinical-status': `${TERMINOLOGY}allergyintolerance-clinical`,
    'http://hl7.org/fhir/allergy-verification-status': `${TERMINOLOGY}allergyintolerance-verification`,
  }),
);

/** HL7's code systems that stood under `http://hl7.org/fhir/` before R4 and do so no longer. */
const MOVED: ReadonlySet<string> = new Set(
  (
    'admit-source allergyintolerance-clinical allergyintolerance-verification appointment-cancellation-reason ' +
    'communication-category communication-not-done-reason condition-category condition-clinical condition-ver-status ' +
    'contactentity-type data-absent-reason device-status-reason diagnosis-role diet discharge-disposition dose-rate-type ' +
    'encounter-special-arrangements encounter-type episodeofcare-type flag-category goal-achievement goal-category ' +
    'goal-priority immunization-evaluation-dose-status immunization-funding-source immunization-origin ' +
    'immunization-program-eligibility immunization-subpotent-reason list-empty-reason list-example-use-codes list-order ' +
    'location-physical-type media-modality media-type medication-admin-category medication-statement-category ' +
    'medicationrequest-category medicationrequest-course-of-therapy medicationrequest-status-reason observation-category ' +
    'organization-type participant-type practitioner-role provenance-participant-type reason-medication-given ' +
    'referencerange-meaning risk-probability service-category service-provision-conditions service-referral-method ' +
    'service-type'
  ).split(' '),
);

/** Our identifier systems by their last part: hosts and case vary. */
const IDENTIFIERS: ReadonlyMap<string, string> = new Map(
  Object.values(SYSTEM)
    .filter((it) => it.includes('/Id/'))
    .map((it) => [it.slice(it.lastIndexOf('/') + 1), it]),
);

/** Under this system an integration engine hands on the codes of an HL7 v2 table. */
const ENGINE = /^http:\/\/example\.com\/v2-to-fhir-converter\/CodeSystem\/HL7(\d{4})$/;

/** Forms with a name in them; a name that the row does not know has no canonical. */
const FORMS: readonly (readonly [form: RegExp, canonical: (name: string) => string | undefined])[] = [
  [/^https?:\/\/terminology\.hl7\.org?\/CodeSystem\/(.+)$/, (name) => TERMINOLOGY + name],
  [/^http:\/\/hl7\.org\/fhir\/v3\/(.+)$/, (name) => `${TERMINOLOGY}v3-${name}`],
  [/^http:\/\/hl7\.org\/fhir\/(?:ValueSet\/v2-|v2\/)(\d{4})$/, (name) => `${TERMINOLOGY}v2-${name}`],
  [ENGINE, (name) => `${TERMINOLOGY}v2-${name}`],
  [
    /^https?:\/\/(?:terminology\.)?hl7\.org\/(?:fhir\/)?(?:ValueSet\/)?([a-z-]+)$/,
    (name) => (MOVED.has(name) ? TERMINOLOGY + name : undefined),
  ],
  [
    /^https?:\/\/fhir\.(?:nhs\.uk|nhs\.net|hl7\.org\.uk)\/id\/([a-z-]+)$/i,
    (name) => IDENTIFIERS.get(name.toLowerCase()),
  ],
];

/** Systems that UK Core retired for the given kind of code: the codes are the same, the system is not. */
const RETIRED: ReadonlyMap<string, readonly [codes: RegExp, canonical: string]> = new Map(
  Object.entries({
    [VERIFICATION]: [/^0[1-8]$/, VERIFICATION_ENGLAND],
    [`${UK_CORE}HumanLanguage`]: [/^[a-z]{2}$/, 'urn:ietf:bcp:47'],
  }),
);

/**
 * The canonical of a code or identifier system that a source writes in another way.
 * @returns the system itself where it is canonical already, or nothing is known of it.
 */
export const canonicalSystem = (system: string, code?: unknown): string => {
  const exact = ALIASES.get(system);
  if (exact !== undefined) return exact;
  const [codes, successor] = RETIRED.get(system) ?? [];
  if (codes && successor !== undefined) return typeof code === 'string' && codes.test(code) ? successor : system;
  for (const [form, canonical] of FORMS) {
    const name = form.exec(system)?.[1];
    if (name !== undefined) return canonical(name) ?? system;
  }
  return system;
};

/** True for a system that is no other spelling of its canonical but another one, whose codes that has taken over. */
export const isSucceeded = (system: string): boolean => RETIRED.has(system) || ENGINE.test(system);

/** The words of the retired system of NHS number verification, by the code that England has for the same. */
export const VERIFICATION_CODES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'number-present-and-verified': '01',
    'number-present-but-not-traced': '02',
    'trace-required': '03',
    'trace-attempted': '04',
    'trace-needs-to-be-resolved': '05',
    'trace-in-progress': '06',
    'number-not-present-and-trace-not-required': '07',
    'trace-postponed': '08',
  }),
);
