import type { Dialect } from '../dialect.ts';
import { INVARIANTS, type Invariant } from '../invariants.ts';
import { type PrimitiveReader, primitiveReader, soundness } from '../primitives.ts';
import { type ElementDefinition, elementsOf, isBare, isResourceType, requiredCodes } from './index.ts';

/** An element with all that reading it needs at hand. */
export interface CompiledElement extends ElementDefinition {
  readonly name: string;
  /** `_name`: where JSON holds the id and extensions of a primitive. */
  readonly shadow: string;
  /** Set for primitives. */
  readonly read: PrimitiveReader | undefined;
  /** The codes of a required binding, by system. */
  readonly bound: Readonly<Record<string, readonly string[]>> | undefined;
  /** The keys under which JSON can hold it or, of a choice, any of its kind. */
  readonly keys: readonly string[];
  /** True for a primitive that has no {@link shadow}. */
  readonly bare: boolean;
  /** Tells quickly of most sound values that nothing is to be done; undefined for what is no primitive. */
  readonly isSound: ((given: unknown) => boolean) | undefined;
  /** True where a resource or data type must have it; of a choice for the first of its kinds. */
  isRequired: boolean;
  /** The hook of a dialect that translates it. What a modifier extension modifies must not be read without it. */
  readonly hook: keyof Dialect | undefined;
  /** The type of what is no primitive. */
  readonly inner: () => CompiledType;
}

export interface CompiledType {
  readonly name: string;
  readonly isResource: boolean;
  readonly elements: ReadonlyMap<string, CompiledElement>;
  readonly required: readonly CompiledElement[];
  readonly extensible: boolean;
  readonly invariant: Invariant | undefined;
}

/** The elements that UK Core requires and R4 does not. */
const UK_CORE_REQUIRED: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'code',
  Medication: 'code',
  MedicationRequest: 'substitution',
};

const HOOKED = {
  Extension: true,
  Coding: true,
  CodeableConcept: true,
  Identifier: true,
  Reference: true,
  Quantity: true,
  Age: true,
  Duration: true,
  Attachment: true,
} as const satisfies Record<keyof Dialect, true>;

const isHooked = (type: string): type is keyof Dialect => Object.hasOwn(HOOKED, type);

const compiled = new Map<string, CompiledType>();

/** The definition of a type, compiled when first asked for. A type R4 does not have has no elements. */
export const compiledType = (name: string): CompiledType => {
  const known = compiled.get(name);
  if (known) return known;
  const type = compile(name);
  compiled.set(name, type);
  return type;
};

const compile = (name: string): CompiledType => {
  const definitions = Object.entries(elementsOf(name) ?? {});
  const elements = new Map(
    definitions.map(([key, element]) => [
      key,
      {
        ...element,
        name: key,
        shadow: `_${key}`,
        read: primitiveReader(element.type),
        bound: element.codes === undefined ? undefined : requiredCodes(element.codes),
        keys: definitions
          .filter(([name, it]) => (element.of === undefined ? name === key : it.of === element.of))
          .flatMap(([name]) => [name, `_${name}`]),
        bare: isBare(name, key, element.type),
        isSound: soundnessOf(element),
        hook: key !== 'modifierExtension' && isHooked(element.type) ? element.type : undefined,
        isRequired: false,
        inner: once(() => compiledType(element.type)),
      },
    ]),
  );
  const seen = new Set<string>();
  const required = [...elements.values()].filter(({ min, of, name: key }) => {
    const fresh = (min === 1 || UK_CORE_REQUIRED[name] === key) && !seen.has(of ?? key);
    seen.add(of ?? key);
    return fresh;
  });
  // An extension without a url, or a narrative without its text, is refused whole.
  const asked = name === 'Extension' || name === 'Narrative' ? [] : required;
  for (const element of asked) element.isRequired = true;
  const isResource = isResourceType(name);
  return {
    name,
    isResource,
    elements,
    required: asked,
    extensible: name !== 'Extension' && elements.has('extension'),
    invariant: INVARIANTS[name],
  };
};

/** One memory of sound values serves all elements of a type; a binding adds its codes. */
const soundByType = new Map<string, (given: unknown) => boolean>();

const soundnessOf = ({ type, codes }: ElementDefinition): ((given: unknown) => boolean) | undefined => {
  if (!primitiveReader(type)) return undefined;
  let isSound = soundByType.get(type);
  if (!isSound) soundByType.set(type, (isSound = soundness(type)));
  if (codes === undefined) return isSound;
  const known: ReadonlySet<unknown> = new Set(Object.values(requiredCodes(codes)).flat());
  return (given) => known.has(given);
};

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};
