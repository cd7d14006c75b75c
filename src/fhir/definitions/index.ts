import r4 from './r4.json' with { type: 'json' };
import searchParameters from './search-parameters.json' with { type: 'json' };
import type { ResourceType } from '../types.ts';

/** One element of a type, choices already spelt out: `valueQuantity` has `of: 'value'`. */
export interface ElementDefinition {
  readonly type: string;
  readonly min?: 1;
  readonly many?: 1;
  readonly of?: string;
  /** Set for what `_summary=true` holds, on resources alone. */
  readonly summary?: 1;
  /** Set for what changes the meaning of the rest, on resources alone. */
  readonly modifier?: 1;
  /** Key into {@link requiredCodes}: a required binding. */
  readonly codes?: string;
  readonly targets?: readonly string[];
}

/** One search parameter of a type, as FHIR R4 defines it. */
export interface SearchParameter {
  readonly type: 'token' | 'date' | 'string' | 'reference' | 'number' | 'quantity' | 'uri' | 'composite' | 'special';
  readonly expression: string;
  readonly targets?: readonly string[];
  /** The parts of a composite: the code of each part's own parameter, and its path below the composite's. */
  readonly components?: readonly { readonly code: string; readonly expression: string }[];
}

const types = r4.types as unknown as Readonly<Record<string, Readonly<Record<string, ElementDefinition>>>>;
/** The resource types that a record can hold; conformance resources are left out. */
export const RESOURCE_TYPES = r4.resources as readonly ResourceType[];
const resources: ReadonlySet<string> = new Set(RESOURCE_TYPES);
const codes = r4.codes as unknown as Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
const parameters = searchParameters as unknown as Readonly<Record<string, Readonly<Record<string, SearchParameter>>>>;

/** The elements of a resource type, data type or backbone element (`Observation.component`), in their order. */
export const elementsOf = (type: string): Readonly<Record<string, ElementDefinition>> | undefined => types[type];

/** True for an element that XML holds as an attribute or as XHTML: it has no id and no extensions of its own. */
export const isBare = (owner: string, name: string, type: string): boolean =>
  (name === 'id' && type === 'string') || (name === 'url' && owner === 'Extension') || type === 'xhtml';

/** True for one of {@link RESOURCE_TYPES}. */
export const isResourceType = (name: unknown): name is ResourceType => typeof name === 'string' && resources.has(name);

/** The codes of a required binding, by system. */
export const requiredCodes = (key: string): Readonly<Record<string, readonly string[]>> => codes[key] ?? {};

/** The element in which a type of the patient compartment names its patient. */
export const patientElement = (type: string): string | undefined =>
  (r4.patient as Readonly<Record<string, string>>)[type];

/** The search parameters of each type, those of every resource included. */
const byType: ReadonlyMap<string, Readonly<Record<string, SearchParameter>>> = new Map(
  RESOURCE_TYPES.map((type) => [type, { ...parameters['Resource'], ...parameters[type] }]),
);

/** The search parameters of a type, those of every resource included. */
export const searchParametersOf = (type: ResourceType): Readonly<Record<string, SearchParameter>> =>
  byType.get(type) ?? {};
