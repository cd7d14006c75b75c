/**
 * `npm run bench [-- --quick|--json]`: costs as ratios to a baseline of the same run, rounds alternating, the median of the
 * rounds' ratios, by CPU time; and counts that must be so on any machine. A figure of one machine and hour says little; a
 * ratio travels.
 */
import { expectShortLives } from '../src/platform/engine.ts';
import { loadAdapter } from '../src/sources/load.ts';
import { countRows } from './counts.ts';
import { linkingBySize, linkingInSearch } from './link-cost.ts';
import { mappingRow } from './mapping.ts';
import { ratioRow, report } from './report.ts';

expectShortLives();
const isQuick = process.argv.includes('--quick');
const adapter = await loadAdapter('gp-connect');
if (!adapter) throw new Error('there is no adapter gp-connect');
report(
  [
    await mappingRow(isQuick ? 4 : 25),
    ratioRow('links of 500 entries, by the rest of their search', 0.1, linkingInSearch(adapter, 500, isQuick ? 5 : 40)),
    ratioRow('linking 20,000 entries, by 1,000, each entry', 3, linkingBySize(20_000, 1000, isQuick ? 1 : 5)),
    ...(await countRows()),
  ],
  { isQuick, asJson: process.argv.includes('--json') },
);
