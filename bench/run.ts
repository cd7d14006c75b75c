/**
 * `npm run bench [-- --quick|--peers|--json|--only ROW]`: costs as ratios to a baseline of the same run, rounds alternating, the median
 * of the rounds' ratios, CPU first; and counts that must be so on any machine. A figure of one machine and hour says little; a
 * ratio travels.
 */
import { parseArgs } from 'node:util';
import { expectShortLives } from '../src/platform/engine.ts';
import { CORE, pin } from './child.ts';
import { refusedRow, report, type Row } from './report.ts';
import { coldParts } from './rows/cold.ts';
import { counts } from './rows/counts.ts';
import { hung } from './rows/hung.ts';
import { latency } from './rows/latency.ts';
import { linking } from './rows/linking.ts';
import { loop } from './rows/loop.ts';
import { memory } from './rows/memory.ts';
import { microParts } from './rows/micro.ts';
import { peers } from './rows/peers.ts';
import type { Part, Run } from './rows/row.ts';
import { start } from './rows/start.ts';
import { warm } from './rows/warm.ts';
import { workers } from './rows/workers.ts';

expectShortLives();
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    peers: { type: 'boolean' },
    only: { type: 'string', multiple: true },
  },
});
const isQuick = values.quick ?? false;
const run: Run = {
  isQuick,
  effort: isQuick ? { rounds: 2, seconds: 1, warmSeconds: 0.5 } : { rounds: 5, seconds: 1.5, warmSeconds: 2 },
};

const PARTS: readonly Part[] = [
  ...coldParts,
  latency,
  warm,
  loop,
  hung,
  memory,
  counts,
  ...microParts,
  linking,
  start,
  workers,
  ...(values.peers ? [peers] : []),
];
const wanted = (part: Part): boolean =>
  values.only
    ? values.only.some((it) => part.rows.includes(it) || part.name.includes(it))
    : !(isQuick && (part.isSlow ?? false));

pin(process.pid, CORE.load);
const rows: Row[] = [];
for (const part of PARTS.filter(wanted)) {
  if (process.stderr.isTTY) process.stderr.write(`${part.name} ...\n`);
  rows.push(...(await part.measure(run).catch((error: unknown) => [refusedRow(part, error)])));
}
report(rows, { isQuick, asJson: values.json ?? false });
