import type { ValueRule } from '../../src/adapter/index.ts';

/** What this mapping leaves out on purpose. */
export const notCarried: readonly ValueRule[] = [
  {
    path: '*.restricted',
    value: /^N$/,
    why: 'R4 says that an entry is restricted by a label, and that it is not by none.',
  },
  {
    path: ['answer.page', 'answer.pageSize', 'answer.totalRecords'],
    why: 'How a collection is cut into pages.',
  },
];
