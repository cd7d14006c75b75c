import { setTimeout } from 'node:timers/promises';
import fhirpath from 'fhirpath';
import NodeCache from 'node-cache';
import { startApp } from '../../src/app.ts';
import { searchParametersOf } from '../../src/fhir/definitions/index.ts';
import type { Bundle, ResourceType } from '../../src/fhir/index.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import type { Child } from '../child.ts';
import { configOver, secrets } from '../facade.ts';
import { NHS, patients, SHORT } from '../payload.ts';
import { countRow, type Row } from '../report.ts';
import { oneType } from '../searches.ts';
import { countsOf, setStub, startStub } from '../sources.ts';
import { countCalls } from '../watch.ts';
import type { Part } from './row.ts';

/** What does not depend on the machine: how often sources are asked, what is copied, parsed and left open by the real facade. */
export const counts: Part = {
  rows: ['11'],
  name: 'counts',
  measure: async () => {
    const stub = await startStub();
    try {
      return await countRows(stub);
    } finally {
      await stub.stop();
    }
  },
};

/** The searches by which an app opens a patient. */
const OPENING: readonly ResourceType[] = [
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
const ms = 500;

const countRows = async (stub: Child): Promise<readonly Row[]> => {
  Object.assign(process.env, secrets);
  const clones = countCalls(NodeCache.prototype, ['_wrap', '_unwrap'], (cache) =>
    Boolean((cache as { readonly options: { readonly useClones?: boolean } }).options.useClones),
  );
  const parses = countCalls(fhirpath, ['compile', 'evaluate', 'parse'], () => true);
  const app = await startApp(parseConfig(configOver(stub.base), 'bench'), { log: silentLog });
  parses();

  const ask = async (path: string): Promise<Bundle> => {
    const response = await fetch(app.base.replace('/FHIR/R4', '') + path);
    const bundle = (await response.json()) as Bundle;
    if (response.status !== 200) throw new Error(`${path.split('?')[0] ?? ''}: ${JSON.stringify(bundle)}`);
    return bundle;
  };
  const callsOf = async (paths: readonly string[]) => {
    await setStub(stub, { ...SHORT, gp: { ms }, acute: { ms }, community: { ms } });
    await Promise.all(paths.map(ask));
    return countsOf(stub);
  };
  const [first = '', second = ''] = patients(2);
  // Local ids and the token are known from then on.
  for (const it of [first, second]) await ask(oneType.path(it));

  const rows = [
    countRow(
      { row: '11', goal: '32 identical searches at once: sets of source calls', limit: 1 },
      (await callsOf(Array<string>(32).fill(oneType.path(first)))).total / (oneType.trips ?? 1),
    ),
    countRow(
      { row: '11', goal: 'two patients at once: sets of source calls', limit: 2 },
      (await callsOf([first, second].map(oneType.path))).total / (oneType.trips ?? 1),
    ),
    countRow(
      { row: '11', goal: 'the 8 searches that open a patient: GP calls', limit: 1 },
      (await callsOf(OPENING.map((it) => `/FHIR/R4/${it}?patient=${first}`))).calls.gp,
    ),
  ];
  await setStub(stub, SHORT);
  for (const type of OPENING) for (const it of searchesBy(type)) await ask(it);
  rows.push(
    countRow({ row: '10', goal: 'every search parameter of 8 types: FHIRPath strings parsed', limit: 0 }, parses()),
    countRow({ row: '4', goal: 'copies of cached values', limit: 0 }, clones()),
  );
  await app.close();
  return [
    ...rows,
    countRow({ row: '7', goal: 'sockets to sources that are left after the end', limit: 0 }, await left(stub)),
  ];
};

/** A value that each kind of search parameter can have. */
const VALUES: Readonly<Record<string, string>> = {
  token: 'some',
  date: '2020',
  string: 'some',
  number: '1',
  quantity: '1',
  uri: 'urn:some',
};

/** Searches that look under every parameter of a type. */
const searchesBy = (type: ResourceType): readonly string[] =>
  Object.entries(searchParametersOf(type)).flatMap(([code, { type: kind }]) =>
    VALUES[kind] === undefined ? [] : [`/FHIR/R4/${type}?patient=${NHS}&${code}=${VALUES[kind]}`],
  );

const left = async (stub: Child): Promise<number> => {
  for (let at = 0; ; at++) {
    const { gp, acute, community } = (await countsOf(stub)).sockets;
    if (gp + acute + community === 0 || at === 100) return gp + acute + community;
    await setTimeout(20);
  }
};
