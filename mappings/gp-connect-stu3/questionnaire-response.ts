import { isObject } from '../../src/fhir/index.ts';
import { add, type TypeMapping } from './move.ts';

/** A grouping of findings: its answers are references to Observations, and there is no questionnaire to name. */
export const questionnaireResponse: TypeMapping = {
  type: 'QuestionnaireResponse',
  elements: {
    context: 'encounter',
    parent: 'partOf',
    // R4 names a questionnaire by its canonical; a local one cannot be followed and is kept aside with its words.
    questionnaire: (value, draft) => add(draft, isObject(value) ? 'questionnaire.reference' : 'questionnaire', value),
  },
};
