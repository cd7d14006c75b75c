import type { CompiledElement, CompiledType } from './definitions/compiled.ts';
import type { Json } from './types.ts';

/**
 * Tells whether an object is of its type as it came: nothing inside it but sound primitives, one of each choice, all that is
 * required, no invariant broken. Such an object is handed on without being read. What this turns down may be sound as well.
 */
export const isPlain = (given: Json, element: CompiledElement): boolean => {
  const { type: name, bound } = element;
  if (bound || name === 'Resource' || name === 'Narrative') return false;
  const type = element.inner();
  let choice: string | undefined;
  let empty = true;
  for (const key in given) {
    const part = type.elements.get(key);
    if (!part?.isSound?.(given[key]) || part.many || (part.of !== undefined && part.of === choice)) return false;
    choice = part.of ?? choice;
    empty = false;
  }
  if (empty || !hasRequired(given, type)) return false;
  if (name === 'Extension') return choice !== undefined && typeof given['url'] === 'string';
  if (name === 'Reference') return isPlainReference(given, element);
  return type.invariant === undefined || holds(given, type);
};

const hasRequired = (given: Json, { required }: CompiledType): boolean => {
  for (const { name } of required) if (given[name] === undefined) return false;
  return true;
};

const LOCAL = /^([A-Z][A-Za-z]+)\/[^/\s]+$/;

/** A reference to a type that may stand there, or one that names nothing but words or an identifier. */
const isPlainReference = ({ reference, type }: Json, { targets }: CompiledElement): boolean => {
  if (type !== undefined) return false;
  if (reference === undefined) return true;
  const target = typeof reference === 'string' ? LOCAL.exec(reference)?.[1] : undefined;
  return target !== undefined && (targets?.includes(target) ?? true);
};

let broken = false;
const noticing = {
  move: (): void => void (broken = true),
  absent: (): void => void (broken = true),
};

const holds = (given: Json, { invariant }: CompiledType): boolean => {
  broken = false;
  invariant?.(given, noticing);
  return !broken;
};
