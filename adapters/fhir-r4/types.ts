import type { Pushdown } from '../../src/adapter/index.ts';

/** What a server can do with one type. */
export interface ServedType {
  readonly search: Readonly<Record<string, Pushdown>> | undefined;
  readonly read: boolean;
}

/** Types of which each resource names its patient: searched by `patient`, no other parameter pushed, and read by id. */
const OF_A_PATIENT =
  'AllergyIntolerance Appointment BodyStructure CarePlan CareTeam ClinicalImpression Communication ' +
  'CommunicationRequest Composition Condition Consent DetectedIssue Device DeviceRequest DeviceUseStatement ' +
  'DiagnosticReport DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Flag Goal ImagingStudy Immunization ' +
  'ImmunizationEvaluation ImmunizationRecommendation List Media MedicationAdministration MedicationDispense ' +
  'MedicationRequest MedicationStatement NutritionOrder Observation Patient Procedure QuestionnaireResponse ' +
  'RelatedPerson RequestGroup RiskAssessment ServiceRequest Specimen SupplyDelivery Task VisionPrescription';

/** Types that belong to no patient: reached by a reference, never searched. */
const OF_NOBODY =
  'HealthcareService Location Medication Organization OrganizationAffiliation Practitioner PractitionerRole Schedule ' +
  'Slot Substance';

/** What any R4 server may be expected to serve; one that serves less says so in its settings. */
export const DEFAULT_TYPES: Readonly<Record<string, ServedType>> = Object.fromEntries<ServedType>([
  ...OF_A_PATIENT.split(' ').map((type) => [type, { search: {}, read: true }] as const),
  ...OF_NOBODY.split(' ').map((type) => [type, { search: undefined, read: true }] as const),
]);
