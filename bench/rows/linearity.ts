import { parseFields } from '../../src/adapter/index.ts';
import { createSealer, remembering } from '../../src/fhir/sealed-id.ts';
import type { NhsNumber, ResourceType } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { createRelease } from '../../src/mapping/release.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { cpu } from '../cpu.ts';
import { gpRecord, NHS } from '../payload.ts';

const ENTRY_BYTES = 2100;
const WARM_UP = 2;
const patient = { nhsNumber: NHS as NhsNumber };

/** CPU an entry of a big record, as a multiple of that of a small one: the adapter's search, mapping, and all of it written. */
export const linearity = async (big: number, small: number, rounds: number): Promise<readonly number[]> => {
  const [few, many] = await Promise.all([small, big].map(searchOver));
  if (!few || !many) throw new Error('expected two records');
  const perEntry = async ({ entries, search }: typeof few, times: number): Promise<number> => {
    const before = cpu();
    for (let time = 0; time < times; time++) await search();
    return (cpu() - before) / (entries * times);
  };
  await perEntry(few, 50);
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const base = await perEntry(few, Math.ceil(big / small / 4));
    const ratio = (await perEntry(many, 1)) / base;
    if (round >= WARM_UP) ratios.push(ratio);
  }
  return ratios;
};

/** The adapter over an answer that is there at once. */
const searchOver = async (wanted: number) => {
  const adapter = await loadAdapter('gp-connect');
  if (!adapter) throw new Error('there is no adapter gp-connect');
  const body = Buffer.from(gpRecord(wanted * ENTRY_BYTES, { entryBytes: ENTRY_BYTES }));
  const entries = (JSON.parse(body.toString()) as { readonly entry: readonly unknown[] }).entry.length;
  const given = { baseUrl: 'http://gp.example', fromAsid: '200000000001', toAsid: '200000000002' };
  const settings = parseFields(adapter.settings, given, 'settings');
  if (!('value' in settings)) throw new Error(settings.faults.join());
  const send = () => Promise.resolve({ status: 200, headers: { 'content-type': 'application/fhir+json' }, body });
  const tools = { http: () => ({ send }), cache: { get: () => undefined }, now: Date.now, uuid: () => UUID };
  const source = adapter.connect(settings.value, tools as never);
  const types = Object.keys(adapter.capabilities(settings.value).types) as ResourceType[];
  const query = { patient: patient.nhsNumber, types, filters: [], count: 200 };

  return {
    entries,
    search: async (): Promise<string> => {
      const answer = await source.search?.(query, CALL);
      if (answer?.records.length !== entries) throw new Error('not all of the record was read');
      const sealer = remembering(createSealer([{ version: 1, secret: 'a secret of the bench, and long enough' }]));
      const { resources } = mapAnswer(adapter, answer, { source: 'gp' });
      const release = createRelease({ sealer, source: 'gp', patient, patientIds: new Set(), canRead: () => true });
      return JSON.stringify(resources.map(release));
    },
  };
};

const UUID = '00000000-0000-4000-8000-000000000000';
const CALL = {
  signal: new AbortController().signal,
  deadline: Infinity,
  correlationId: UUID,
  actor: {
    organisation: { ods: 'A99999', name: 'Bench' },
    device: { id: 'bench', model: 'bench', version: '0' },
    practitioner: { id: 'p1', family: 'B', given: 'B', sdsUserId: '555000000001', sdsRoleProfileId: '555000000002' },
  },
} as const;
