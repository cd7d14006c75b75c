import { naive, us, withServers } from '../arena.ts';
import type { Child } from '../child.ts';
import { prepare, warm } from '../duel.ts';
import { ask } from '../load.ts';
import { SHORT_RECORDS } from '../payload.ts';
import { ratioRow } from '../report.ts';
import { oneType } from '../searches.ts';
import type { Part, Run } from './row.ts';

/** Small searches a second, each on a connection of its own, while one caller asks for 5 MB after 5 MB. */
const SMALL = 50;
const TICK_MS = 50;

/** How long others wait for the event loop while large records are handled, by a facade that handles whole Bundles inline. */
export const loop: Part = {
  rows: ['5'],
  name: 'event loop',
  isSlow: true,
  measure: (run) =>
    withServers([naive, us], { gpBytes: 5_000_000 }, async (servers) => {
      const rounds: Delay[][] = [];
      for (const it of servers) await delays(it, { ...run.effort, seconds: run.effort.warmSeconds });
      for (let round = 0; round < run.effort.rounds; round++) {
        const own: Delay[] = [];
        for (const it of servers) own.push(await delays(it, run.effort));
        rounds.push(own);
      }
      const of = (measure: keyof Delay): readonly (readonly [theirs: number, ours: number])[] =>
        rounds.map(([theirs, ours]) => [theirs?.[measure] ?? NaN, ours?.[measure] ?? NaN]);
      return [
        ratioRow(
          { row: '5', goal: 'event-loop delay beside 5 MB: p99 by naive', limit: 0.3 },
          of('p99').map(([theirs, ours]) => ours / theirs),
        ),
        ratioRow(
          { row: '5', goal: 'event-loop delay beside 5 MB: longest tick in ms', limit: TICK_MS },
          of('max').map(([, ours]) => ours),
        ),
        ratioRow(
          { row: '5', goal: 'small searches beside 5 MB: p99 by naive' },
          of('small').map(([theirs, ours]) => ours / theirs),
        ),
      ];
    }),
};

interface Delay {
  readonly p99: number;
  readonly max: number;
  readonly small: number;
}

const delays = async (child: Child, { seconds }: Run['effort']): Promise<Delay> => {
  const target = { child, path: oneType.path };
  const [large, small] = [await prepare(target, 8), await prepare(target, 128, SHORT_RECORDS)];
  await child.read();
  const [{ p99 }] = await Promise.all([
    ask(target, { ...small, connections: SMALL, rate: SMALL, amount: Math.round(SMALL * seconds) }),
    warm(target, { ...large, connections: 1 }, { seconds, requests: 1 }),
  ]);
  const { loop } = await child.read();
  return { p99: loop.p99, max: loop.max, small: p99 };
};
