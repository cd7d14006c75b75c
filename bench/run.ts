/**
 * `npm run bench`: costs as ratios to a baseline in the same run, rounds alternating, the median of the rounds' ratios. A
 * figure of one machine and hour says little; a ratio travels.
 */
import { mapAnswer } from '../src/mapping/map-answer.ts';
import { parseJson } from '../src/fhir/index.ts';
import { loadAdapter } from '../src/sources/load.ts';
import { gpRecord } from './payload.ts';

const MB = 1_000_000;
const ROUNDS = 40;
const WARM_UP = 15;

const adapter = await loadAdapter('gp-connect');
if (!adapter) throw new Error('there is no adapter gp-connect');
const text = gpRecord(MB);

const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const rounds: { readonly base: number; readonly mapping: number }[] = [];
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  const base = timed(() => JSON.stringify(JSON.parse(text)));
  const answer = parseJson(text);
  const mapping = timed(() => mapAnswer(adapter, adapter.split(answer), { source: 'bench' }));
  if (round >= WARM_UP) rounds.push({ base, mapping });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const ratios = rounds.map((it) => it.mapping / it.base).sort((a, b) => a - b);
const ratio = median(ratios);
const LIMIT = 2;
const row = {
  goal: 'mapping 1 MB of GP Connect JSON against JSON.parse + JSON.stringify of it',
  limit: LIMIT,
  ratio: Number(ratio.toFixed(2)),
  spread: `${(ratios[Math.floor(ratios.length / 10)] ?? NaN).toFixed(2)} to ${(ratios[Math.floor(ratios.length * 0.9)] ?? NaN).toFixed(2)}`,
  'ms, baseline': Number(median(rounds.map((it) => it.base)).toFixed(1)),
  'ms, mapping': Number(median(rounds.map((it) => it.mapping)).toFixed(1)),
  verdict: ratio <= LIMIT ? 'met' : 'missed',
};
process.stdout.write(
  `${Object.entries(row)
    .map(([key, value]) => `${key.padEnd(14)} ${value}`)
    .join('\n')}\n`,
);
