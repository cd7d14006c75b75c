import type { SimulatorData } from '../../src/adapter/index.ts';
import { contentId, isObject, type Json, objects, parseJson, patientElement, text } from '../../src/fhir/index.ts';
import { split } from '../../mappings/uk-core-r4/index.ts';

/** One patient's file, as a server holds it after import. */
export interface Imported {
  /** The server's own id of the patient. */
  readonly patientId?: string;
  readonly resources: readonly Json[];
  /** The file itself, where it is no Bundle with a Patient: there is nothing to import. */
  readonly raw?: Buffer;
}

/**
 * What a server does on import: every resource gets an id, and references by the address of an entry become ones by that
 * id. An id belongs to one person: a file that uses one of another's gets ids of its own throughout. What belongs to
 * nobody and is the same in both files, an Organization say, is shared.
 */
export const createImport = (complain: SimulatorData['complain']): ((nhsNumber: string, bytes: Buffer) => Imported) => {
  const taken = new Map<string, { readonly owner: string; readonly content: string }>();

  const ownerOf = (nhsNumber: string, resource: Json): string | undefined => {
    const holder = taken.get(keyOf(resource));
    const isShared = isOfNobody(resource) && holder?.content === JSON.stringify(resource);
    return isShared || holder?.owner === nhsNumber ? undefined : holder?.owner;
  };

  return (nhsNumber, bytes) => {
    const read = importBundle(bytes);
    if (!read) return { resources: [], raw: bytes };
    const owner = read.map((it) => ownerOf(nhsNumber, it)).find((it) => it !== undefined);
    if (owner !== undefined) complain(`${nhsNumber}.json uses ids of ${owner}.json: it is served with ids of its own`);
    const resources = owner === undefined ? read : withOwnIds(read, nhsNumber);
    for (const it of resources)
      if (!taken.has(keyOf(it))) taken.set(keyOf(it), { owner: nhsNumber, content: JSON.stringify(it) });
    const [patient] = resources.filter(isPatient);
    return { patientId: String(patient?.['id']), resources };
  };
};

/** The resources of a Bundle that holds a Patient. */
const importBundle = (bytes: Buffer): readonly Json[] | undefined => {
  const answer = parsed(bytes);
  if (!isObject(answer) || answer['resourceType'] !== 'Bundle') return undefined;
  const { records } = split(answer);
  if (!records.some((it) => it.kind === 'Patient')) return undefined;
  const addresses = new Map(
    records.flatMap(({ kind, id, body }) => (body.fullUrl === undefined ? [] : [[body.fullUrl, `${kind}/${id}`]])),
  );
  return records.map(({ id, body }) => ({ ...relinked(body.resource, (it) => addresses.get(it)), id }));
};

const parsed = (bytes: Buffer): unknown => {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
};

const withOwnIds = (resources: readonly Json[], nhsNumber: string): readonly Json[] => {
  const ids = new Map(resources.map((it) => [keyOf(it), contentId(`${nhsNumber} ${keyOf(it)}`)]));
  const linkOf = (reference: string): string | undefined => {
    const [key = ''] = reference.split('/_history/');
    const id = ids.get(key);
    return id === undefined ? undefined : `${key.split('/')[0] ?? ''}/${id}`;
  };
  return resources.map((it) => ({ ...relinked(it, linkOf), id: ids.get(keyOf(it)) }));
};

const relinked = (resource: Json, linkOf: (reference: string) => string | undefined): Json => {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        key === 'reference' && typeof value === 'string' ? (linkOf(value) ?? value) : walk(value),
      ]),
    );
  };
  return walk(resource) as Json;
};

const keyOf = ({ resourceType, id }: Json): string => `${text(resourceType) ?? ''}/${text(id) ?? ''}`;

const isPatient = (resource: Json): boolean => resource['resourceType'] === 'Patient';

const isOfNobody = (resource: Json): boolean =>
  !isPatient(resource) && patientElement(String(resource['resourceType'])) === undefined;

/**
 * What a search by patient finds in a file: what names the patient in the element that the parameter searches, and also
 * what names nobody, or somebody who is not in the file, since those are for the facade to judge.
 */
export const foundByPatient = ({ patientId, resources }: Imported): readonly Json[] => {
  const own = `Patient/${patientId ?? ''}`;
  const others = new Set(resources.filter(isPatient).map(keyOf));
  others.delete(own);
  return resources.filter((it) => {
    const named = patientReferences(it).map(({ reference }) => String(reference));
    return named.includes(own) || !named.some((reference) => others.has(reference));
  });
};

const patientReferences = (resource: Json): readonly Json[] => {
  const type = String(resource['resourceType']);
  if (type === 'Appointment') return objects(resource['participant']).flatMap((it) => objects(it['actor']));
  const element = patientElement(type);
  return objects(element === undefined ? undefined : resource[element]);
};
