import type { ValueRule } from '../../src/adapter/index.ts';

/** What this mapping says more often than its source does. */
export const added: readonly ValueRule[] = [
  {
    path: 'MedicationRequest.courseOfTherapyType.coding.code',
    value: /^acute$/,
    why: "R4's course of therapy stands beside the source's own prescription type, and both have this code.",
  },
  {
    path: 'DocumentReference.content.attachment.creation',
    why: 'When a document was written is said once in STU3, and in R4 of each of its contents.',
  },
];
