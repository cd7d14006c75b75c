import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import NodeCache from 'node-cache';
import { startApp } from '../../src/app.ts';
import type { Bundle } from '../../src/fhir/index.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { gpRecord, NHS } from '../payload.ts';
import { countRow, type Row } from '../report.ts';
import type { Part } from './row.ts';

/** What does not depend on the machine: how often a source is asked, and what is copied, by the real facade over HTTP. */
export const counts: Part = { rows: ['11'], name: 'counts', measure: () => countRows() };

/** The searches by which an app opens a patient. */
const OPENING = [
  'AllergyIntolerance',
  'Condition',
  'MedicationStatement',
  'Immunization',
  'Observation',
  'Encounter',
  'DocumentReference',
  'DiagnosticReport',
];
/** Late enough for all who ask at once to be there, in milliseconds. */
const LATE = 500;
const SECRET = 'PCR_BENCH_SEALING_KEY';

const countRows = async (): Promise<readonly Row[]> => {
  process.env[SECRET] ??= 'a secret of the bench, and long enough to be one';
  const record = Buffer.from(gpRecord(100_000));
  let calls = 0;
  let open = 0;
  const source = createServer((request, response) => {
    calls += 1;
    const answer = async (): Promise<void> => {
      await setTimeout(LATE);
      response.setHeader('Content-Type', 'application/fhir+json').end(record);
    };
    request.resume().on('end', () => void answer());
  }).on('connection', (socket) => {
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const app = await startApp(configOf(`http://127.0.0.1:${(source.address() as AddressInfo).port}`), {
    log: silentLog,
  });
  const clones = countClones();

  const ask = async (query: string): Promise<Bundle> => {
    const response = await fetch(`${app.base}/${query}`);
    const bundle = (await response.json()) as Bundle;
    if (response.status !== 200 || !bundle.total) throw new Error(`${query.split('?')[0] ?? ''}: no matches`);
    return bundle;
  };
  const callsOf = async (queries: readonly string[]): Promise<number> => {
    const before = calls;
    await Promise.all(queries.map(ask));
    return calls - before;
  };
  const condition = `Condition?patient=${NHS}&_count=50`;
  const rows = [
    countRow(
      { row: '11', goal: 'calls of a source for 32 identical searches at once', limit: 1 },
      await callsOf(Array<string>(32).fill(condition)),
    ),
    countRow(
      { row: '11', goal: 'GP calls for the 8 searches that open a patient', limit: 1 },
      await callsOf(OPENING.map((it) => `${it}?patient=${NHS}`)),
    ),
    countRow(
      { row: '11', goal: 'calls of a source for the same search one after another', limit: 2 },
      (await callsOf([condition])) + (await callsOf([condition])),
    ),
    countRow({ row: '4', goal: 'copies of cached values', limit: 0 }, clones()),
  ];
  await app.close();
  source.closeIdleConnections();
  await new Promise((resolve) => source.close(resolve));
  for (let at = 0; at < 100 && open > 0; at++) await setTimeout(10);
  return [...rows, countRow({ row: '7', goal: 'sockets to the source left open', limit: 0 }, open)];
};

const configOf = (baseUrl: string) =>
  parseConfig(
    {
      listen: { port: 0 },
      sealingKeys: [{ version: 1, secret: { env: SECRET } }],
      facade: { ods: 'X99999', name: 'Bench' },
      actor: {
        organisation: { ods: 'A99999', name: 'Bench' },
        device: { id: 'bench', model: 'Patient Core Records API', version: '0' },
        practitioner: {
          id: 'p1',
          family: 'Bench',
          given: 'B',
          sdsUserId: '555000000001',
          sdsRoleProfileId: '555000000002',
        },
      },
      sources: [
        {
          id: 'gp',
          adapter: 'gp-connect',
          title: 'GP record',
          organisation: { ods: 'A99001', name: 'Practice' },
          settings: { baseUrl, fromAsid: '200000000001', toAsid: '200000000002' },
        },
      ],
    },
    'bench',
  );

/** Counts what node-cache copies, whoever uses it. */
const countClones = (): (() => number) => {
  let count = 0;
  const prototype = NodeCache.prototype as unknown as Record<
    '_wrap' | '_unwrap',
    (this: { options: { useClones?: boolean } }, ...given: unknown[]) => unknown
  >;
  for (const name of ['_wrap', '_unwrap'] as const) {
    const own = prototype[name];
    prototype[name] = function (...given) {
      if (this.options.useClones) count += 1;
      return own.apply(this, given);
    };
  }
  return () => count;
};
