import express, { type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import { type Json, SYSTEM } from '../../src/fhir/index.ts';
import { createImports } from '../../sandbox/imports.ts';
import { createImport, type Imported, foundByPatient } from './simulator-import.ts';
import { DEFAULT_TYPES } from './types.ts';

const DEFAULT_COUNT = 50;

/**
 * A FHIR R4 server over data files, one Bundle of any type per patient: `metadata`, `Patient?identifier=`,
 * `{type}?patient=` and `{type}/{id}`, in pages. It pushes no other parameter, and finds every type by its patient, also
 * those that name none: whatever is in a patient's file can be asked for. The patient of a file is known by the file's
 * name, whatever identifiers it carries. A file that it cannot import is the answer to any search for its patient.
 */
export const simulator = async (data: SimulatorData): Promise<Simulator> => {
  const files = await createImports(data, createImport(data.complain));

  /** The file that holds something, read in this request. */
  const fileWith = (holds: (file: Imported) => boolean): Promise<Imported | undefined> =>
    files.of([...files.all].find(([, file]) => holds(file))?.[0]);

  const app = express();
  app.disable('x-powered-by').disable('etag');

  app.get('/metadata', (_, response) => {
    send(response, {
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
      format: ['json'],
    });
  });

  app.get('/Patient', async ({ query }, response) => {
    const [system, person] = parameter(query['identifier']).split('|');
    const file = system === SYSTEM.nhsNumber ? await files.of(person) : undefined;
    const found = file?.resources.filter((it) => it['resourceType'] === 'Patient' && it['id'] === file.patientId) ?? [];
    if (file?.raw) response.type('application/fhir+json').send(file.raw);
    else send(response, searchset(found, baseOf(response)));
  });

  app.get('/:type', async ({ params: { type }, query }, response) => {
    const patient = parameter(query['patient'] ?? query['subject']).replace(/^Patient\//, '');
    if (patient === '' || !Object.hasOwn(DEFAULT_TYPES, type)) {
      send(response, outcome('not-supported'), 400);
      return;
    }
    const file = await fileWith((it) => it.patientId === patient);
    const found = file ? foundByPatient(file).filter((it) => it['resourceType'] === type) : [];
    const count = Number(parameter(query['_count']) || DEFAULT_COUNT);
    const start = Number(parameter(query['_offset']));
    const end = start + count;
    const rest = new URLSearchParams({ patient, _count: String(count), _offset: String(end) });
    const next = end < found.length ? `${baseOf(response)}/${type}?${rest.toString()}` : undefined;
    send(response, searchset(found.slice(start, end), baseOf(response), { total: found.length, next }));
  });

  app.get('/:type/:id', async ({ params: { type, id } }, response) => {
    const is = (it: Json): boolean => it['resourceType'] === type && it['id'] === id;
    const found = (await fileWith((it) => it.resources.some(is)))?.resources.find(is);
    if (found) send(response, found);
    else send(response, outcome('not-found'), 404);
  });

  return {
    handle: app,
    settings: (baseUrl) => ({
      baseUrl,
      types: Object.fromEntries(Object.keys(DEFAULT_TYPES).map((it) => [it, { search: {} }])),
    }),
  };
};

const parameter = (value: unknown): string => (typeof value === 'string' ? value : '');

const baseOf = ({ req }: Response): string => `${req.protocol}://${req.headers.host ?? ''}${req.baseUrl}`;

const searchset = (
  resources: readonly Json[],
  base: string,
  { total = resources.length, next }: { readonly total?: number; readonly next?: string | undefined } = {},
): Json => ({
  resourceType: 'Bundle',
  type: 'searchset',
  total,
  ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  entry: resources.map((it) => ({
    fullUrl: `${base}/${String(it['resourceType'])}/${String(it['id'])}`,
    resource: it,
    search: { mode: 'match' },
  })),
});

const outcome = (code: string): Json => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

const send = (response: Response, resource: Json, status = 200): void => {
  response.status(status).type('application/fhir+json').send(JSON.stringify(resource));
};
