import type { ValueRule } from '../../src/adapter/index.ts';

/** What this mapping says more often than its source does. */
export const added: readonly ValueRule[] = [
  {
    path: 'Patient.identifier.extension(Extension-UKCore-NHSNumberVerificationStatus).valueCodeableConcept.coding.display',
    why: 'Beside a code of the retired system stands that of its successor, in the same words.',
  },
];
