import {
  type Call,
  MAX_AHEAD,
  type Source,
  SourceError,
  type SourceQuery,
  type Tools,
} from '../../src/adapter/index.ts';
import {
  digits,
  isNumber,
  isObject,
  type Json,
  type NhsNumber,
  objects,
  parseNhsNumber,
} from '../../src/fhir/index.ts';
import { split } from '../../mappings/community-json/index.ts';
import { createApi } from './api.ts';
import { fromCursor, type PageRequest, positionsAfter, type Progress, readPage, startOf, toCursor } from './paging.ts';
import type { CommunitySettings } from './settings.ts';

/** How long the supplier's id of a patient is taken to stay the same; the first page of every answer checks it anyway. */
const PATIENT_ID_SECONDS = 600;

/** One Fellside Community Record. */
export const createSource = (settings: CommunitySettings, { http, cache }: Tools): Source<Json> => {
  const api = createApi(settings, { client: http(settings.baseUrl), cache });

  const lookUp = async (patient: NhsNumber, call: Call): Promise<{ readonly id: string; readonly body: Json }> => {
    const found = readPatient(
      await api.get({ path: ['patients'], query: [['nhsNumber', patient]], prepares: true }, call),
      patient,
    );
    cache.set(`patient ${patient}`, found.id, PATIENT_ID_SECONDS);
    return found;
  };

  const ask = async (progress: Progress, { id, request }: { id: string; request: PageRequest }, call: Call) => {
    const path = ['patients', id, progress.collection];
    const query = [
      ['page', String(request.page)],
      ['pageSize', String(request.pageSize)],
    ] as const;
    const page = readPage(await api.get({ path, query }, call), request, progress);
    if (page.records.some((it) => namesAnother(it, id))) throw new SourceError('wrong-patient');
    return { ...page, collection: progress.collection };
  };

  return {
    search: async ({ patient, count, cursor }: SourceQuery, call) => {
      const { page, open } = cursor === undefined ? startOf(settings.collections) : fromCursor(cursor);
      const known = page === 1 ? undefined : cache.get<string>(`patient ${patient}`);
      const found = known === undefined ? await lookUp(patient, call) : { id: known, body: undefined };
      const { id } = found;
      const request = { page, pageSize: Math.min(settings.pageSize, count) };
      const pages = await Promise.all(open.map((it) => ask(it, { id, request }, call)));
      const read = { page, open: pages.map(({ collection, total }) => ({ collection, total })) };
      const [next, ...ahead] = positionsAfter(read, request.pageSize, 1 + MAX_AHEAD).map(toCursor);
      return {
        ...split({
          ...(page === 1 && { patient: found.body }),
          ...Object.fromEntries(pages.map((it) => [it.collection, it.records])),
        }),
        patientIds: [id],
        distinct: true,
        ...(next !== undefined && { next, ahead }),
      };
    },
    health: async (call) => {
      const answer = await api.get({ path: ['health'] }, call);
      if (!isObject(answer) || answer['status'] !== 'UP') throw new SourceError('unavailable');
    },
  };
};

/** The one patient of a lookup. The supplier holds an NHS number once; two patients with the same are a broken promise. */
const readPatient = (answer: unknown, asked: NhsNumber): { readonly id: string; readonly body: Json } => {
  if (!isObject(answer) || !Array.isArray(answer['patients'])) throw new SourceError('invalid-response');
  if (answer['patients'].length === 0) throw new SourceError('not-known-here');
  const [body, ...others] = objects(answer['patients']);
  const id = idOf(body?.['patientId']);
  if (!body || others.length > 0 || id === undefined) throw new SourceError('invalid-response');
  if (parseNhsNumber(body['nhsNumber']) !== asked) throw new SourceError('wrong-patient');
  return { id, body };
};

const idOf = (given: unknown): string | undefined => {
  const id = isNumber(given) ? digits(given) : given;
  return typeof id === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(id) ? id : undefined;
};

/** True for an entry that names a patient, and not this one. One that names nobody is for the gate to judge. */
const namesAnother = (record: unknown, id: string): boolean =>
  isObject(record) && record['patientId'] !== undefined && idOf(record['patientId']) !== id;
