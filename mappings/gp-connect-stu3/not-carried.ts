import type { NotCarried } from '../../src/adapter/index.ts';

/** What this mapping leaves out on purpose. */
export const notCarried: readonly NotCarried[] = [
  { path: '*.meta.profile', why: 'The STU3 profiles say nothing of the R4 resource.' },
  { path: 'List.contained.meta.profile', why: 'The same, of what a List contains.' },
  {
    path: 'MedicationStatement.taken',
    value: /^unk$/,
    why: 'R4 has no such element, and GP systems always say unknown.',
  },
  { path: 'Immunization.notGiven', value: /^false$/, why: 'R4 says it by the status; true becomes not-done.' },
  { path: 'Procedure.notDone', value: /^false$/, why: 'R4 says it by the status; true becomes not-done.' },
  { path: 'Observation.related.type', value: /^has-member$/, why: 'R4 says it by the element hasMember.' },
];
