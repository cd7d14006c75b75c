/* eslint max-params: ['error', 4] -- the hot path: its facts are handed on without an object per value */
import type { Draft, Place } from './conform-place.ts';
import { type CompiledElement, type CompiledType, compiledType } from './definitions/compiled.ts';
import type { Hook } from './dialect.ts';
import { isObject, type Json } from './types.ts';

type Run = Place['run'];

/** The value as R4 has it, where that can be told at a glance; undefined where it must be read part by part. */
type Glance = (value: unknown, run: Run) => unknown;

/**
 * Reads an object, and all that it holds, at a glance: sound primitives, one of each choice, all that is required, no
 * invariant broken, and nothing that the dialect finds fault with. It is handed back as it came, or copied where the dialect
 * writes something otherwise, which may make several of an extension.
 * @returns undefined for what must be read part by part; it may be sound as well
 */
export const atAGlance = (given: Json, element: CompiledElement, run: Run, host: string): unknown => {
  let inside = glances.get(element);
  if (!inside) glances.set(element, (inside = glanceAtElement(element)));
  run.depth = 0;
  run.noted = false;
  run.isLooking = true;
  const read = translated(given, element, { run, host, inside });
  run.isLooking = false;
  return wasNoted(run) ? undefined : read;
};

/** A hook found something, on the way. */
const wasNoted = ({ noted }: Run): boolean => noted;

/** What lies deeper is read part by part: else each level of a deep record would be looked at once for every level above. */
const DEEPEST = 8;

// One closure for each element and type that was met, made from the tables: what they say is not asked again for each value.
const glances = new Map<CompiledElement, Glance>();
const glancesAtTypes = new Map<CompiledType, Glance>();

const glanceAtType = (type: CompiledType): Glance => {
  let glance = glancesAtTypes.get(type);
  if (!glance) glancesAtTypes.set(type, (glance = glanceInside(type, type.name)));
  return glance;
};

interface Looking {
  readonly run: Run;
  readonly host: string;
  readonly inside: Glance;
}

/** What the dialect makes of a value, looked into. */
const translated = (value: Json, element: CompiledElement, { run, host, inside }: Looking): unknown => {
  const hook = element.hook && (run.dialect[element.hook] as Hook<Json | readonly Json[]> | undefined);
  if (!hook) return inside(value, run);
  const made = hook(value, host, run.note);
  if (!Array.isArray(made)) return inside(made, run);
  const read: unknown[] = [];
  for (const it of made as readonly Json[]) {
    const one = inside(it, run);
    if (one === undefined) return undefined;
    read.push(one);
  }
  return read;
};

/** What is contained or a narrative is always read. */
const glanceAtElement = (element: CompiledElement): Glance => {
  const { type } = element;
  if (type === 'Resource' || type === 'Narrative') return () => undefined;
  const glance = glanceAtType(element.inner());
  const isFit = type === 'Reference' ? plainTo(element) : element.bound ? boundTo(element.bound) : undefined;
  if (!isFit) return glance;
  return (value, run) => {
    const read = glance(value, run);
    return read !== undefined && isFit(read as Json) ? read : undefined;
  };
};

interface Part {
  readonly glance: Glance;
  readonly of: string | undefined;
  readonly isRequired: boolean;
  /** The name of a primitive whose id and extensions this is. */
  readonly shades: string | undefined;
}

const glanceInside = (type: CompiledType, host: string): Glance => {
  const parts = new Map([...type.elements.values()].flatMap((it) => partsOf(it, host)));
  const needed = type.required.length;
  const isExtension = type.name === 'Extension';
  return (value, run) => {
    const given = value as Json;
    let out: Draft | undefined;
    let choice: string | undefined;
    let required = 0;
    let empty = true;
    for (const key in given) {
      const part = parts.get(key);
      if (!part || (part.shades !== undefined && given[part.shades] !== undefined)) return undefined;
      const before = given[key];
      const read = part.glance(before, run);
      if (read === undefined) return undefined;
      if (read !== before) (out ??= { ...given })[key] = read;
      if (part.of !== undefined) {
        if (part.of === choice) return undefined;
        choice = part.of;
      }
      if (part.isRequired) required += 1;
      empty = false;
    }
    if (empty || required < needed) return undefined;
    const read = out ?? given;
    return (isExtension ? isWhole(read, choice) : isHeld(read, type)) ? read : undefined;
  };
};

/** An element, and for a primitive what JSON holds beside it. */
const partsOf = (element: CompiledElement, host: string): readonly (readonly [string, Part])[] => {
  const { name, shadow, isSound, many, of, isRequired, bare } = element;
  if (!isSound) {
    const one = glanceAtValue(element, host);
    return [[name, { glance: many ? glanceAtEach(one) : one, of, isRequired, shades: undefined }]];
  }
  const one: Glance = (value) => (isSound(value) ? value : undefined);
  const own = [name, { glance: many ? glanceAtEach(one) : one, of, isRequired, shades: undefined }] as const;
  if (many || bare) return [own];
  return [own, [shadow, { glance: glanceAtShadow(`${host}.${name}`), of, isRequired, shades: name }]];
};

const glanceAtShadow = (host: string): Glance => {
  let inside: Glance | undefined;
  return (value, run) =>
    isObject(value) ? (inside ??= glanceInside(compiledType('Element'), host))(value, run) : undefined;
};

/** Of several each must be sound; several that become others are a list of their own. */
const glanceAtEach =
  (one: Glance): Glance =>
  (value, run) => {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const given = value as readonly unknown[];
    let out: unknown[] | undefined;
    for (let index = 0; index < given.length; index++) {
      const before = given[index];
      const read = one(before, run);
      if (read === undefined) return undefined;
      if (read === before) {
        out?.push(read);
        continue;
      }
      out ??= given.slice(0, index);
      if (Array.isArray(read)) for (const it of read as unknown[]) out.push(it);
      else out.push(read);
    }
    return out?.length === 0 ? undefined : (out ?? given);
  };

const glanceAtValue = (element: CompiledElement, host: string): Glance => {
  // Types hold each other: what is inside is made when first met.
  let inside: Glance | undefined;
  return (value, run) => {
    if (!isObject(value) || run.depth >= DEEPEST) return undefined;
    inside ??= glanceAtElement(element);
    run.depth += 1;
    const read = translated(value, element, { run, host, inside });
    run.depth -= 1;
    return read;
  };
};

/** ext-1: a url, and a value or extensions. */
const isWhole = ({ url, extension }: Json, choice: string | undefined): boolean =>
  typeof url === 'string' && (choice === undefined) !== (extension === undefined);

/** A reference to a type that may stand there, or one that names nothing but words or an identifier. */
const plainTo = ({ targets = ['[A-Z][A-Za-z]+'] }: CompiledElement): ((read: Json) => boolean) => {
  const local = new RegExp(`^(?:${targets.join('|')})/[^/\\s]+$`);
  return ({ reference, type }) =>
    type === undefined && (reference === undefined || (typeof reference === 'string' && local.test(reference)));
};

/** A concept of which every coding has its system and one is of the value set. */
const boundTo =
  (bound: NonNullable<CompiledElement['bound']>) =>
  ({ coding }: Json): boolean => {
    if (!Array.isArray(coding)) return false;
    let found = false;
    for (const { system, code } of coding as readonly Json[]) {
      if (typeof system !== 'string') return false;
      found ||= Object.hasOwn(bound, system) && (bound[system] as readonly unknown[]).includes(code);
    }
    return found;
  };

let broken = false;
const noticing = {
  move: (): void => void (broken = true),
  absent: (): void => void (broken = true),
};

/** True where no invariant of its type is broken. */
export const isHeld = (given: Json, { invariant }: CompiledType): boolean => {
  if (!invariant) return true;
  broken = false;
  invariant(given, noticing);
  return !broken;
};
