import { MEASURES, us, withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { linkingBySize } from '../link-cost.ts';
import { ratioRow, type Row } from '../report.ts';
import { allTypes, oneType } from '../searches.ts';
import type { Part, Run } from './row.ts';

const CONNECTIONS = 8;

/** Each over some 500 entries. The first page of a whole record shows Lists, which nothing links: only the second shows links. */
const SEARCHES = [
  { name: 'a whole record', search: allTypes, size: { gpBytes: 1_700_000 } },
  { name: 'one type', search: oneType, size: { gpBytes: 4_000_000, gpEntryBytes: 2000 } },
] as const;

/** What links cost: as part of a search, and by the size of a record. */
export const linking: Part = {
  rows: [],
  name: 'linking',
  measure: async (run) => [
    ...(run.isQuick ? [] : await inSearches(run)),
    ratioRow(
      { row: '', goal: 'linking 20,000 entries, by 1,000, each entry', limit: 3 },
      linkingBySize(20_000, 1000, run.isQuick ? 1 : 5),
    ),
  ],
};

const inSearches = async (run: Run): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const it of SEARCHES) rows.push(await inSearch(it, run));
  return rows;
};

const inSearch = async ({ name, search, size }: (typeof SEARCHES)[number], { effort }: Run): Promise<Row> => {
  const servers = await withServers(
    [us, (stub) => startFacade(stub, { name: 'unlinked' })],
    size,
    ([linked, unlinked], stub) => {
      if (!linked || !unlinked) throw new Error('expected two servers');
      return duel(
        [
          { child: linked, ...search },
          { child: unlinked, ...search, headers: { Prefer: 'merge=none' } },
        ],
        { connections: CONNECTIONS, effort: { ...effort, rounds: effort.rounds * 2 }, stub },
      );
    },
  );
  const goal = `${name} of 500 entries: CPU of a search with links, by one without`;
  return ratioRow({ row: '', goal, limit: 1.1, servers }, ratios(servers, MEASURES.CPU, ['us', 'unlinked']));
};
