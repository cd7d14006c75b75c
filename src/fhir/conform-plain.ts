import type { Place } from './conform-place.ts';
import type { CompiledElement, CompiledType } from './definitions/compiled.ts';
import type { Hook } from './dialect.ts';
import { isObject, type Json } from './types.ts';

type Run = Place['run'];

/** Tells of a value whether it, and all that it holds, can be handed on as it came. */
type Look = (value: unknown, run: Run) => boolean;

/**
 * Tells whether an object is of its type as it came, and all that it holds: sound primitives, one of each choice, all that is
 * required, no invariant broken, nothing that the dialect writes otherwise. Such an object is handed on without being read.
 * What this turns down may be sound as well. Hooks that are asked here tell nobody what they find.
 */
export const isPlain = (given: Json, element: CompiledElement, run: Run): boolean => {
  let look = looks.get(element);
  if (!look) looks.set(element, (look = lookAtElement(element)));
  run.depth = 0;
  run.noted = false;
  run.isLooking = true;
  const plain = look(given, run);
  run.isLooking = false;
  return plain && !run.noted;
};

/** What lies deeper is read part by part: else each level of a deep record would be looked at once for every level above. */
const DEEPEST = 8;

// One closure for each element and type that was met, made from the tables: what they say is not asked again for each value.
const looks = new Map<CompiledElement, Look>();
const looksAtTypes = new Map<CompiledType, Look>();

const lookAtType = (type: CompiledType): Look => {
  let look = looksAtTypes.get(type);
  if (!look) looksAtTypes.set(type, (look = lookInside(type)));
  return look;
};

/** What is bound, contained or a narrative is always read. */
const lookAtElement = (element: CompiledElement): Look => {
  const { type, bound } = element;
  if (bound || type === 'Resource' || type === 'Narrative') return () => false;
  const look = lookAtType(element.inner());
  return type === 'Reference' ? (value, run) => look(value, run) && isPlainReference(value as Json, element) : look;
};

interface Part {
  readonly look: Look;
  readonly of: string | undefined;
  readonly isRequired: boolean;
}

const lookInside = (type: CompiledType): Look => {
  const parts = new Map([...type.elements].map(([key, it]) => [key, partOf(it, type.name)]));
  const { name } = type;
  const needed = type.required.length;
  return (value, run) => {
    const given = value as Json;
    let choice: string | undefined;
    let required = 0;
    let empty = true;
    for (const key in given) {
      const part = parts.get(key);
      if (!part?.look(given[key], run)) return false;
      if (part.of !== undefined) {
        if (part.of === choice) return false;
        choice = part.of;
      }
      if (part.isRequired) required += 1;
      empty = false;
    }
    if (empty || required < needed) return false;
    return name === 'Extension' ? isWhole(given, choice) : isHeld(given, type);
  };
};

const partOf = (element: CompiledElement, host: string): Part => {
  const one = element.isSound ?? lookAtValue(element, host);
  return { look: element.many ? lookAtEach(one) : one, of: element.of, isRequired: element.isRequired };
};

const lookAtEach =
  (one: Look): Look =>
  (value, run) => {
    if (!Array.isArray(value) || value.length === 0) return false;
    for (const it of value as readonly unknown[]) if (!one(it, run)) return false;
    return true;
  };

const lookAtValue = (element: CompiledElement, host: string): Look => {
  // Types hold each other: what is inside is made when first met.
  let inside: Look | undefined;
  return (value, run) => {
    if (!isObject(value) || run.depth >= DEEPEST) return false;
    const hook = element.hook && (run.dialect[element.hook] as Hook<Json | readonly Json[]> | undefined);
    if (hook && hook(value, host, run.note) !== value) return false;
    inside ??= lookAtElement(element);
    run.depth += 1;
    const plain = inside(value, run);
    run.depth -= 1;
    return plain;
  };
};

/** ext-1: a url, and a value or extensions. */
const isWhole = ({ url, extension }: Json, choice: string | undefined): boolean =>
  typeof url === 'string' && (choice === undefined) !== (extension === undefined);

const LOCAL = /^[A-Z][A-Za-z]+\/[^/\s]+$/;

/** A reference to a type that may stand there, or one that names nothing but words or an identifier. */
const isPlainReference = ({ reference, type }: Json, { targets }: CompiledElement): boolean => {
  if (type !== undefined) return false;
  if (reference === undefined) return true;
  if (typeof reference !== 'string' || !LOCAL.test(reference)) return false;
  if (!targets) return true;
  for (const it of targets) if (reference.startsWith(it) && reference[it.length] === '/') return true;
  return false;
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
