import { withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { ratioRow } from '../report.ts';
import { oneType } from '../searches.ts';
import type { Part } from './row.ts';

const KEPT = { cache: { seconds: 300 } };
const ofSources = { gp: KEPT, acute: KEPT, community: KEPT };

/** A page of what is kept of the sources, against one that asks them. */
export const warm: Part = {
  rows: ['4'],
  name: 'warm',
  isSlow: true,
  measure: async ({ effort }) => {
    const servers = await withServers(
      [(stub) => startFacade(stub, { name: 'cold' }), (stub) => startFacade(stub, { name: 'warm', ofSources })],
      {},
      ([cold, kept], stub) => {
        if (!cold || !kept) throw new Error('expected two servers');
        return duel(
          [
            { child: cold, ...oneType },
            { child: kept, ...oneType, trips: 0, people: 1 },
          ],
          { connections: 8, effort, stub },
        );
      },
    );
    const goal = 'a warm page by a cold one: requests a second';
    return [
      ratioRow(
        { row: '4', goal, limit: 20, atLeast: true, servers },
        ratios(servers, (it) => it.perSecond, ['warm', 'cold']),
      ),
    ];
  },
};
