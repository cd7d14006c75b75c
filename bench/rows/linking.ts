import { MEASURES, us, withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { linkingBySize } from '../link-cost.ts';
import { ratioRow, type Row } from '../report.ts';
import { allTypes } from '../searches.ts';
import type { Part } from './row.ts';

/** With what the hospital and the community hold, some 500 entries. */
const RECORD = { gpBytes: 1_700_000 };
const CONNECTIONS = 8;

/** What links cost: as part of a search, and by the size of a record. */
export const linking: Part = {
  rows: [],
  name: 'linking',
  measure: async (run) => [
    ...(run.isQuick ? [] : [await inSearch(run)]),
    ratioRow(
      { row: '', goal: 'linking 20,000 entries, by 1,000, each entry', limit: 3 },
      linkingBySize(20_000, 1000, run.isQuick ? 1 : 5),
    ),
  ],
};

const inSearch: (run: Parameters<Part['measure']>[0]) => Promise<Row> = async ({ effort }) => {
  const servers = await withServers(
    [us, (stub) => startFacade(stub, { name: 'unlinked' })],
    RECORD,
    ([linked, unlinked], stub) => {
      if (!linked || !unlinked) throw new Error('expected two servers');
      return duel(
        [
          { child: linked, ...allTypes },
          { child: unlinked, ...allTypes, headers: { Prefer: 'merge=none' } },
        ],
        { connections: CONNECTIONS, effort: { ...effort, rounds: effort.rounds * 2 }, stub },
      );
    },
  );
  const goal = 'CPU of a search over 500 entries with links, by one without';
  return ratioRow({ row: '', goal, limit: 1.1, servers }, ratios(servers, MEASURES.CPU, ['us', 'unlinked']));
};
