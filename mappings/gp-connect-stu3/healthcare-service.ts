import { isObject, list } from '../../src/fhir/index.ts';
import { add, type TypeMapping } from './move.ts';

export const healthcareService: TypeMapping = {
  type: 'HealthcareService',
  elements: {
    eligibility: (value, draft) =>
      add(
        draft,
        'eligibility',
        list(value).map((it) => (isObject(it) ? { code: it } : it)),
      ),
    eligibilityNote: (value, draft) => add(draft, 'eligibility', [{ comment: value }]),
    programName: (value, draft) =>
      add(
        draft,
        'program',
        list(value).map((it) => ({ text: it })),
      ),
  },
};
