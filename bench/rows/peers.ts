import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Start, withServers } from '../arena.ts';
import { startChild } from '../child.ts';
import { duel, ratios } from '../duel.ts';
import { startFacade } from '../facade.ts';
import { ratioRow } from '../report.ts';
import { oneType } from '../searches.ts';
import type { Part } from './row.ts';

/** Libraries for FHIR servers, and where each serves a type. */
const PEERS = { 'fhir-works': '/FHIR/R4', 'node-fhir-server-core': '/4_0_0' } as const;
type Peer = keyof typeof PEERS;
const names = Object.keys(PEERS) as readonly Peer[];

const startPeer =
  (name: Peer): Start =>
  (stub) =>
    startChild(`bench/peers/${name}.mjs`, { name, args: [stub] });

const KEPT = { cache: { seconds: 300 } };
const ofSources = { gp: KEPT, acute: KEPT, community: KEPT };

/** Libraries for FHIR servers with the search of the naive facade behind them. */
export const peers: Part = {
  rows: ['12'],
  name: 'peers',
  measure: async ({ effort }) => {
    if (!existsSync(join(import.meta.dirname, '../peers/node_modules')))
      throw new Error('first run `npm install` in bench/peers');
    const us: Start = (stub) => startFacade(stub);
    const warm: Start = (stub) => startFacade(stub, { name: 'warm', ofSources });
    const servers = await withServers([us, warm, ...names.map(startPeer)], {}, (children, stub) =>
      duel(
        children.map((child) => {
          const base = PEERS[child.name as Peer] as string | undefined;
          const path = (patient: string): string =>
            base === undefined ? oneType.path(patient) : `${base}/Observation?patient=${patient}`;
          return { child, path, ...(child.name === 'warm' ? { trips: 0, people: 1 } : { trips: oneType.trips ?? 0 }) };
        }),
        { connections: 8, effort, stub },
      ),
    );
    return names.flatMap((peer) =>
      (
        [
          ['cold', 'us', 1.5],
          ['warm', 'warm', 10],
        ] as const
      ).map(([word, own, limit]) =>
        ratioRow(
          { row: '12', goal: `${word} by ${peer}: requests a second`, limit, atLeast: true, servers },
          ratios(servers, (it) => it.perSecond, [own, peer]),
        ),
      ),
    );
  },
};
