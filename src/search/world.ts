import { isObject, isResourceType, type Json, objects, type Patient, type ResourceType } from '../fhir/index.ts';
import { federatedPatient, type PatientOf } from '../identity/federated-patient.ts';
import type { Person } from '../identity/person.ts';
import type { Held } from './held.ts';
import { targetOf } from './parameter/match/reference.ts';
import { referencesBy } from './parameter/references.ts';

/** What a reference leads to that is not at hand. */
export interface Missed {
  readonly source: string;
  readonly type: ResourceType;
  readonly localId: string;
}

/**
 * All that the sources gave for an answer, as the one record that the answer shows: references are followed within their
 * source, and whoever refers to the patient refers to the federated one.
 */
export interface World {
  /** The patient as the answer shows them; undefined where no source gave one. */
  readonly patient: Held | undefined;
  /** What a reference in a resource leads to: another of its source, the patient, or what it contains. */
  readonly follow: (from: Held, reference: unknown) => Held | undefined;
  /** The resources of a type that refer to one by a reference parameter; `*` stands for any. */
  readonly referrers: (to: Held, type: ResourceType | '*', code: string) => readonly Held[];
  /** What was followed in vain so far. */
  readonly missed: () => readonly Missed[];
}

export const createWorld = (all: readonly Held[], person: Person): World => {
  const byKey = new Map(all.map((it) => [keyOf(it.source, it.local.type, it.local.localId), it]));
  const patient = federated(all, person);
  const missed = new Map<string, Missed>();
  const indexes = new Map<string, ReadonlyMap<string, readonly Held[]>>();

  const follow: World['follow'] = (from, reference) => {
    const target = targetOf(reference);
    if (!target) return containedIn(from, reference);
    const { type, localId } = target;
    if (type === 'Patient' && from.patientIds.has(localId)) return patient;
    const source = from.origins?.get(`${type}/${localId}`) ?? from.source;
    const key = keyOf(source, type, localId);
    const found = byKey.get(key);
    if (!found && isResourceType(type)) missed.set(key, { source, type, localId });
    return found;
  };

  const referrers: World['referrers'] = (to, type, code) => {
    const name = `${type} ${code}`;
    let index = indexes.get(name);
    if (!index) indexes.set(name, (index = indexReferrers(all, type, code)));
    return index.get(targetKey(to, to.local)) ?? [];
  };
  return { patient, follow, referrers, missed: () => [...missed.values()] };
};

const keyOf = (source: string, type: string, localId: string): string => `${source} ${type}/${localId}`;

const THE_PATIENT = 'Patient';

/** By what a target is known: the patient is one, whatever a source calls them. */
const targetKey = (
  { source, patientIds }: Held,
  { type, localId }: { readonly type: string; readonly localId: string },
): string => (type === 'Patient' && patientIds.has(localId) ? THE_PATIENT : keyOf(source, type, localId));

/** Who refers to whom, found once for a parameter: asking for each of a thousand matches costs no more than for one. */
const indexReferrers = (
  all: readonly Held[],
  type: ResourceType | '*',
  code: string,
): ReadonlyMap<string, readonly Held[]> => {
  const index = new Map<string, Held[]>();
  for (const held of all.filter(({ local }) => type === '*' || local.type === type)) {
    const { local } = held;
    const targets = referencesBy(local.type, code, local.resource as unknown as Json).map((it) => targetKey(held, it));
    for (const target of new Set(targets)) {
      const known = index.get(target);
      if (known) known.push(held);
      else index.set(target, [held]);
    }
  }
  return index;
};

/** The Patients of all sources as one, under the NHS number. */
const federated = (all: readonly Held[], person: Person): Held | undefined => {
  const patients = all.filter(({ local }) => local.type === 'Patient');
  const resource = federatedPatient(person, patients.map(patientOf));
  const [first] = patients;
  if (!first || !resource) return undefined;
  return {
    source: first.source,
    patientIds: new Set([...patients.flatMap((it) => [...it.patientIds]), person.nhsNumber]),
    local: { type: 'Patient', localId: person.nhsNumber, resource },
    origins: originsOf(resource, patients),
  };
};

const patientOf = ({ source, local }: Held): PatientOf => ({ source, patient: local.resource as Patient });

/** From which source each reference of the federated Patient came: that of the field it stands in. */
const originsOf = (composed: Patient, patients: readonly Held[]): ReadonlyMap<string, string> => {
  const fields = Object.entries(composed as unknown as Json);
  const origins = new Map<string, string>();
  for (const { source, local } of [...patients].reverse()) {
    const own = local.resource as unknown as Json;
    for (const { type, localId } of fields.flatMap(([name, value]) => (own[name] === value ? targetsIn(value) : [])))
      origins.set(`${type}/${localId}`, source);
  }
  return origins;
};

const targetsIn = (value: unknown): readonly { readonly type: string; readonly localId: string }[] =>
  [value].flat().flatMap((it) => targetOf(it) ?? []);

/** A contained resource, as if it were one of its own: it refers to others as its container does. */
const containedIn = ({ local, ...origin }: Held, reference: unknown): Held | undefined => {
  const literal = isObject(reference) ? reference['reference'] : undefined;
  if (typeof literal !== 'string' || !literal.startsWith('#')) return undefined;
  const host = local.resource as unknown as Json;
  const found = objects(host['contained']).find((it) => it['id'] === literal.slice(1));
  const type = found?.['resourceType'];
  if (!found || !isResourceType(type)) return undefined;
  return { ...origin, local: { type, localId: `${local.localId}${literal}`, resource: found as never } };
};
