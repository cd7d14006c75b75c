import { DATA_ABSENT_REASON } from './canonicals.ts';
import { type CompiledElement, type CompiledType, compiledType } from './definitions/compiled.ts';
import { isResourceType } from './definitions/index.ts';
import { ourExtension } from './extensions.ts';
import { digits, isNumber } from './json.ts';
import { readNarrative } from './narrative.ts';
import { type FhirResource, isObject, type Json } from './types.ts';

/** What a source record had that valid R4 cannot hold as it was. Nothing is lost: the value stands in an extension. */
export type FindingCode =
  | 'unknown-element' // no such element in R4
  | 'invalid-value' // no form R4 allows; kept as text
  | 'reduced-precision' // a time without a zone or seconds; its day is emitted, the text kept
  | 'repaired-form' // the right value in the wrong JSON form: "true", "12"
  | 'single-expected' // several values where R4 has one; the first is emitted, the others kept
  | 'unknown-code' // a code outside a required binding; kept as text
  | 'missing-required' // data-absent-reason stands in
  | 'reference-target' // a reference to a type that R4 does not allow there; kept
  | 'unsafe-narrative' // script or markup that FHIR forbids; kept as text
  | 'invariant'; // valid alone, not together: kept in an extension

export interface Finding {
  readonly code: FindingCode;
  /** FHIRPath of the element, without values. */
  readonly path: string;
}

export type Report = (finding: Finding) => void;

/** How one dialect writes what R4 writes otherwise: called on every value of a data type, wherever it stands. */
export interface Dialect {
  /** @param host the type that holds the extension: `Patient`, `Coding`, `Observation.component`. */
  readonly Extension?: (extension: Json, host: string) => readonly Json[];
  readonly Coding?: (coding: Json) => Json;
  readonly CodeableConcept?: (concept: Json) => Json;
  readonly Identifier?: (identifier: Json) => Json;
  readonly Reference?: (reference: Json) => Json;
  readonly Quantity?: (quantity: Json) => Json;
}

/**
 * Brings a resource to structurally valid FHIR R4 and loses nothing on the way: unknown elements, impossible dates and
 * codes outside a required binding are kept in `source-value` and `source-text` extensions and reported; a missing
 * required element gets a data-absent-reason. Its input is not changed.
 * @throws TypeError where `resourceType` is none that R4 has.
 */
export const conform = (resource: Json, dialect: Dialect, report: Report): FhirResource => {
  const type = resource['resourceType'];
  if (!isResourceType(type)) throw new TypeError('no R4 resource type');
  const place: Place = { type: compiledType(type), name: type, index: -1, above: undefined, kept: undefined, run: { dialect, report } };
  return readObject(resource, place) as unknown as FhirResource;
};

/** Where in the resource we are. The path is spelt out only for a finding. */
interface Place {
  readonly type: CompiledType;
  readonly name: string;
  readonly index: number;
  readonly above: Place | undefined;
  kept: Json[] | undefined;
  readonly run: { readonly dialect: Dialect; readonly report: Report };
}

type Draft = Record<string, unknown>;

const pathOf = ({ name, index, above }: Place): string =>
  (above ? `${pathOf(above)}.` : '') + (index < 0 ? name : `${name}[${index}]`);

const find = (code: FindingCode, place: Place, name?: string): void =>
  place.run.report({ code, path: name === undefined ? pathOf(place) : `${pathOf(place)}.${name}` });

/** Keeps a value that has no place here in the nearest element that can hold an extension. */
const keep = (place: Place, name: string, value: unknown): void => {
  let host = place;
  let path = name;
  while (!host.type.extensible) {
    if (!host.above) return;
    path = `${host.index < 0 ? host.name : `${host.name}[${host.index}]`}.${path}`;
    host = host.above;
  }
  (host.kept ??= []).push(...leaves(path, value).map(sourceValue));
};

const readObject = (given: Json, place: Place): Draft => {
  const { type } = place;
  const out: Draft = type.isResource ? { resourceType: type.name } : {};
  for (const key in given) {
    const value = given[key];
    if (value === undefined) continue;
    const element = type.elements.get(key);
    if (!element) readStranger(out, key, given, place);
    else if (element.choices.length > 1 && isChosen(out, element)) strange('single-expected', key, value, place);
    else if (element.read) readPrimitives(out, element, given, place);
    else readComplex(out, element, value, place);
  }
  if (type.invariant) settleInvariants(out, place);
  for (const element of type.required) {
    if (isChosen(out, element)) continue;
    find('missing-required', place, element.of ?? element.name);
    fillAbsent(out, element);
  }
  if (place.kept) out['extension'] = [...((out['extension'] as Json[] | undefined) ?? []), ...place.kept];
  return out;
};

const isChosen = (out: Draft, { choices }: CompiledElement): boolean =>
  choices.some((it) => out[it] !== undefined || out[`_${it}`] !== undefined);

/** A key that is no element: the `_name` of a primitive without a value, or something R4 does not know. */
const readStranger = (out: Draft, key: string, given: Json, place: Place): void => {
  if (key === 'resourceType' && place.type.isResource) return;
  const element = key.startsWith('_') ? place.type.elements.get(key.slice(1)) : undefined;
  if (!element?.read) strange('unknown-element', key, given[key], place);
  else if (given[element.name] === undefined) readPrimitives(out, element, given, place);
};

const strange = (code: FindingCode, name: string, value: unknown, place: Place): void => {
  if (isBlank(value)) return;
  find(code, place, name);
  keep(place, name, value);
};

const settleInvariants = (out: Draft, place: Place): void =>
  place.type.invariant?.(out, {
    move: (name) => {
      strange('invariant', name, out[name], place);
      out[name] = undefined;
    },
    absent: (name) => {
      find('missing-required', place, name);
      fillAbsent(out, place.type.elements.get(name) as CompiledElement);
    },
  });

const readPrimitives = (out: Draft, element: CompiledElement, given: Json, place: Place): void => {
  const value = given[element.name];
  const shadow = given[element.shadow];
  if (!element.many && shadow === undefined && !Array.isArray(value)) {
    const { value: read, extension } = readOne(element, value, place);
    if (read !== undefined) out[element.name] = read;
    if (extension) out[element.shadow] = { extension: [extension] };
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  const shadows = Array.isArray(shadow) ? shadow : [shadow];
  const read: unknown[] = [];
  const shades: (Draft | undefined)[] = [];
  for (let index = 0; index < Math.max(values.length, shadows.length); index++) {
    if (!element.many && read.length > 0) {
      strange('single-expected', element.name, values[index], place);
      continue;
    }
    const one = readOne(element, values[index], place);
    const shade = readShadow(shadows[index], one.extension, { ...place, type: compiledType('Element'), name: element.name, above: place, kept: undefined });
    if (one.value === undefined && !shade) continue;
    read.push(one.value);
    shades.push(shade);
  }
  if (read.some((it) => it !== undefined)) out[element.name] = element.many ? read.map((it) => it ?? null) : read[0];
  if (shades.some((it) => it)) out[element.shadow] = element.many ? shades.map((it) => it ?? null) : shades[0];
};

const readShadow = (given: unknown, added: Json | undefined, place: Place): Draft | undefined => {
  const own = isObject(given) ? readObject(given, place) : {};
  if (added) own['extension'] = [...((own['extension'] as Json[] | undefined) ?? []), added];
  return Object.keys(own).length > 0 ? own : undefined;
};

interface One {
  readonly value?: unknown;
  readonly extension?: Json;
}
const NOTHING: One = {};

const readOne = (element: CompiledElement, given: unknown, place: Place): One => {
  const reading = (element.read as NonNullable<typeof element.read>)(given);
  if ('blank' in reading || ('invalid' in reading && isBlank(given))) return NOTHING;
  if ('invalid' in reading) {
    find('invalid-value', place, element.name);
    if (typeof given !== 'object' || isNumber(given)) return { extension: sourceText(given) };
    keep(place, element.name, given);
    return NOTHING;
  }
  const { value, repair } = reading;
  if (element.bound && !Object.values(element.bound).some((it) => it.includes(value as string))) {
    find('unknown-code', place, element.name);
    return { extension: sourceText(given) };
  }
  if (repair === 'precision') {
    find('reduced-precision', place, element.name);
    return { value, extension: sourceText(given) };
  }
  if (repair === 'form') find('repaired-form', place, element.name);
  return reading;
};

const readComplex = (out: Draft, element: CompiledElement, value: unknown, place: Place): void => {
  const { name, type } = element;
  const { dialect } = place.run;
  const read: Draft[] = [];
  const given = Array.isArray(value) ? (value as unknown[]) : [value];
  for (let index = 0; index < given.length; index++) {
    const one = given[index];
    if (!isObject(one)) {
      strange('invalid-value', element.many ? `${name}[${index}]` : name, one, place);
      continue;
    }
    const inside = { type: compiledType(type), name, index: element.many ? index : -1, above: place, kept: undefined, run: place.run };
    if (!element.many && read.length > 0) {
      strange('single-expected', name, one, place);
      continue;
    }
    const hook = dialect[type as keyof Dialect] as ((given: Json, host: string) => Json | readonly Json[]) | undefined;
    const translated = hook ? hook(one, hostName(place)) : one;
    for (const it of (Array.isArray(translated) ? translated : [translated]) as Json[]) {
      const draft = readTyped(it, element, inside);
      if (draft && !isEmpty(draft)) read.push(draft);
    }
  }
  if (read.length > 0) out[name] = element.many ? read : read[0];
};

/** The element that an extension extends; that of a primitive is named by its path: `Patient.birthDate`. */
const hostName = ({ type, name, above }: Place): string =>
  type.name === 'Element' && above ? `${above.type.name}.${name}` : type.name;

const readTyped = (given: Json, element: CompiledElement, place: Place): Draft | undefined => {
  if (element.type === 'Resource') return readContained(given, place);
  const draft = readObject(given, place);
  if (element.type === 'Reference') return readReference(draft, element, place);
  if (element.type === 'Extension' && !isWholeExtension(draft)) return refuse('invalid-value', given, place);
  if (element.type === 'Narrative') return readNarrative(draft) ?? refuse('unsafe-narrative', given, place);
  if (element.bound) return readBound(draft, element, place);
  return draft;
};

/** Leaves an object out and keeps its leaves where it stood. */
const refuse = (code: FindingCode, given: unknown, place: Place): undefined => {
  const { above, name, index } = place;
  if (above) strange(code, index < 0 ? name : `${name}[${index}]`, given, above);
};

const readContained = (given: Json, place: Place): Draft | undefined => {
  const inner = given['resourceType'];
  return isResourceType(inner)
    ? readObject(given, { ...place, type: compiledType(inner) })
    : refuse('unknown-element', given, place);
};

/** ext-1: an extension has a value or extensions of its own, and always a url. */
const isWholeExtension = (draft: Draft): boolean => {
  let valued = false;
  for (const key in draft) if (key.startsWith('value') || key.startsWith('_value')) valued = true;
  return typeof draft['url'] === 'string' && valued !== (draft['extension'] !== undefined);
};

const REFERENCE = /^(?:#\S*|urn:(?:uuid|oid):\S+|https?:\/\/\S+|([A-Z][A-Za-z]+)\/[^/\s]+(?:\/_history\/\S+)?)$/;

/** A reference that is free text becomes a display; one to a type that R4 does not allow here is kept aside. */
const readReference = (draft: Draft, element: CompiledElement, place: Place): Draft | undefined => {
  const reference = draft['reference'];
  if (typeof reference !== 'string') return draft;
  const match = REFERENCE.exec(reference);
  if (!match) {
    draft['reference'] = undefined;
    if (draft['display'] === undefined) draft['display'] = reference;
    else if (draft['display'] !== reference) keep(place, 'reference', reference);
    return draft;
  }
  if (match[1] && element.targets && !element.targets.includes(match[1])) {
    return refuse('reference-target', { reference: draft }, place);
  }
  return draft;
};

/** A coded value under a required binding: at least one coding of the value set, with its system, or kept aside. */
const readBound = (draft: Draft, element: CompiledElement, place: Place): Draft | undefined => {
  const allowed = Object.entries(element.bound ?? {});
  let found = false;
  for (const coding of (Array.isArray(draft['coding']) ? draft['coding'] : [draft]) as Draft[]) {
    const systems = allowed.filter(([, codes]) => codes.includes(coding['code'] as string)).map(([system]) => system);
    if (systems.includes(coding['system'] as string)) found = true;
    else if (coding['system'] === undefined && systems.length === 1) {
      find('repaired-form', place, 'coding.system');
      coding['system'] = systems[0];
      found = true;
    }
  }
  // What is only an extension, a data-absent-reason say, makes no claim that a value set could reject.
  return found || Object.keys(draft).every((it) => it === 'extension') ? draft : refuse('unknown-code', draft, place);
};

const fillAbsent = (out: Draft, element: CompiledElement): void => {
  const absent = { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] };
  out[element.read ? element.shadow : element.name] = element.many ? [absent] : absent;
};

const sourceText = (given: unknown): Json => ({ url: ourExtension('source-text'), valueString: words(given) });

const sourceValue = ([path, value]: readonly [string, unknown]): Json => ({
  url: ourExtension('source-value'),
  extension: [
    { url: 'path', valueString: path.trim() === '' ? '-' : path },
    isObject(value) ? { url: 'value', valueReference: value } : { url: 'value', valueString: words(value) },
  ],
});

const words = (value: unknown): string => (isNumber(value) ? digits(value) : String(value));

/** Every leaf below a value with its path; a reference that was read stays whole. */
const leaves = (path: string, value: unknown): (readonly [string, unknown])[] => {
  if (isBlank(value)) return [];
  if (Array.isArray(value)) return value.flatMap((it, index) => leaves(`${path}[${index}]`, it));
  if (!isObject(value)) return [[path, value]];
  if (isObject(value['reference'])) return [[path, value['reference']]];
  return Object.entries(value).flatMap(([key, it]) => leaves(`${path}.${key}`, it));
};

const isEmpty = (draft: Draft): boolean => {
  for (const key in draft) if (draft[key] !== undefined) return false;
  return true;
};

const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) ? value.every(isBlank) : isObject(value) && Object.values(value).every(isBlank));
