import { type ElementDefinition, elementsOf } from '../../fhir/definitions/index.ts';

/** A FHIRPath that only steps down from a type, read: which keys each step looks under, and what stands at its end. */
export interface Path {
  readonly steps: readonly (readonly string[])[];
  /** The elements that the last step may reach. */
  readonly ends: readonly ElementDefinition[];
  /** What one member of each value must be. */
  readonly where?: { readonly member: string; readonly is: string };
}

/** `Type.a.b`, `(Type.a as X).b`, `Type.a.as(X)`, or without the type where it is given; any of them with `.where(c='d')`. */
const SIMPLE =
  /^(?:\((?<cast>[A-Za-z]\w*(?:\.[a-z]\w*)*) as (?<castTo>\w+)\)(?<rest>(?:\.[a-z]\w*)*)|(?<plain>[A-Za-z]\w*(?:\.[a-z]\w*)*?)(?:\.as\((?<asTo>\w+)\))?)(?:\.where\((?<member>[a-z]\w*)='(?<is>[\w-]+)'\))?$/;

/**
 * Reads a path that needs no FHIRPath engine: nearly every search parameter has one, and they are walked many times faster.
 * @param base the type of the node it starts from, where the path does not name it: `Observation.component`.
 * @returns undefined for any other expression, or a step that FHIR R4 does not have.
 */
export const readPath = (expression: string, base?: string): Path | undefined => {
  const { cast, castTo, rest = '', plain, asTo, member, is } = SIMPLE.exec(expression)?.groups ?? {};
  const written = cast ?? plain;
  if (written === undefined) return undefined;
  const names = `${written}${rest}`.split('.');
  const start = base ?? names.shift();
  if (start === undefined || !(start === 'Resource' || elementsOf(start))) return undefined;
  const only = castTo ?? asTo;
  const chosen = names.length - rest.split('.').length;
  let types: readonly string[] = [start === 'Resource' ? 'DomainResource' : start];
  let ends: readonly ElementDefinition[] = [];
  const steps: (readonly string[])[] = [];
  for (const [at, name] of names.entries()) {
    const found = types.flatMap((type) => namesake(type, name));
    const kept = only !== undefined && at === chosen ? found.filter(([, it]) => isType(it, only)) : found;
    if (kept.length === 0) return undefined;
    steps.push([...new Set(kept.map(([key]) => key))]);
    ends = kept.map(([, it]) => it);
    types = ends.map((it) => it.type);
  }
  if (steps.length === 0 && only !== undefined) return undefined;
  return { steps, ends, ...(member !== undefined && is !== undefined && { where: { member, is } }) };
};

/** The elements that a step means: one by that name, or every kind of a choice. */
const namesake = (type: string, name: string): readonly (readonly [string, ElementDefinition])[] =>
  Object.entries(elementsOf(type) ?? {}).filter(([key, it]) => (it.of === undefined ? key === name : it.of === name));

/** FHIR writes the type of a date and time both ways. */
const isType = ({ type }: ElementDefinition, only: string): boolean =>
  type === only || (only === 'DateTime' && type === 'dateTime');
