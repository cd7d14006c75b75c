import { MEASURES, raw, us, withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { ratioRow, type Row } from '../report.ts';
import { oneType } from '../searches.ts';
import { setStub } from '../sources.ts';
import type { Part } from './row.ts';

/** How slow all sources are, and what may be added to that. */
const SLOW = [
  [50, 1.1],
  [200, 1.04],
] as const;

/** One caller of slow sources: what is left to see of us beside them. */
export const latency: Part = {
  rows: ['3'],
  name: 'latency',
  isSlow: true,
  measure: ({ effort }) =>
    withServers([raw, us], {}, async (children, stub) => {
      const servers = children.map((child) => ({ child, ...oneType }));
      await duel(servers, { connections: 8, effort: { ...effort, rounds: 0 }, stub });
      const rows: Row[] = [];
      for (const [ms, limit] of SLOW) {
        await setStub(stub, { gp: { ms }, acute: { ms }, community: { ms } });
        const rounds = await duel(servers, { connections: 1, effort: { ...effort, warmSeconds: 0 }, stub });
        const goal = `sources of ${ms} ms, one caller: p50 by raw`;
        rows.push(ratioRow({ row: '3', goal, limit, servers: rounds }, ratios(rounds, MEASURES.p50)));
      }
      return rows;
    }),
};
