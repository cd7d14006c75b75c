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
      'Bundle.entry.request.**',
      'Bundle.entry.response.**',
    ],
    why: 'The envelope of an answer: its entries are the records.',
  },
  {
    path: '*.fullUrl',
    why: 'The address of an entry in its Bundle: references are resolved by it, and the facade gives its own.',
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
      'OperationOutcome.issue.details.coding.version',
    ],
    why: 'A warning is told under the code of its details, at a severity that says what it means for this answer.',
  },
  {
    path: ['*.meta.profile', '*.meta.source'],
    why: 'What another server claims; the facade claims the UK Core profile of the type, and names the source.',
  },
];
