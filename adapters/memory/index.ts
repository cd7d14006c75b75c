import {
  type AdapterDefinition,
  defineAdapter,
  type Page,
  type ReadQuery,
  type Source,
  SourceError,
  type SourceQuery,
} from '../../src/adapter/index.ts';
import type { Json, NhsNumber } from '../../src/fhir/index.ts';
import { behave, type Held, recordFor } from './held.ts';
import { map, recordOf, split } from './mapping.ts';

export type { Held } from './held.ts';

/**
 * A source without I/O: the reference adapter, for tests of the facade and as the shortest example. It takes resources for
 * what they are and hands on even another patient's, as a source may: whose they are is for the gate to judge.
 */
export const memorySource = (held: Held): AdapterDefinition =>
  defineAdapter({
    name: 'memory',
    settings: {},
    capabilities: () => ({
      scope: held.scope ?? 'record',
      lineage: 'quotation',
      ...(held.traces && { traces: true }),
      ...(held.waitsForTrace && { waitsForTrace: true }),
      types: held.traces
        ? { Patient: {} }
        : Object.fromEntries(held.types.map((it) => [it, { search: {}, read: true }])),
    }),
    split,
    map,
    connect: () => ({
      ...(held.traces
        ? { trace: createTrace(held.traces, held) }
        : {
            search: async (query, call) => search(await recordFor(query, held, call), query, held),
            read: async (query, call) => read(await recordFor(query, held, call), query, held),
          }),
      health: (call) => behave(held, call),
    }),
  }) as unknown as AdapterDefinition;

export default memorySource({ types: ['Patient'], records: {} });

const search = (
  record: readonly Json[],
  { types, count, cursor = '0' }: SourceQuery,
  { warnings }: Held,
): Page<Json> => {
  const found = record.filter((it) => types.some((type) => type === it['resourceType']));
  const end = Number(cursor) + count;
  return {
    records: found.slice(Number(cursor), end).map(recordOf),
    patientIds: patientIds(record),
    ...(warnings && { warnings }),
    ...(end < found.length && { next: String(end) }),
  };
};

const read = (record: readonly Json[], { type, id }: ReadQuery, { records }: Held): Page<Json> | undefined => {
  const found = Object.values(records)
    .flat()
    .find((it) => it['resourceType'] === type && it['id'] === id);
  return found && { records: [recordOf(found)], patientIds: patientIds(record) };
};

/** The reference identity source. */
const createTrace =
  (traces: NonNullable<Held['traces']>, held: Held): NonNullable<Source<Json>['trace']> =>
  async (nhsNumber, call) => {
    held.asked?.({ patient: nhsNumber, types: ['Patient'], filters: [], count: 1 });
    await behave(held, call);
    const found = traces[nhsNumber];
    if (!found) throw new SourceError('not-known-here');
    if (found === 'invalidated') return { outcome: 'invalidated' };
    return {
      outcome: 'found',
      nhsNumber: (found.nhsNumber ?? nhsNumber) as NhsNumber,
      restriction: found.restriction ?? 'unrestricted',
      demographics: { records: [recordOf(found.patient)] },
    };
  };

/** How the source names the patient, for the gate, where a page holds no Patient. */
const patientIds = (record: readonly Json[]): readonly string[] =>
  record.filter((it) => it['resourceType'] === 'Patient').map((it) => String(it['id']));
