/** The words and codes of the Fellside Community Record, and what they are in FHIR R4. */
import { SYSTEM } from '../../src/fhir/index.ts';

const FELLSIDE = 'https://fellside.example';

/** The system of a pick list of the supplier. */
export const pickList = (name: string): string => `${FELLSIDE}/CodeSystem/${name}`;

/** The system of the supplier's own ids of one kind. */
export const idSystem = (name: string): string => `${FELLSIDE}/Id/${name}`;

/** A word of the source to a code of a required R4 value set. */
export type CodeTable = Readonly<Record<string, string>>;

/** The code of a word, if the table has it. */
export const codeOf = (word: string, table: CodeTable): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

export const GENDER: CodeTable = { M: 'male', F: 'female', I: 'other', U: 'unknown' };

export const ENCOUNTER_STATUS: CodeTable = {
  Attended: 'finished',
  'Did not attend': 'cancelled',
  'Cancelled by patient': 'cancelled',
  'Cancelled by service': 'cancelled',
  Booked: 'planned',
  'In progress': 'in-progress',
  'Entered in error': 'entered-in-error',
};

/** v3-ActCode with its display; a type of contact that has none is its own class. */
export const ENCOUNTER_CLASS: Readonly<Record<string, readonly [code: string, display: string]>> = {
  'Home visit': ['HH', 'home health'],
  Clinic: ['AMB', 'ambulatory'],
  Telephone: ['VR', 'virtual'],
  Video: ['VR', 'virtual'],
};

export const REQUEST_STATUS: CodeTable = {
  Draft: 'draft',
  Received: 'active',
  Accepted: 'active',
  'On hold': 'on-hold',
  Rejected: 'revoked',
  Cancelled: 'revoked',
  Discharged: 'completed',
  'Entered in error': 'entered-in-error',
};

export const REQUEST_PRIORITY: CodeTable = {
  Routine: 'routine',
  Urgent: 'urgent',
  'Two hour': 'asap',
  Emergency: 'stat',
};

export const CARE_PLAN_STATUS: CodeTable = {
  Draft: 'draft',
  Active: 'active',
  'On hold': 'on-hold',
  Completed: 'completed',
  Cancelled: 'revoked',
  'Entered in error': 'entered-in-error',
};

export const ACTIVITY_STATUS: CodeTable = {
  'Not started': 'not-started',
  Scheduled: 'scheduled',
  'In progress': 'in-progress',
  'On hold': 'on-hold',
  Completed: 'completed',
  Cancelled: 'cancelled',
  Stopped: 'stopped',
};

export const GOAL_STATUS: CodeTable = {
  Proposed: 'proposed',
  Active: 'active',
  'On hold': 'on-hold',
  Achieved: 'completed',
  'Not achieved': 'completed',
  Cancelled: 'cancelled',
  'Entered in error': 'entered-in-error',
};

export const GOAL_ACHIEVEMENT: CodeTable = { Achieved: 'achieved', 'Not achieved': 'not-achieved' };

/** A status of the source that is a verification status in R4, where no clinical status may stand beside it. */
export const ENTERED_IN_ERROR = 'Entered in error';
const VERIFICATION: CodeTable = {
  Confirmed: 'confirmed',
  Suspected: 'unconfirmed',
  Refuted: 'refuted',
  [ENTERED_IN_ERROR]: 'entered-in-error',
};

export const ALLERGY_STATUS: CodeTable = { Active: 'active', Inactive: 'inactive', Ended: 'inactive' };
export const ALLERGY_CERTAINTY = VERIFICATION;
export const ALLERGY_KIND: CodeTable = { Allergy: 'allergy', Intolerance: 'intolerance' };
export const ALLERGY_CATEGORY: CodeTable = {
  Drug: 'medication',
  Food: 'food',
  Environment: 'environment',
  Biologic: 'biologic',
};
export const REACTION_SEVERITY: CodeTable = {
  Mild: 'mild',
  Moderate: 'moderate',
  Severe: 'severe',
  'Life-threatening': 'severe',
};

export const PROBLEM_STATUS: CodeTable = { Active: 'active', Inactive: 'inactive', Resolved: 'resolved' };
export const PROBLEM_CERTAINTY = VERIFICATION;
export const SIGNIFICANCE: CodeTable = { Major: 'major', Minor: 'minor' };

export const OBSERVATION_STATUS: CodeTable = {
  Complete: 'final',
  Incomplete: 'preliminary',
  Amended: 'amended',
  'Entered in error': 'entered-in-error',
};

export const FLAG_STATUS: CodeTable = { Active: 'active', Ended: 'inactive', 'Entered in error': 'entered-in-error' };

export const ADMINISTRATION_STATUS: CodeTable = {
  Given: 'completed',
  'Not given': 'not-done',
  Stopped: 'stopped',
  'In progress': 'in-progress',
  'Entered in error': 'entered-in-error',
};

export const IMMUNIZATION_STATUS: CodeTable = {
  Given: 'completed',
  'Not given': 'not-done',
  'Entered in error': 'entered-in-error',
};

/** Professional registers by the name the supplier gives them. */
export const REGISTERS: Readonly<Record<string, string>> = {
  NMC: SYSTEM.nmc,
  HCPC: SYSTEM.hcpc,
  GMC: SYSTEM.gmc,
  GPhC: SYSTEM.gphc,
};

/** HL7 terminology that the mapping speaks, by the name it has here. */
export const HL7 = {
  allergyClinical: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  allergyVerification: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionVerification: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  goalAchievement: 'http://terminology.hl7.org/CodeSystem/goal-achievement',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
} as const;

export const UK = {
  ethnicCategory: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland',
  nhsNumberStatus: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
} as const;

/** HL7's own extensions of R4. */
export const R4_EXTENSION = {
  interpreterRequired: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired',
  ordinalValue: 'http://hl7.org/fhir/StructureDefinition/ordinalValue',
  reasonCancelled: 'http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled',
  statusReason: 'http://hl7.org/fhir/StructureDefinition/request-statusReason',
} as const;
