import type { Extension, FhirResource as AnyResource } from 'fhir/r4.js';
import { isRawNumber } from './json.ts';

/** Any FHIR R4 resource. */
export type FhirResource = AnyResource;
/** The name of an R4 resource type, such as `AllergyIntolerance`. */
export type ResourceType = FhirResource['resourceType'];
/** A FHIR JSON object whose shape is not known yet: narrowed by {@link conform} or by a mapping. */
export type Json = Readonly<Record<string, unknown>>;

export type {
  Annotation,
  Bundle,
  BundleEntry,
  CapabilityStatement,
  CodeableConcept,
  Coding,
  Extension,
  HumanName,
  Identifier,
  Meta,
  OperationOutcome,
  OperationOutcomeIssue,
  Patient,
  Period,
  Provenance,
  Quantity,
  Reference,
} from 'fhir/r4.js';

/** True for a plain JSON object: not an array, not null, not a decimal that kept its digits (asking for that is slow). */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  ((value as Json)['rawJSON'] === undefined || !isRawNumber(value));

/** The elements of an array, one value as an array of one, nothing as an empty array. */
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** The objects among {@link list}; an array of nothing else is handed back as it is. */
export const objects = (value: unknown): readonly Json[] => {
  const all = list(value);
  return all.every(isObject) ? all : all.filter(isObject);
};

/** The value if it is a non-empty string. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The first extension with this url. */
export const extensionOf = (host: unknown, url: string): Extension | undefined =>
  isObject(host) ? (objects(host['extension']).find((it) => it['url'] === url) as Extension | undefined) : undefined;
