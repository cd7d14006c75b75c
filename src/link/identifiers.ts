import { isObject, type Json, objects, parseNhsNumber, SYSTEM, text } from '../fhir/index.ts';
import { codesOf, foldSystem, plainSystem } from './codes.ts';
import type { LinkRecord } from './record.ts';

/** A persistent business identifier in comparable form. */
export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/** Values that stand where there is none: zeros, one sign throughout, words for unknown, what is too short to tell anything. */
const PLACEHOLDER =
  /^(n\/?a|nil|null|none|undefined|unknown|unk|not ?(known|recorded|given|available|applicable)|tb[acd]|to follow|to be confirmed|test|dummy|default|missing|no ?(id|number)|x+|-+|\.+|\?+|(?<sign>.)\k<sign>*|0?1234567890?)$/i;

const isPlaceholder = (value: string): boolean =>
  value.length < 3 || PLACEHOLDER.test(value) || /^[0\W_]+$/.test(value);

/** Systems whose values are one, however they are spaced or written. */
const SPACELESS: ReadonlySet<string> = new Set([
  SYSTEM.nhsNumber,
  SYSTEM.gmc,
  SYSTEM.nmc,
  SYSTEM.gphc,
  SYSTEM.hcpc,
  SYSTEM.sdsUser,
  SYSTEM.sdsRole,
  SYSTEM.odsOrganisation,
  SYSTEM.odsSite,
  'https://fhir.nhs.uk/id/ubrn',
]);
const NAMED: ReadonlySet<string> = new Set(Object.values(SYSTEM));

/** A system by its one name; of an unknown one neither case nor `http` against `https` tells it from another. */
const systemOf = (written: string): string => {
  const system = plainSystem(written);
  return NAMED.has(system) ? system : foldSystem(system);
};

const ASSIGNED = 'assigned by';

/** Reads an identifier; undefined for a placeholder, and for one that nobody can tell whose it is. */
export const readIdentifier = (identifier: unknown): Identifier | undefined => {
  if (!isObject(identifier)) return undefined;
  const value = text(identifier['value'])
    ?.trim()
    .replace(/^urn:(uuid|oid):/i, '')
    .replace(/^\{(.*)\}$/, '$1');
  if (value === undefined || isPlaceholder(value)) return undefined;
  const given = text(identifier['system']);
  const assigner = identifier['assigner'];
  const scope = isObject(assigner) ? readIdentifier(assigner['identifier'])?.value : undefined;
  if (given === undefined || given.trim() === '')
    return scope === undefined ? undefined : { system: `${ASSIGNED} ${scope}`, value };
  const system = systemOf(given);
  const spaceless = value.replace(/[\s-]/g, '');
  if (system === SYSTEM.nhsNumber) return { system, value: parseNhsNumber(spaceless) ?? value };
  return { system, value: SPACELESS.has(system) ? spaceless.toUpperCase() : value.toLowerCase() };
};

/** The identifiers of a record, each once. A prescription's number is on all of its items, and is none of theirs. */
export const identifiersOf = ({ resource, type }: LinkRecord): readonly Identifier[] => {
  const given = [...objects(resource['identifier']), ...objects(resource['masterIdentifier'])];
  const kept = given.filter((it) => !isSecondary(it) || type === 'Patient').flatMap((it) => readIdentifier(it) ?? []);
  return [...new Map(kept.map((it) => [`${it.system}|${it.value}`, it])).values()];
};

/** Old and temporary identifiers are not persistent. */
const isSecondary = ({ use }: Json): boolean => use === 'old' || use === 'temp';

/** The ODS code of an organisation that a reference names or leads to. */
export const odsOf = (reference: unknown, follow: LinkRecord['follow']): string | undefined => {
  if (!isObject(reference)) return undefined;
  const own = readIdentifier(reference['identifier']);
  if (own) return isOds(own) ? own.value : undefined;
  const target = follow(reference);
  if (target === undefined) return undefined;
  if (target['resourceType'] === 'PractitionerRole') return odsOf(target['organization'], follow);
  return objects(target['identifier'])
    .flatMap((it) => readIdentifier(it) ?? [])
    .filter(isOds)
    .map((it) => it.value)[0];
};

const isOds = ({ system }: Identifier): boolean => system === SYSTEM.odsOrganisation || system === SYSTEM.odsSite;

/** The first code of a concept, for what is compared as a word: a class, a type. */
export const firstCode = (concept: unknown): string | undefined => codesOf(concept)[0]?.code;
