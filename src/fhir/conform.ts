/* eslint max-params: ['error', 4] -- the walk hands on its four facts without an object per value: it is the hot path */
import { DATA_ABSENT_REASON } from './canonicals.ts';
import { readBound } from './conform-bound.ts';
import { containedTypes, settleContained, withoutStanding } from './conform-contained.ts';
import { copied, type Draft, find, keep, type Place, put, refuse, strange } from './conform-place.ts';
import { atAGlance, isHeld } from './conform-glance.ts';
import { readReference } from './conform-reference.ts';
import { type CompiledElement, type CompiledType, compiledType } from './definitions/compiled.ts';
import { isResourceType } from './definitions/index.ts';
import type { Dialect, FindingCode, Hook, Report } from './dialect.ts';
import { isNumber } from './json.ts';
import { readNarrative } from './narrative.ts';
import { isBlank, sourceText } from './source-value.ts';
import { type FhirResource, isObject, type Json, list } from './types.ts';

/**
 * Brings a resource to structurally valid FHIR R4 and loses nothing on the way: unknown elements, impossible dates and
 * codes outside a required binding are kept in `source-value` and `source-text` extensions and reported; a missing
 * required element gets a data-absent-reason. Its input is not changed.
 * @throws TypeError where `resourceType` is none that R4 has.
 */
export const conform = (resource: Json, dialect: Dialect, report: Report): FhirResource => {
  const type = resource['resourceType'];
  if (!isResourceType(type)) throw new TypeError('no R4 resource type');
  const run: Place['run'] = {
    dialect,
    report,
    contained: containedTypes(resource),
    note: (code, name, once) => noteAt(run, { code, name, once }),
    above: undefined,
    element: undefined,
    index: -1,
    isLooking: false,
    noted: false,
    depth: 0,
    told: undefined,
  };
  return readObject(
    placeAt(resource, { type: compiledType(type), name: type, index: -1, above: undefined, run }),
  ) as unknown as FhirResource;
};

/** Reports what a hook found, at the value that it was given. */
const noteAt = (run: Place['run'], { code, name, once }: NamedNote): void => {
  run.noted = true;
  if (run.isLooking || !run.element || !run.above || (once !== undefined && run.told?.has(once))) return;
  if (once !== undefined) (run.told ??= new Set()).add(once);
  find(code, placeOf({}, run.element, run.above, run.index), name);
};

interface NamedNote {
  readonly code: FindingCode;
  readonly name: string | undefined;
  readonly once: string | undefined;
}

const placeAt = (
  given: Json,
  { type, name, index, above, run }: Omit<Place, 'given' | 'out' | 'holes' | 'kept'>,
): Place => ({
  type,
  name,
  index,
  above,
  given,
  out: given,
  holes: false,
  kept: undefined,
  run,
});

/**
 * Reads an object as its type. What needs no change is handed back as it came: a copy is made at the first change, so
 * that an answer which is mostly sound costs little more than looking at it.
 */
const readObject = (place: Place): Draft => {
  const { type, given } = place;
  const shaded = hasShadow(given);
  let choices: string[] | undefined;
  for (const key in given) {
    const value = given[key];
    if (value === undefined) {
      place.holes = true;
      continue;
    }
    const element = type.elements.get(key) ?? withoutValue(key, place);
    if (!element) readStranger(key, place);
    else if (choices && isChoiceOf(choices, element) && isChosen(place.out, element, element.name))
      setAsideChoice(element, place);
    else if (!element.read) {
      const read = readComplex(element, value, place);
      if (read !== value) put(place, key, read);
    } else if (shaded || element.many || !element.isSound?.(value)) readPrimitives(element, place);
    if (element?.of !== undefined) (choices ??= []).push(element.of);
  }
  if (type.invariant && !isHeld(place.out, type)) settleInvariants(place);
  if (type.isResource && place.out['contained'] !== undefined) {
    settleContained(copied(place), place);
    place.holes = true;
  }
  for (const element of type.required) {
    if (isChosen(place.out, element)) continue;
    find('missing-required', place, element.of ?? element.name);
    fillAbsent(copied(place), element);
  }
  if (place.kept)
    copied(place)['extension'] = [...((place.out['extension'] as Json[] | undefined) ?? []), ...place.kept];
  return place.holes ? withoutUndefined(place.out) : place.out;
};

/** True where a primitive may have its id and extensions beside it. */
const hasShadow = (given: Json): boolean => {
  for (const key in given) if (key.charCodeAt(0) === UNDERSCORE) return true;
  return false;
};
const UNDERSCORE = 0x5f;

const setAsideChoice = ({ name, shadow, read }: CompiledElement, place: Place): void => {
  for (const it of read ? [name, shadow] : [name]) {
    strange('single-expected', place, { name: it, value: place.given[it] });
    put(place, it, undefined);
  }
};

/** What a draft holds, each primitive's `_name` beside it. */
const withoutUndefined = (draft: Draft): Draft => {
  const out: Draft = {};
  for (const key in draft) {
    if (key.startsWith('_') && key.slice(1) in draft) continue;
    if (draft[key] !== undefined) out[key] = draft[key];
    const shadow = `_${key}`;
    if (draft[shadow] !== undefined) out[shadow] = draft[shadow];
  }
  return out;
};

/** @param but a key that does not count: the one being read. */
const isChosen = (out: Draft, { keys }: CompiledElement, but?: string): boolean => {
  for (const key of keys) if (out[key] !== undefined && key !== but && key !== `_${but ?? ''}`) return true;
  return false;
};

const isChoiceOf = (choices: readonly string[], { of }: CompiledElement): boolean =>
  of !== undefined && choices.includes(of);

/** The primitive of which only the `_name` is given. */
const withoutValue = (key: string, { given, type }: Place): CompiledElement | undefined => {
  const element = shadowed(key, type);
  return element && given[element.name] === undefined ? element : undefined;
};

const shadowed = (key: string, { elements }: CompiledType): CompiledElement | undefined => {
  const element = key.startsWith('_') ? elements.get(key.slice(1)) : undefined;
  return element?.read && !element.bare ? element : undefined;
};

/** A key that is no element: the `_name` of a primitive, which was read beside its value, or something R4 does not know. */
const readStranger = (key: string, place: Place): void => {
  if ((key === 'resourceType' && place.type.isResource) || shadowed(key, place.type)) return;
  strange('unknown-element', place, { name: key, value: place.given[key] });
  put(place, key, undefined);
};

const settleInvariants = (place: Place): void => {
  const { invariant, elements } = place.type;
  const out = copied(place);
  place.holes = true;
  invariant?.(out, {
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
      fillAbsent(out, elements.get(name) as CompiledElement);
    },
  });
};

const readPrimitives = (element: CompiledElement, place: Place): void => {
  const { name, shadow } = element;
  const value = place.given[name];
  const shade = element.bare ? undefined : place.given[shadow];
  if (!element.many && shade === undefined && !Array.isArray(value)) {
    if (element.isSound?.(value)) return;
    const read = readOne(element, value, place);
    put(place, name, read.value);
    if (!read.extension) return;
    put(place, shadow, { extension: [read.extension] });
    place.holes = true;
    return;
  }
  const values = list(value);
  const shades = list(shade);
  const read: unknown[] = [];
  const shadows: (Draft | undefined)[] = [];
  for (let index = 0; index < Math.max(values.length, shades.length); index++) {
    if (!element.many && read.length > 0) {
      strange('single-expected', place, { name, value: values[index] });
      continue;
    }
    const one = readOne(element, values[index], place);
    const own = readShadow(shades[index], one.extension, { name, place });
    if (one.value === undefined && !own) continue;
    read.push(one.value);
    shadows.push(own);
  }
  const valued = read.some((it) => it !== undefined);
  const shaded = shadows.some((it) => it !== undefined);
  const out = copied(place);
  place.holes = true;
  out[name] = !valued ? undefined : element.many ? read.map((it) => it ?? null) : read[0];
  out[shadow] = !shaded ? undefined : element.many ? shadows.map((it) => it ?? null) : shadows[0];
};

const readShadow = (
  given: unknown,
  added: Json | undefined,
  { name, place }: { readonly name: string; readonly place: Place },
): Draft | undefined => {
  const at = { type: compiledType('Element'), name, index: place.index, above: place, run: place.run };
  const own = isObject(given) ? readObject(placeAt(given, at)) : {};
  const extension = added ? [...((own['extension'] as Json[] | undefined) ?? []), added] : own['extension'];
  return isEmpty(own) && !added ? undefined : { ...own, ...(extension !== undefined && { extension }) };
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
    if (!element.bare && (typeof given !== 'object' || isNumber(given))) return { extension: sourceText(given) };
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

/** @returns the value as it came where nothing in it changes; undefined where nothing is left of it. */
const readComplex = (element: CompiledElement, value: unknown, place: Place): unknown => {
  if (!element.many && isObject(value)) {
    const one = readEach(element, value, place, -1);
    return Array.isArray(one) ? one[0] : one;
  }
  const given = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  let read: unknown[] | undefined;
  let seen = 0;
  for (let index = 0; index < given.length; index++) {
    const one = given[index];
    if (!element.many && seen > 0 && isObject(one)) {
      strange('single-expected', place, { name: element.name, value: one });
      read ??= given.slice(0, index);
      continue;
    }
    const next = isObject(one)
      ? readEach(element, one, place, element.many ? index : -1)
      : misplaced(element, one, { place, index });
    if (next !== undefined && next === one) {
      seen += 1;
      read?.push(next);
      continue;
    }
    read ??= given.slice(0, index);
    if (next === undefined) continue;
    seen += 1;
    if (Array.isArray(next)) for (const it of next as unknown[]) read.push(it);
    else read.push(next);
  }
  const out = read ?? given;
  if (out.length === 0) return undefined;
  return element.many ? (read ? read : Array.isArray(value) ? value : given) : out[0];
};

const misplaced = (
  element: CompiledElement,
  value: unknown,
  { place, index }: { readonly place: Place; readonly index: number },
): undefined => {
  strange('invalid-value', place, { name: element.many ? `${element.name}[${index}]` : element.name, value });
};

/**
 * One value of a complex element, translated by the dialect; a translation may be several, or none. Most can be told at a
 * glance: only the others are read part by part.
 */
const readEach = (element: CompiledElement, one: Json, place: Place, index: number): unknown => {
  const { run } = place;
  const host = hostName(place);
  const read = atAGlance(one, element, run, host);
  if (read !== undefined) return read;
  const hook = element.hook && (run.dialect[element.hook] as Hook<Json | readonly Json[]> | undefined);
  if (!hook) return readTyped(element, placeOf(one, element, place, index));
  run.above = place;
  run.element = element;
  run.index = index;
  const translated = hook(one, host, run.note);
  if (!Array.isArray(translated)) return readTyped(element, placeOf(translated as Json, element, place, index));
  return (translated as readonly Json[]).flatMap((it) => readTyped(element, placeOf(it, element, place, index)) ?? []);
};

const placeOf = (given: Json, element: CompiledElement, above: Place, index: number): Place => ({
  type: element.inner(),
  name: element.name,
  index,
  above,
  given,
  out: given,
  holes: false,
  kept: undefined,
  run: above.run,
});

/** The element that an extension extends; that of a primitive is named by its path: `Patient.birthDate`. */
const hostName = ({ type, name, above }: Place): string =>
  type.name === 'Element' && above ? `${above.type.name}.${name}` : type.name;

const readTyped = (element: CompiledElement, place: Place): Draft | undefined => {
  const { given } = place;
  if (element.type === 'Resource') return readContained(given, place);
  const draft = readObject(place);
  if (isEmpty(draft)) return undefined;
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
  const resource = withoutStanding(given, inside);
  return readObject({ ...inside, given: resource, out: resource });
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
