import { setTimeout } from 'node:timers/promises';
import { withServers } from '../arena.ts';
import { duel } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { SHORT } from '../payload.ts';
import { countRow, ratioRow, type Row } from '../report.ts';
import { oneType } from '../searches.ts';
import { countsOf, setStub } from '../sources.ts';
import type { Child } from '../child.ts';
import type { Part } from './row.ts';

const BUDGET_MS = 200;
/** It is asked each time, however often it has failed: what is measured is the waiting. */
const ofSources = { acute: { deadlineMs: BUDGET_MS, guard: { failures: 0 } } };

/** One source hangs: what its time costs beyond its budget, and what is left of it after. */
export const hung: Part = {
  rows: ['7'],
  name: 'hung',
  isSlow: true,
  measure: ({ effort }) =>
    withServers([(stub) => startFacade(stub, { ofSources })], SHORT, async ([child], stub) => {
      if (!child) throw new Error('expected a server');
      const target = { child, path: oneType.path };
      await duel([target], { connections: 2, effort: { ...effort, rounds: 0 } });
      const before = (await countsOf(stub)).sockets.acute;
      await setStub(stub, { ...SHORT, acute: { hang: true } });
      const rows: Row[] = [];
      for (const connections of [1, 32]) {
        const rounds = await duel([target], { connections, effort: { ...effort, warmSeconds: 0 } });
        const beyond = (measure: 'p50' | 'p99') => rounds.map((it) => (it['us']?.[measure] ?? NaN) - BUDGET_MS);
        const goal = `a hung source, ${connections} callers`;
        rows.push(
          ratioRow(
            { row: '7', goal: `${goal}: p50 beyond its budget in ms`, limit: 10, servers: rounds },
            beyond('p50'),
          ),
          ratioRow({ row: '7', goal: `${goal}: p99 beyond its budget in ms`, limit: 50 }, beyond('p99')),
        );
      }
      const kept = { row: '7', goal: 'a hung source: sockets to it that are left, more than before', limit: 0 };
      return [...rows, countRow(kept, await left(stub, before))];
    }),
};

/** Connections to it that stay open beyond so many, once they have had time to end. */
const left = async (stub: Child, before: number): Promise<number> => {
  let more = 0;
  for (let at = 0; at < 100; at++) {
    more = Math.max(0, (await countsOf(stub)).sockets.acute - before);
    if (more === 0) break;
    await setTimeout(20);
  }
  return more;
};
