/* eslint max-params: ['error', 4] -- the walk hands on its four facts without an object per value: it is the hot path */
import { DATA_ABSENT_REASON } from './canonicals.ts';
import { readBound } from './conform-bound.ts';
import { containedTypes, settleContained, withoutStanding } from './conform-contained.ts';
import { type Draft, find, keep, type Place, refuse, strange } from './conform-place.ts';
import { readReference } from './conform-reference.ts';
import { type CompiledElement, compiledType } from './definitions/compiled.ts';
import { isResourceType } from './definitions/index.ts';
import type { Dialect, Hook, Report } from './dialect.ts';
import { isNumber } from './json.ts';
import { readNarrative } from './narrative.ts';
import { isBlank, sourceText } from './source-value.ts';
import { type FhirResource, isObject, type Json } from './types.ts';

/**
 * Brings a resource to structurally valid FHIR R4 and loses nothing on the way: unknown elements, impossible dates and
 * codes outside a required binding are kept in `source-value` and `source-text` extensions and reported; a missing
 * required element gets a data-absent-reason. Its input is not changed.
 * @throws TypeError where `resourceType` is none that R4 has.
 */
export const conform = (resource: Json, dialect: Dialect, report: Report): FhirResource => {
  const type = resource['resourceType'];
  if (!isResourceType(type)) throw new TypeError('no R4 resource type');
  const run = { dialect, report, contained: containedTypes(resource) };
  const place: Place = { type: compiledType(type), name: type, index: -1, above: undefined, kept: undefined, run };
  return readObject(resource, place) as unknown as FhirResource;
};

const readObject = (given: Json, place: Place): Draft => {
  const { type } = place;
  const out: Draft = type.isResource ? { resourceType: type.name } : {};
  let choices: string[] | undefined;
  for (const key in given) {
    const value = given[key];
    if (value === undefined) continue;
    const element = type.elements.get(key);
    if (!element) readStranger(out, key, given, place);
    else if (choices && isChoiceOf(choices, element) && isChosen(out, element))
      strange('single-expected', place, { name: key, value });
    else if (element.read) readPrimitives(out, element, given, place);
    else readComplex(out, element, value, place);
    if (element?.of !== undefined) (choices ??= []).push(element.of);
  }
  if (type.invariant) settleInvariants(out, place);
  if (out['contained'] !== undefined) settleContained(out, place);
  for (const element of type.required) {
    if (isChosen(out, element)) continue;
    find('missing-required', place, element.of ?? element.name);
    fillAbsent(out, element);
  }
  if (place.kept) out['extension'] = [...((out['extension'] as Json[] | undefined) ?? []), ...place.kept];
  return out;
};

const isChosen = (out: Draft, { keys }: CompiledElement): boolean => {
  for (const key of keys) if (out[key] !== undefined) return true;
  return false;
};

const isChoiceOf = (choices: readonly string[], { of }: CompiledElement): boolean =>
  of !== undefined && choices.includes(of);

/** A key that is no element: the `_name` of a primitive without a value, or something R4 does not know. */
const readStranger = (out: Draft, key: string, given: Json, place: Place): void => {
  if (key === 'resourceType' && place.type.isResource) return;
  const element = key.startsWith('_') ? place.type.elements.get(key.slice(1)) : undefined;
  if (!element?.read) strange('unknown-element', place, { name: key, value: given[key] });
  else if (given[element.name] === undefined) readPrimitives(out, element, given, place);
};

const settleInvariants = (out: Draft, place: Place): void =>
  place.type.invariant?.(out, {
    move: (name, index) => {
      const value = out[name];
      if (index === undefined || !Array.isArray(value)) {
        strange('invariant', place, { name, value });
        out[name] = undefined;
        return;
      }
      strange('invariant', place, { name: `${name}[${index}]`, value: value[index] });
      out[name] = value.length > 1 ? value.filter((_, at) => at !== index) : undefined;
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
    // Most of what there is to read is plain text.
    if (element.isText && typeof value === 'string' && /\S/.test(value)) {
      out[element.name] = value;
      return;
    }
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
      strange('single-expected', place, { name: element.name, value: values[index] });
      continue;
    }
    const one = readOne(element, values[index], place);
    const shade = readShadow(shadows[index], one.extension, {
      ...place,
      type: compiledType('Element'),
      name: element.name,
      above: place,
      kept: undefined,
    });
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
  const given = Array.isArray(value) ? (value as unknown[]) : undefined;
  const count = given ? given.length : 1;
  for (let index = 0; index < count; index++) {
    const one = given ? given[index] : value;
    if (!isObject(one)) {
      strange('invalid-value', place, { name: element.many ? `${name}[${index}]` : name, value: one });
      continue;
    }
    const inside = {
      type: compiledType(type),
      name,
      index: element.many ? index : -1,
      above: place,
      kept: undefined,
      run: place.run,
    };
    if (!element.many && read.length > 0) {
      strange('single-expected', place, { name, value: one });
      continue;
    }
    const hook =
      name === 'modifierExtension'
        ? undefined
        : (dialect[type as keyof Dialect] as Hook<Json | readonly Json[]> | undefined);
    const translated = hook ? hook(one, hostName(place), (code, at) => find(code, inside, at)) : one;
    if (Array.isArray(translated)) for (const it of translated as Json[]) put(read, readTyped(it, element, inside));
    else put(read, readTyped(translated as Json, element, inside));
  }
  if (read.length > 0) out[name] = element.many ? read : read[0];
};

const put = (read: Draft[], draft: Draft | undefined): void => {
  if (draft && !isEmpty(draft)) read.push(draft);
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

const readContained = (given: Json, place: Place): Draft | undefined => {
  const inner = given['resourceType'];
  if (!isResourceType(inner)) {
    refuse('unknown-element', given, place);
    return undefined;
  }
  const inside = { ...place, type: compiledType(inner) };
  return readObject(withoutStanding(given, inside), inside);
};

/** ext-1: an extension has a value or extensions of its own, and always a url. */
const isWholeExtension = (draft: Draft): boolean => {
  let valued = false;
  for (const key in draft) if (key.startsWith('value') || key.startsWith('_value')) valued = true;
  return typeof draft['url'] === 'string' && valued !== (draft['extension'] !== undefined);
};

const fillAbsent = (out: Draft, element: CompiledElement): void => {
  const absent = absentValue(element);
  out[element.read ? element.shadow : element.name] = element.many ? [absent] : absent;
};

/** An element with required parts says of each part that it is unknown. */
const absentValue = ({ read, type }: CompiledElement): Draft => {
  const { required, invariant, elements } = compiledType(type);
  if (read || required.length === 0) return { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] };
  const out: Draft = {};
  for (const it of required) fillAbsent(out, it);
  invariant?.(out, { move: () => undefined, absent: (name) => fillAbsent(out, elements.get(name) as CompiledElement) });
  return out;
};

const isEmpty = (draft: Draft): boolean => {
  for (const key in draft) if (draft[key] !== undefined) return false;
  return true;
};
