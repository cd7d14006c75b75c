import type { ResourceType } from '../fhir/index.ts';

/** The types that links of a type look into, where a source gave them anyway. */
export const LINKED_THROUGH: Readonly<Partial<Record<ResourceType, readonly ResourceType[]>>> = {
  MedicationRequest: ['Medication'],
  MedicationStatement: ['Medication'],
  Observation: ['Specimen'],
  DiagnosticReport: ['Specimen', 'Organization', 'Observation'],
  DocumentReference: ['Organization'],
  Encounter: ['Organization'],
};
