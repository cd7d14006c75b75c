import {
  elementsOf,
  type Extension,
  type Identifier,
  type Json,
  type Meta,
  type NhsNumber,
  objects,
  ourExtension,
  parseNhsNumber,
  type Patient,
  SYSTEM,
} from '../fhir/index.ts';
import { isFormallyDead } from './demographics.ts';
import type { Person } from './person.ts';

/** What one source holds of the patient. */
export interface PatientOf {
  readonly source: string;
  readonly patient: Patient;
}

/**
 * The patient as the facade knows them: logical id the NHS number, each field whole from the first source that has it, an
 * extension that names the source of every field, a `seealso` link to every source's own Patient. A source's own identifiers
 * stand side by side, system by system.
 * @param patients the sources' own Patients, in order of precedence: the identity source first.
 * @returns undefined where no source knows the patient.
 */
export const federatedPatient = (person: Person, patients: readonly PatientOf[]): Patient | undefined => {
  if (patients.length === 0) return undefined;
  const fields = gather(patients, person);
  const { nhsNumber, former } = person;
  const taken = (name: string): readonly Field[] => fields.filter((it) => it.name === name);
  return {
    resourceType: 'Patient',
    id: nhsNumber,
    meta: metaOf(patients),
    ...Object.fromEntries(fields.flatMap((it) => Object.entries(it.content ?? {}))),
    extension: [...taken('extension').flatMap((it) => it.items as Extension[]), ...attribution(fields)],
    identifier: withNumber(
      nhsNumber,
      taken('identifier').flatMap((it) => it.items as Identifier[]),
    ),
    link: [
      ...patients.map(({ patient }) => ({
        other: { reference: `Patient/${patient.id ?? ''}` },
        type: 'seealso' as const,
      })),
      ...former.map((value) => ({
        other: { type: 'Patient', identifier: { system: SYSTEM.nhsNumber, value } },
        type: 'replaces' as const,
      })),
    ],
  };
};

/** A source's own Patient, referring to the federated one. */
export const sourcePatient = (nhsNumber: NhsNumber, patient: Patient): Patient => ({
  ...patient,
  link: [...(patient.link ?? []), { other: { reference: `Patient/${nhsNumber}` }, type: 'refer' }],
});

/** One field, and the source that it is from. */
interface Field {
  readonly name: string;
  readonly source: string;
  /** Elements as they are; of lists that are joined, `items`. */
  readonly content?: Json;
  readonly items?: readonly unknown[];
}

/** Not fields of the person: what the resource says of itself, and what joins several sources. */
const APART: ReadonlySet<string> = new Set([
  'id',
  'meta',
  'implicitRules',
  'language',
  'text',
  'contained',
  'extension',
  'identifier',
  'link',
]);

const FIELDS: readonly { readonly name: string; readonly keys: readonly string[] }[] = Object.entries(
  Object.groupBy(
    Object.entries(elementsOf('Patient') ?? {}).filter(([name]) => !APART.has(name)),
    ([name, { of }]) => of ?? name,
  ),
).map(([name, group = []]) => ({ name, keys: group.flatMap(([key]) => [key, `_${key}`]) }));

const gather = (patients: readonly PatientOf[], person: Person): readonly Field[] => [
  ...FIELDS.flatMap(({ name, keys }): readonly Field[] => {
    for (const { source, patient } of patients) {
      if (name === 'deceased' && !mayAssertDeath(source, patient, person)) continue;
      const held = Object.entries(patient).filter(([key]) => keys.includes(key));
      // What points into a source's resource means nothing outside of it.
      if (held.length > 0 && !JSON.stringify(held).includes('"reference":"#'))
        return [{ name, source, content: Object.fromEntries(held) }];
    }
    return [];
  }),
  ...joined(patients, 'extension', 'url'),
  ...joined(patients, 'identifier', 'system'),
];

/** Of each kind of item those of the first source that has any: extensions by url, identifiers by system. */
const joined = (
  patients: readonly PatientOf[],
  name: 'extension' | 'identifier',
  key: 'url' | 'system',
): readonly Field[] => {
  const seen = new Set<unknown>();
  return patients.flatMap(({ source, patient }) => {
    const items = objects(patient[name]).filter((it) => !seen.has(it[key]));
    items.forEach((it) => seen.add(it[key]));
    return items.length > 0 ? [{ name, source, items }] : [];
  });
};

/** Where the patient is traced, only the identity source asserts a death; what others say stays in their own Patients. */
const mayAssertDeath = (source: string, patient: Patient, { traced }: Person): boolean =>
  traced?.patient === undefined || (source === traced.source && isFormallyDead(patient));

const attribution = (fields: readonly Field[]): readonly Extension[] =>
  [...Map.groupBy(fields, (it) => it.source)].map(([source, own]) => ({
    url: ourExtension('composed-from'),
    extension: [
      { url: 'source', valueCode: source },
      ...[...new Set(own.map((it) => it.name))].map((name) => ({ url: 'field', valueString: name })),
    ],
  }));

const withNumber = (nhsNumber: NhsNumber, identifiers: readonly Identifier[]): Identifier[] => [
  ...(identifiers.some((it) => it.system === SYSTEM.nhsNumber && parseNhsNumber(it.value) === nhsNumber)
    ? []
    : [{ system: SYSTEM.nhsNumber, value: nhsNumber }]),
  ...identifiers,
];

/** The resource's own words about itself are those of the first source; its labels and tags are those of all. */
const metaOf = (patients: readonly PatientOf[]): Meta => {
  const metas = patients.map(({ patient }) => patient.meta ?? {});
  const security = distinct(metas.flatMap((it) => it.security ?? []));
  const tag = distinct(metas.flatMap((it) => it.tag ?? []));
  const { versionId: _, ...first } = metas[0] ?? {};
  return { ...first, ...(security.length > 0 && { security }), ...(tag.length > 0 && { tag }) };
};

const distinct = <T>(items: readonly T[]): T[] => [...new Map(items.map((it) => [JSON.stringify(it), it])).values()];
