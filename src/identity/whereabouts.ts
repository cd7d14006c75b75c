import {
  DATA_ABSENT_REASON,
  elementsOf,
  type FhirResource,
  isObject,
  type Json,
  list,
  objects,
  SYSTEM,
} from '../fhir/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { PLACES, WITHHELD_ELEMENTS, WITHHELD_EXTENSIONS, WITHHELD_TYPES } from './withheld.ts';

/**
 * A resource without what tells where its patient is to be found; undefined where that is all it tells. It is read by the
 * definitions of FHIR R4, so that an element is withheld for its type, whatever its name; what has no definition is withheld.
 * @param label the code of v3-Confidentiality that it gets beside the labels of its source.
 */
export const hideWhereabouts = (local: LocalResource, label: 'R' | 'V'): LocalResource | undefined => {
  if (PLACES.has(local.type)) return undefined;
  const resource = local.resource as unknown as Json;
  const hidden = hide(resource, local.type, containedTypes(resource)) ?? {};
  return { ...local, resource: { ...hidden, meta: labelled(hidden['meta'], label) } as unknown as FhirResource };
};

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const OBSERVATION_VALUE = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';
const MASKED = { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'masked' }] };

/** The labels of the source, and ours: who was hidden is labelled on every resource alike, whatever it held. */
const labelled = (meta: unknown, label: 'R' | 'V'): Json => {
  const own = isObject(meta) ? meta : {};
  const security = objects(own['security']);
  const added = [
    { system: CONFIDENTIALITY, code: label, display: label === 'R' ? 'restricted' : 'very restricted' },
    { system: OBSERVATION_VALUE, code: 'REDACTED', display: 'redacted' },
  ].filter(({ system, code }) => !security.some((it) => it['system'] === system && it['code'] === code));
  return { ...own, security: [...security, ...added] };
};

/** The type of each contained resource, by the reference that leads to it. */
type Contained = ReadonlyMap<string, string>;

const containedTypes = (resource: Json): Contained =>
  new Map(objects(resource['contained']).map((it) => [`#${String(it['id'])}`, String(it['resourceType'])]));

/** What is left of an object of a type; undefined where nothing is. */
const hide = (node: Json, type: string, contained: Contained): Json | undefined => {
  const elements = elementsOf(type) ?? {};
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    if (name === 'resourceType') kept[name] = value;
    else if (name.startsWith('_')) set(name, shadow(name, value));
    else {
      const element = elements[name];
      if (!element || WITHHELD_ELEMENTS.has(`${type}.${name}`)) continue;
      const left = WITHHELD_TYPES.has(element.type) ? undefined : each(value, (it) => part(it, element, contained));
      set(name, left ?? (element.min === 1 ? masked(value) : undefined));
    }
  }
  // An extension that has nothing but its name left says nothing.
  const bare = type === 'Extension' ? ['id', 'url'] : ['id'];
  return Object.keys(kept).some((it) => !bare.includes(it)) ? kept : undefined;

  function set(name: string, value: unknown): void {
    if (value !== undefined) kept[name] = value;
  }

  /** The extensions of a primitive, which go with it. */
  function shadow(name: string, value: unknown): unknown {
    if (elements[name.slice(1)] === undefined || WITHHELD_ELEMENTS.has(`${type}.${name.slice(1)}`)) return undefined;
    const left = list(value).map((it) => (isObject(it) ? (hide(it, 'Element', contained) ?? null) : it));
    if (left.every((it) => it === null)) return undefined;
    return Array.isArray(value) ? left : left[0];
  }
};

/** A single value, or the values of an array that are left; undefined where none is. */
const each = (value: unknown, change: (value: unknown) => unknown): unknown => {
  if (!Array.isArray(value)) return change(value);
  const left = value.map(change).filter((it) => it !== undefined);
  return left.length > 0 ? left : undefined;
};

const masked = (value: unknown): unknown => (Array.isArray(value) ? [MASKED] : MASKED);

type Element = NonNullable<ReturnType<typeof elementsOf>>[string];

const part = (value: unknown, { type, targets }: Element, contained: Contained): unknown => {
  if (!isObject(value)) return value;
  if (type === 'Reference' && leadsToPlace(value, targets, contained)) return MASKED;
  if (type === 'Extension' && WITHHELD_EXTENSIONS.test(String(value['url']))) return undefined;
  if (type !== 'Resource') return hide(value, type, contained);
  const inner = String(value['resourceType']);
  return PLACES.has(inner) ? undefined : hide(value, inner, contained);
};

/** A reference that names no type counts as one to whatever may stand there. */
const leadsToPlace = (reference: Json, targets: readonly string[] | undefined, contained: Contained): boolean => {
  const literal = typeof reference['reference'] === 'string' ? reference['reference'] : '';
  const named = contained.get(literal) ?? /^([A-Z][A-Za-z]+)\//.exec(literal)?.[1] ?? reference['type'];
  if (typeof named === 'string' && elementsOf(named)) return PLACES.has(named);
  const { identifier } = reference;
  const system = isObject(identifier) ? identifier['system'] : undefined;
  if (PEOPLE.has(system)) return false;
  return targets === undefined || targets.length === 0 || targets.some((it) => PLACES.has(it) || it === 'Resource');
};

/** Identifiers that only people have. */
const PEOPLE: ReadonlySet<unknown> = new Set([
  SYSTEM.nhsNumber,
  SYSTEM.sdsUser,
  SYSTEM.sdsRole,
  SYSTEM.gmc,
  SYSTEM.nmc,
  SYSTEM.hcpc,
  SYSTEM.gphc,
]);
