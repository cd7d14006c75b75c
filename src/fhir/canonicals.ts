/** The project's own base URL: of its extensions, code systems and identifiers. */
export const BASE = 'https://patient-core-records.example/fhir';

/** The relation of a Bundle's link that asks again those sources alone that are missing from it. */
export const MISSING_LINK = `${BASE}/link-relation/missing`;

/** The canonical of one of our own extensions. */
export const extensionUrl = (name: string): string => `${BASE}/StructureDefinition/${name}`;

/** The canonical of a UK Core extension, named without its prefix. */
export const ukCoreExtension = (name: string): string =>
  `https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-${name}`;

/** The canonical of a UK Core profile. */
export const ukCoreProfile = (name: string): string => `https://fhir.hl7.org.uk/StructureDefinition/UKCore-${name}`;

export const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** Identifier and code systems, by the names they have here. */
export const SYSTEM = {
  nhsNumber: 'https://fhir.nhs.uk/Id/nhs-number',
  odsOrganisation: 'https://fhir.nhs.uk/Id/ods-organization-code',
  odsSite: 'https://fhir.nhs.uk/Id/ods-site-code',
  sdsUser: 'https://fhir.nhs.uk/Id/sds-user-id',
  sdsRole: 'https://fhir.nhs.uk/Id/sds-role-profile-id',
  gmc: 'https://fhir.hl7.org.uk/Id/gmc-number',
  nmc: 'https://fhir.hl7.org.uk/Id/nmc-number',
  hcpc: 'https://fhir.hl7.org.uk/Id/hcpc-number',
  gphc: 'https://fhir.hl7.org.uk/Id/gphc-number',
  snomed: 'http://snomed.info/sct',
  dmd: 'https://dmd.nhs.uk',
  readV2: 'http://read.info/readv2',
  ctv3: 'http://read.info/ctv3',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  opcs4: 'https://fhir.hl7.org.uk/Id/opcs-4',
  ucum: 'http://unitsofmeasure.org',
  loinc: 'http://loinc.org',
  dataAbsentReason: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  nullFlavor: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
  httpErrorCodes: 'https://fhir.nhs.uk/CodeSystem/http-error-codes',
  spineErrorOrWarning: 'https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode',
  listWarning: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode',
  /** Ours: what happened at a source. */
  sourceStatus: `${BASE}/CodeSystem/source-status`,
  /** Ours: whether an answer holds all that was asked for. */
  completeness: `${BASE}/CodeSystem/completeness`,
  /** Ours: which source an entry came from; the code is the source's id. */
  source: `${BASE}/CodeSystem/source`,
  /** Ours: the group of records that linking joins; the code is a keyed fingerprint of what they have in common. */
  linkGroup: `${BASE}/CodeSystem/link-group`,
  /** Ours: the rules by which records are linked. */
  linkRule: `${BASE}/CodeSystem/link-rule`,
  /** Ours: what an answer can say of the patient's allergies as a whole. */
  allergyState: `${BASE}/CodeSystem/allergy-state`,
  /** Ours: what a mapping found wrong with a record. */
  finding: `${BASE}/CodeSystem/mapping-finding`,
} as const;

/** The resource types that UK Core profiles, each under its own name. */
const UK_CORE_TYPES: ReadonlySet<string> = new Set(
  (
    'AllergyIntolerance Appointment AuditEvent BodyStructure Bundle CarePlan CareTeam Communication Composition Condition ' +
    'Consent Device DiagnosticReport DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Flag HealthcareService ' +
    'ImagingStudy Immunization List Location Medication MedicationAdministration MedicationDispense MedicationRequest ' +
    'MedicationStatement MessageHeader Observation OperationOutcome Organization OrganizationAffiliation Patient ' +
    'Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ' +
    'Schedule ServiceRequest Slot Specimen Subscription Task'
  ).split(' '),
);

/** The UK Core profile of a type; undefined where UK Core has none. */
export const ukCoreProfileOf = (type: string): string | undefined =>
  UK_CORE_TYPES.has(type) ? ukCoreProfile(type) : undefined;
