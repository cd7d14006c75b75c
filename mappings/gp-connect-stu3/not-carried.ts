import type { ValueRule } from '../../src/adapter/index.ts';

/** What this mapping leaves out on purpose. */
export const notCarried: readonly ValueRule[] = [
  {
    path: [
      'Bundle.id',
      'Bundle.meta.**',
      'Bundle.identifier.**',
      'Bundle.type',
      'Bundle.timestamp',
      'Bundle.total',
      'Bundle.link.**',
      'Bundle.entry.fullUrl',
      'Bundle.entry.search.**',
    ],
    why: 'The envelope of an answer: its entries are the records.',
  },
  {
    path: 'OperationOutcome.issue.diagnostics',
    why: "It may hold addresses of the source or a patient's number; the details of the issue are told word for word.",
  },
  {
    path: [
      'OperationOutcome.id',
      'OperationOutcome.meta.**',
      'OperationOutcome.issue.severity',
      'OperationOutcome.issue.code',
    ],
    why: 'A warning is told under the code of its details, at a severity that says what it means for this answer.',
  },
  { path: ['*.meta.profile', '*.contained(*).meta.profile'], why: 'The STU3 profiles say nothing of the R4 resource.' },
  {
    path: '*.id',
    value: /[^A-Za-z0-9.-]|.{65}/,
    why: 'An id that FHIR forbids: it names the record to the facade, which shows every record under an id of its own.',
  },
  {
    path: 'MedicationStatement.taken',
    value: /^unk$/,
    why: 'R4 has no such element, and GP systems always say unknown.',
  },
  { path: 'Immunization.notGiven', value: /^false$/, why: 'R4 says it by the status; true becomes not-done.' },
  {
    path: ['Immunization.status', 'Procedure.status'],
    value: /^completed$/,
    why: 'Beside "not given" or "not done" it says only that the entry is complete; R4 has one status, and it is not-done.',
  },
  { path: 'Procedure.notDone', value: /^false$/, why: 'R4 says it by the status; true becomes not-done.' },
];
