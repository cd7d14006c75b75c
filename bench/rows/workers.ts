import { type Start, withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { ratioRow } from '../report.ts';
import { oneType } from '../searches.ts';
import type { Part } from './row.ts';

/** On all cores: the load and the sources have none of their own here. */
const withWorkers =
  (count: number): Start =>
  (stub) =>
    startFacade(stub, {
      name: `${count}`,
      args: ['--workers', String(count)],
      core: 'any',
      config: { deadlineMs: 60_000 },
    });

/** Two processes on two cores against one. */
export const workers: Part = {
  rows: ['13'],
  name: 'workers',
  isSlow: true,
  measure: async ({ effort }) => {
    const servers = await withServers([withWorkers(1), withWorkers(2)], {}, (children, stub) =>
      duel(
        // Each worker learns local ids for itself: nobody can say how many calls that takes.
        children.map((child) => ({ child, path: oneType.path })),
        { connections: 16, effort, stub },
      ),
    );
    const goal = 'two workers by one: requests a second';
    return [
      ratioRow(
        { row: '13', goal, limit: 1.25, atLeast: true, servers },
        ratios(servers, (it) => it.perSecond, ['2', '1']),
      ),
    ];
  },
};
