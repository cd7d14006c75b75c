import { raw, type Start, withServers } from '../arena.ts';
import { prepare } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { ask } from '../load.ts';
import { patients } from '../payload.ts';
import { countRow, ratioRow, type Row } from '../report.ts';
import { oneType } from '../searches.ts';
import { setStub } from '../sources.ts';
import type { Part } from './row.ts';

const CONNECTIONS = 32;
const FIVE_MB = { gpBytes: 5_000_000 };

/** The most memory that processes ever had that handle 32 large records at a time, and what is refused where there is no room. */
export const memory: Part = {
  rows: ['8'],
  name: 'memory',
  measure: async ({ isQuick, effort }) => [
    ...(isQuick ? [] : [await peaks(Math.min(3, effort.rounds))]),
    ...(await refusals()),
  ],
};

/** However long 32 take on a slow machine, each is answered in full. */
const unhurried: Start = (stub) => startFacade(stub, { config: { deadlineMs: 60_000 } });

/** Each round in processes of its own: a peak does not go away. */
const peaks = async (rounds: number): Promise<Row> => {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++)
    found.push(
      await withServers([raw, unhurried], FIVE_MB, async (servers) => {
        const own: number[] = [];
        for (const child of servers) {
          const target = { child, path: oneType.path };
          const prepared = await prepare(target, CONNECTIONS * 4);
          await ask(target, { ...prepared, connections: CONNECTIONS, amount: CONNECTIONS * 3 });
          own.push((await child.read()).peak);
        }
        const [theirs = NaN, ours = NaN] = own;
        return ours / theirs;
      }),
    );
  return ratioRow({ row: '8', goal: 'peak memory, 32 callers of 5 MB, by raw', limit: 1.3 }, found);
};

/** Room for so many records of 1 MB at a time, and for half of another. */
const ROOM = 4.5;
const maxBytes = ROOM * 1_100_000;

const refusals = (): Promise<readonly Row[]> =>
  withServers(
    [(stub) => startFacade(stub, { config: { load: { maxRequests: 256, maxBytes } } })],
    {},
    async ([child], stub) => {
      if (!child) throw new Error('expected a server');
      const statusOf = async (patient: string): Promise<number> => {
        const response = await fetch(child.base + oneType.path(patient));
        await response.arrayBuffer();
        return response.status === 503 && response.headers.get('retry-after') === null ? 0 : response.status;
      };
      // What a request needs is known by what others needed.
      for (const patient of patients(CONNECTIONS)) await statusOf(patient);
      await setStub(stub, { gp: { ms: 1000 } });
      const statuses = await Promise.all(patients(CONNECTIONS).map(statusOf));
      const count = (status: number): number => statuses.filter((it) => it === status).length;
      const goal = `${CONNECTIONS} callers, room for ${Math.floor(ROOM)}`;
      return [
        countRow({ row: '8', goal: `${goal}: answered in full`, limit: Math.floor(ROOM) }, count(200)),
        countRow({ row: '8', goal: `${goal}: told to come again`, limit: CONNECTIONS - Math.floor(ROOM) }, count(503)),
      ];
    },
  );
