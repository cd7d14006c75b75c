import { ratioRow } from '../report.ts';
import { extractionInProcess } from './extraction.ts';
import { linearity } from './linearity.ts';
import { mappingInProcess } from './mapping.ts';
import type { Part } from './row.ts';

/** What is measured in this process, without HTTP. */
export const microParts: readonly Part[] = [
  {
    rows: ['6'],
    name: 'linearity',
    isSlow: true,
    measure: async ({ effort }) => [
      ratioRow(
        { row: '6', goal: 'a record of 10,000 entries by one of 100: CPU an entry', limit: 1.25 },
        await linearity(10_000, 100, effort.rounds),
      ),
    ],
  },
  {
    rows: ['10'],
    name: 'extraction',
    measure: async ({ isQuick }) => [
      ratioRow(
        { row: '10', goal: 'search values of 1,000 resources, by parsing them', limit: 0.15 },
        await extractionInProcess(isQuick ? 5 : 30),
      ),
    ],
  },
  {
    rows: [],
    name: 'mapping',
    measure: async ({ isQuick }) => [
      ratioRow(
        { row: '', goal: 'mapping 1 MB of GP Connect, by JSON.parse + JSON.stringify', limit: 2 },
        await mappingInProcess(isQuick ? 4 : 25),
      ),
    ],
  },
];
