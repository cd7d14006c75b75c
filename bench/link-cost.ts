import type { AdapterDefinition } from '../src/adapter/index.ts';
import { createSealer, remembering } from '../src/fhir/sealed-id.ts';
import { type FhirResource, type Json, type NhsNumber, parseJson } from '../src/fhir/index.ts';
import { link } from '../src/link/link.ts';
import type { LinkRecord } from '../src/link/record.ts';
import { show } from '../src/link/render.ts';
import { OFFLINE } from '../src/link/terms.ts';
import { type LocalResource, mapAnswer } from '../src/mapping/map-answer.ts';
import { createRelease } from '../src/mapping/release.ts';
import { madeUpRecords } from './linked.ts';
import { cpu } from './cpu.ts';
import { gpRecord, NHS } from './payload.ts';

const PATIENT = NHS as NhsNumber;

/**
 * What linking adds to a search over GP answers that yield so many entries, as a part of what the search costs anyway: parse, map,
 * seal and release, write.
 */
export const linkingInSearch = (adapter: AdapterDefinition, entries: number, rounds: number): readonly number[] => {
  const text = gpRecord(entries * 5000);
  const patient = { nhsNumber: PATIENT };
  const ratios: number[] = [];
  for (let round = 0; round < rounds * 2; round++) {
    const start = cpu();
    const sealer = remembering(createSealer([{ version: 1, secret: 'a secret of the bench, and long enough' }]));
    const { resources } = mapAnswer(adapter, adapter.split(parseJson(text)), { source: 'gp' });
    const some = resources.slice(0, entries);
    const release = createRelease({ sealer, source: 'gp', patient, patientIds: new Set(), canRead: () => true });
    const released = some.map(release);
    const between = cpu();
    const records = some.map((it, at) => toRecord(it, at));
    const shown = show(link(records, OFFLINE), {
      sealer,
      author: { ods: 'X99999', name: 'Bench' },
      snapshot: OFFLINE.snapshot,
      referenceOf: ({ type, id }) => `${type}/${sealer.seal(type, { source: 'gp', patient, localId: id })}`,
    });
    const labelled = released.map((it, at) => shown.label(records[at] as LinkRecord, it));
    const linkages = shown.linkagesOf(records);
    const linked = cpu();
    const written = JSON.stringify([labelled, linkages] satisfies [readonly FhirResource[], unknown]);
    const end = cpu();
    if (written.length === 0) throw new Error('nothing was written');
    if (round >= rounds) ratios.push((linked - between) / (between - start + (end - linked)));
  }
  return ratios;
};

/** The copies of a record stand for three sources that hold the same. */
const toRecord = ({ type, localId, resource }: LocalResource, at: number): LinkRecord => ({
  source: ['gp', 'acute', 'community'][at % 3] as string,
  rank: at % 3,
  person: PATIENT,
  type,
  id: localId,
  resource: resource as unknown as Json,
  follow: () => undefined,
});

/** CPU an entry of linking a big record, as a multiple of that of a small one. */
export const linkingBySize = (big: number, small: number, rounds: number): readonly number[] => {
  const [many, few] = [madeUpRecords(big), madeUpRecords(small)];
  const perEntry = (records: typeof many, times: number): number => {
    const before = cpu();
    for (let time = 0; time < times; time++) link(records, OFFLINE);
    return (cpu() - before) / (records.length * times);
  };
  perEntry(few, 20);
  return Array.from({ length: rounds }, () => {
    const base = perEntry(few, Math.round(big / small));
    return perEntry(many, 1) / base;
  });
};
