import { isObject, type Json, list, type ResourceType, text } from '../../src/fhir/index.ts';
import { extensionName } from './extensions.ts';
import { rename, rowOf, without } from './objects.ts';
import type { Context } from './references.ts';

/** A resource on its way from STU3 to R4. Its values are the source's own objects: they are read, never changed. */
export type Draft = Record<string, unknown>;

/** What a move may look at besides the value: the whole source resource and its siblings. */
export interface Scope {
  readonly body: Json;
  /** The record's id; a contained resource is no record. */
  readonly id: string | undefined;
  readonly context: Context;
}

/** Puts one element's value where R4 wants it. */
export type Move = (value: unknown, draft: Draft, scope: Scope) => void;

/** Puts one extension where R4 wants it, and returns what of it remains an extension. */
export type ExtensionMove = (extension: Json, draft: Draft, scope: Scope) => readonly Json[];

/** How one STU3 type becomes an R4 type. An element without a rule keeps its name, an extension its url. */
export interface TypeMapping {
  readonly type: ResourceType;
  /** A new name, or a move. */
  readonly elements?: Readonly<Record<string, string | Move>>;
  /** By {@link extensionName}: a new url, or a move. */
  readonly extensions?: Readonly<Record<string, string | ExtensionMove>>;
  /** What can only be said when all else is in place. */
  readonly finish?: (draft: Draft, scope: Scope) => void;
}

/** Adds a value to an element. Where one stands already both stay: {@link conform} shows the first and keeps the other. */
export const add = (draft: Draft, name: string, value: unknown): void => {
  if (value === undefined) return;
  const existing = draft[name];
  draft[name] = existing === undefined ? value : [...list(existing), ...list(value)];
};

export const addExtension = (draft: Draft, ...extensions: readonly Json[]): void => {
  if (extensions.length > 0) add(draft, 'extension', extensions);
};

/** Keeps values that R4 has no place for under the path they had: no element has such a name, so all are kept aside. */
export const keepAside = (draft: Draft, path: string, rest: unknown): void => {
  if (isObject(rest)) for (const key in rest) add(draft, `${path}.${key}`, rest[key]);
  else add(draft, path, rest);
};

/** Moves every element of a STU3 resource to its place in R4. Nothing is copied but the object itself. */
export const moveResource = (mapping: TypeMapping, scope: Scope): Draft => {
  const { finish } = mapping;
  const rules = rulesOf(mapping);
  const { body } = scope;
  // Made empty, it has room for all that a resource has: the engine makes a slow table of an object that outgrows its room.
  const draft: Draft = {};
  draft['resourceType'] = mapping.type;
  for (const key in body) {
    const value = body[key];
    if (value === undefined) continue;
    const rule = rules.get(key);
    if (rule === undefined) add(draft, key === '__proto__' ? 'proto' : key, value);
    else if (typeof rule === 'string') add(draft, rule, value);
    else rule(value, draft, scope);
  }
  if (body['extension'] !== undefined) moveExtensions(mapping, draft, scope);
  finish?.(draft, scope);
  return draft;
};

/** What becomes of each element of a type by its name in JSON: with a new name goes its `_name`. */
const rulesOf = (mapping: TypeMapping): ReadonlyMap<string, string | Move> => {
  let rules = rulesByMapping.get(mapping);
  if (!rules) {
    const own = Object.entries(mapping.elements ?? {});
    const shadows = own.flatMap(([name, rule]) =>
      typeof rule === 'string' ? [[`_${name}`, `_${rule}`] as const] : [],
    );
    rulesByMapping.set(mapping, (rules = new Map<string, string | Move>([...own, ...shadows, ...OF_ALL])));
  }
  return rules;
};
const rulesByMapping = new Map<TypeMapping, ReadonlyMap<string, string | Move>>();

/** Some suppliers' ids are none that FHIR allows: they name the record and are not shown. */
const LEGAL_ID = /^[A-Za-z0-9.-]{1,64}$/;
const moveId: Move = (given, draft, { id }) => {
  if (id === undefined || LEGAL_ID.test(id)) draft['id'] = given;
};

/** The profiles of STU3 say nothing of the R4 resource. */
const moveMeta: Move = (meta, draft) => {
  if (!isObject(meta)) draft['meta'] = meta;
  else for (const key in meta) if (key !== 'profile') return void (draft['meta'] = without(meta, 'profile'));
};

/** The type is the mapping's to say, and extensions come last. */
const elsewhere: Move = () => undefined;
const OF_ALL: readonly (readonly [string, Move])[] = [
  ['resourceType', elsewhere],
  ['extension', elsewhere],
  ['id', moveId],
  ['meta', moveMeta],
];

const moveExtensions = ({ extensions = {} }: TypeMapping, draft: Draft, scope: Scope): void => {
  for (const extension of list(scope.body['extension'])) {
    if (!isObject(extension)) {
      add(draft, 'extension', [extension]);
      continue;
    }
    const rule = rowOf(extensions, extensionName(extension['url']));
    if (rule === undefined) addExtension(draft, extension);
    else if (typeof rule === 'string') addExtension(draft, { ...extension, url: rule });
    else addExtension(draft, ...rule(extension, draft, scope));
  }
};

/** A value that R4 holds as a CodeableConcept and STU3 as a code. */
export const asConcept =
  (name: string, system: string): Move =>
  (value, draft) => {
    const code = text(value);
    add(draft, name, code === undefined ? value : { coding: [{ system, code }] });
  };

/** A backbone element, one or many, whose own elements have other names in R4. */
export const renamed =
  (name: string, names: Readonly<Record<string, string>>): Move =>
  (value, draft) => {
    add(
      draft,
      name,
      list(value).map((it) => (isObject(it) ? rename(it, names) : it)),
    );
  };
