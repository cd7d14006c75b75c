import { isObject, list, ukCoreExtension } from '../../src/fhir/index.ts';
import { add, type Move, type TypeMapping } from './move.ts';
import { ABSENT } from './references.ts';
import { dosages } from './shared.ts';

/** UK Core requires system and value of each. */
const identifier: Move = (value, draft) => {
  add(
    draft,
    'identifier',
    list(value).map((it) =>
      isObject(it) && !(it['system'] && it['value'])
        ? {
            ...(it['system'] === undefined && { _system: ABSENT }),
            ...(it['value'] === undefined && { _value: ABSENT }),
            ...it,
          }
        : it,
    ),
  );
};

export const medicationStatement: TypeMapping = {
  type: 'MedicationStatement',
  elements: {
    identifier,
    dosage: dosages('dosage'),
    reasonNotTaken: 'statusReason',
    // GP Connect has to send it and always sends `unk`: that says nothing. Another word is kept.
    taken: (value, draft) => {
      if (value !== 'unk') add(draft, 'taken', value);
    },
  },
  extensions: {
    PrescribingAgency: ukCoreExtension('MedicationPrescribingOrganizationType'),
    MedicationStatementLastIssueDate: ukCoreExtension('MedicationStatementLastIssueDate'),
  },
};
