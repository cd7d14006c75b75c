import { isObject, type Json, objects, ukCoreExtension } from '../../src/fhir/index.ts';
import { HL7 } from './codes.ts';
import { valueOf } from './extensions.ts';
import { add, asConcept, type ExtensionMove, type TypeMapping } from './move.ts';

/** UK Core says when and why an allergy ended at its clinical status. */
const ended: ExtensionMove = (extension, draft) => {
  const status = isObject(draft['clinicalStatus']) ? draft['clinicalStatus'] : {};
  const end: Json = { ...extension, url: ukCoreExtension('AllergyIntoleranceEnd') };
  draft['clinicalStatus'] = { ...status, extension: [...objects(status['extension']), end] };
  return [];
};

export const allergyIntolerance: TypeMapping = {
  type: 'AllergyIntolerance',
  elements: {
    clinicalStatus: asConcept('clinicalStatus', HL7.allergyClinical),
    verificationStatus: asConcept('verificationStatus', HL7.allergyVerification),
    assertedDate: 'recordedDate',
  },
  extensions: {
    AllergyIntoleranceEnd: ended,
    Evidence: ukCoreExtension('Evidence'),
    'encounter-associatedEncounter': (extension, draft) => {
      add(draft, 'encounter', valueOf(extension));
      return [];
    },
  },
};
