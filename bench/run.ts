/**
 * `npm run bench [-- --quick|--json]`: costs as ratios to a baseline of the same run, rounds alternating, the median of the
 * rounds' ratios, by CPU time; and counts that must be so on any machine. A figure of one machine and hour says little; a
 * ratio travels.
 */
import { countRows } from './counts.ts';
import { mappingRow } from './mapping.ts';
import { report } from './report.ts';

const isQuick = process.argv.includes('--quick');
report([await mappingRow(isQuick ? 4 : 25), ...(await countRows())], {
  isQuick,
  asJson: process.argv.includes('--json'),
});
