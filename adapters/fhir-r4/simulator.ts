import { createHash } from 'node:crypto';
import express, { type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import { isObject, type Json, objects, parseJson, patientElement, SYSTEM } from '../../src/fhir/index.ts';
import { split } from '../../mappings/uk-core-r4/index.ts';
import { DEFAULT_TYPES } from './types.ts';

/** The types that the simulator says it serves: those of an acute trust's record. */
const SERVED =
  'AllergyIntolerance Appointment CarePlan Condition Device DiagnosticReport DocumentReference Encounter ' +
  'FamilyMemberHistory Flag HealthcareService Immunization List Location Medication MedicationRequest ' +
  'MedicationStatement Observation Organization Patient Practitioner PractitionerRole Procedure QuestionnaireResponse ' +
  'RelatedPerson ServiceRequest Specimen';

const DEFAULT_COUNT = 50;

/** One patient's file, as a server holds it after import. */
interface Imported {
  /** The server's own id of the patient; undefined where the file holds none. */
  readonly patientId: string | undefined;
  readonly resources: readonly Json[];
}

/**
 * A FHIR R4 server over data files, one Bundle of any type per patient: `metadata`, `Patient?identifier=`,
 * `{type}?patient=` and `{type}/{id}`, in pages. It pushes no other parameter. The patient of a file is known by the
 * file's name, whatever identifiers it carries.
 */
export const simulator = async (data: SimulatorData): Promise<Simulator> => {
  const people = new Map<string, Imported>();
  const known = new Map<string, Imported>();
  for (const person of await data.people()) {
    const bytes = await data.read(person);
    if (bytes) people.set(person, importOnce(bytes));
  }

  /** Reads a patient's file in the request that is about them, so that what ails this patient's data ails this answer. */
  const fileOf = async (person: string | undefined): Promise<Imported | undefined> => {
    const bytes = person === undefined ? undefined : await data.read(person);
    return bytes && importOnce(bytes);
  };
  const ownerOf = (owns: (file: Imported) => boolean): string | undefined =>
    [...people].find(([, file]) => owns(file))?.[0];

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
    const file = system === SYSTEM.nhsNumber ? await fileOf(person) : undefined;
    const found = file?.resources.filter((it) => it['resourceType'] === 'Patient' && it['id'] === file.patientId) ?? [];
    send(response, searchset(found, baseOf(response)));
  });

  app.get('/:type', async ({ params: { type }, query }, response) => {
    const patient = parameter(query['patient'] ?? query['subject']).replace(/^Patient\//, '');
    if (patient === '' || DEFAULT_TYPES[type]?.search === undefined) {
      send(response, outcome('not-supported'), 400);
      return;
    }
    const file = await fileOf(ownerOf((it) => it.patientId === patient));
    const found = file?.resources.filter((it) => it['resourceType'] === type && names(it, file.patientId)) ?? [];
    const count = Number(parameter(query['_count']) || DEFAULT_COUNT);
    const start = Number(Buffer.from(parameter(query['page']), 'base64url').toString());
    const end = start + count;
    const rest = new URLSearchParams({
      patient,
      _count: String(count),
      page: Buffer.from(String(end)).toString('base64url'),
    });
    const next = end < found.length ? `${baseOf(response)}/${type}?${rest.toString()}` : undefined;
    send(response, searchset(found.slice(start, end), baseOf(response), { total: found.length, next }));
  });

  app.get('/:type/:id', async ({ params: { type, id } }, response) => {
    const is = (it: Json): boolean => it['resourceType'] === type && it['id'] === id;
    const file = await fileOf(ownerOf((it) => it.resources.some(is)));
    const found = file?.resources.find(is);
    if (found) send(response, found);
    else send(response, outcome('not-found'), 404);
  });

  return {
    handle: app,
    settings: (baseUrl) => ({
      baseUrl,
      types: Object.fromEntries(SERVED.split(' ').map((type) => [type, DEFAULT_TYPES[type]])),
    }),
  };

  function importOnce(bytes: Buffer): Imported {
    const key = createHash('sha256').update(bytes).digest('hex');
    const imported = known.get(key) ?? importFile(parseJson(bytes));
    known.set(key, imported);
    return imported;
  }
};

/** What a server does on import: every resource gets an id, and references by the address of an entry one by that id. */
const importFile = (answer: unknown): Imported => {
  const { records } = split(answer);
  const ids = new Map(
    records.flatMap(({ kind, id, body }) => (body.fullUrl === undefined ? [] : [[body.fullUrl, `${kind}/${id}`]])),
  );
  const resources = records.map(({ id, body }) => ({ ...(relink(body.resource, ids) as Json), id }));
  return { patientId: records.find((it) => it.kind === 'Patient')?.id, resources };
};

const relink = (node: unknown, ids: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(node)) return node.map((it) => relink(it, ids));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'reference' && typeof value === 'string' ? (ids.get(value) ?? value) : relink(value, ids),
    ]),
  );
};

/** True where a resource names the patient in the element that its `patient` parameter searches. */
const names = (resource: Json, patientId: string | undefined): boolean => {
  const type = String(resource['resourceType']);
  const element = patientElement(type);
  const references =
    type === 'Appointment'
      ? objects(resource['participant']).flatMap((it) => objects(it['actor']))
      : objects(element === undefined ? undefined : resource[element]);
  return patientId !== undefined && references.some((it) => it['reference'] === `Patient/${patientId}`);
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
