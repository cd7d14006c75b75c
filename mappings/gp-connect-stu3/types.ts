import { allergyIntolerance } from './allergy-intolerance.ts';
import { condition } from './condition.ts';
import { diagnosticReport } from './diagnostic-report.ts';
import { documentReference } from './document-reference.ts';
import { encounter } from './encounter.ts';
import { healthcareService } from './healthcare-service.ts';
import { immunization } from './immunization.ts';
import { list } from './list.ts';
import { medication } from './medication.ts';
import { medicationRequest } from './medication-request.ts';
import { medicationStatement } from './medication-statement.ts';
import type { TypeMapping } from './move.ts';
import { observation } from './observation.ts';
import { organization } from './organization.ts';
import { patient } from './patient.ts';
import { practitioner } from './practitioner.ts';
import { procedure } from './procedure.ts';
import { questionnaireResponse } from './questionnaire-response.ts';
import { procedureRequest, referralRequest } from './service-request.ts';

/** Every STU3 type that this dialect maps. Those written out here are alike in STU3 and R4. */
export const TYPES: Readonly<Record<string, TypeMapping | undefined>> = {
  Patient: patient,
  AllergyIntolerance: allergyIntolerance,
  Condition: condition,
  MedicationStatement: medicationStatement,
  MedicationRequest: medicationRequest,
  Medication: medication,
  Immunization: immunization,
  Observation: observation,
  DiagnosticReport: diagnosticReport,
  Specimen: { type: 'Specimen' },
  Encounter: encounter,
  List: list,
  ReferralRequest: referralRequest,
  ProcedureRequest: procedureRequest,
  DocumentReference: documentReference,
  QuestionnaireResponse: questionnaireResponse,
  Procedure: procedure,
  Flag: { type: 'Flag' },
  Organization: organization,
  HealthcareService: healthcareService,
  Practitioner: practitioner,
  PractitionerRole: { type: 'PractitionerRole' },
  RelatedPerson: { type: 'RelatedPerson' },
  Location: { type: 'Location' },
};
