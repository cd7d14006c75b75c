/* eslint max-params: ['error', 4] -- the walk hands on its facts without an object per value: it is the hot path */
import type { Place } from './conform-place.ts';
import type { CompiledElement, CompiledType } from './definitions/compiled.ts';
import type { Hook } from './dialect.ts';
import { isObject, type Json } from './types.ts';

type Run = Place['run'];

/**
 * Tells whether an object is of its type as it came, and all that it holds: sound primitives, one of each choice, all that is
 * required, no invariant broken, nothing that the dialect writes otherwise. Such an object is handed on without being read.
 * What this turns down may be sound as well. Hooks that are asked here tell nobody what they find.
 */
export const isPlain = (given: Json, element: CompiledElement, run: Run): boolean => {
  run.depth = 1;
  run.noted = false;
  const plain = isPlainObject(given, element, run);
  run.depth = 0;
  return plain && !run.noted;
};

/** What lies deeper is read part by part: else each level of a deep record would be looked at once for every level above. */
const DEEPEST = 8;

const isPlainObject = (given: Json, element: CompiledElement, run: Run): boolean => {
  const { type: name, bound } = element;
  if (bound || name === 'Resource' || name === 'Narrative' || run.depth > DEEPEST) return false;
  const type = element.inner();
  let choice: string | undefined;
  let empty = true;
  for (const key in given) {
    const part = type.elements.get(key);
    if (part === undefined || (part.of !== undefined && part.of === choice)) return false;
    if (!isPlainPart(given[key], part, name, run)) return false;
    choice = part.of ?? choice;
    empty = false;
  }
  if (empty || !hasRequired(given, type)) return false;
  if (name === 'Extension') return isWhole(given, choice);
  if (name === 'Reference') return isPlainReference(given, element);
  return isHeld(given, type);
};

const isPlainPart = (value: unknown, part: CompiledElement, host: string, run: Run): boolean => {
  if (!part.many) return isPlainValue(value, part, host, run);
  if (!Array.isArray(value) || value.length === 0) return false;
  for (const one of value as readonly unknown[]) if (!isPlainValue(one, part, host, run)) return false;
  return true;
};

const isPlainValue = (value: unknown, part: CompiledElement, host: string, run: Run): boolean => {
  if (part.isSound) return part.isSound(value);
  if (!isObject(value)) return false;
  const hook = part.hook && (run.dialect[part.hook] as Hook<Json | readonly Json[]> | undefined);
  if (hook && !isUnchanged(hook(value, host, run.note), value)) return false;
  run.depth += 1;
  const plain = isPlainObject(value, part, run);
  run.depth -= 1;
  return plain;
};

/** True where a translation of a value is the value itself. */
export const isUnchanged = (translated: Json | readonly Json[], value: Json): boolean =>
  Array.isArray(translated) ? translated.length === 1 && translated[0] === value : translated === value;

const hasRequired = (given: Json, { required }: CompiledType): boolean => {
  for (const { name } of required) if (given[name] === undefined) return false;
  return true;
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
  return targets === undefined || targets.includes(reference.slice(0, reference.indexOf('/')));
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
