import type { Json } from './types.ts';

/** What a source record had that valid R4 cannot hold as it was. Nothing is lost: the value stands in an extension. */
export type FindingCode =
  | 'unknown-element' // no such element in R4
  | 'invalid-value' // no form R4 allows; kept as text
  | 'reduced-precision' // a time without a zone or seconds; its day is emitted, the text kept
  | 'repaired-form' // the right value in the wrong JSON form: "true", "12"
  | 'aliased-system' // a code or identifier system in another spelling, or one that another has taken over
  | 'single-expected' // several values where R4 has one; the first is emitted, the others kept
  | 'unknown-code' // a code outside a required binding; kept as text
  | 'missing-required' // data-absent-reason stands in
  | 'reference-target' // a reference to a type that R4 does not allow there; kept
  | 'unresolved-reference' // leads to nothing that the answer holds; identifier and display are kept
  | 'foreign-link' // an address at another system; never passed on
  | 'unsafe-narrative' // script or markup that FHIR forbids; kept as text
  | 'invariant'; // valid alone, not together: kept in an extension

export interface Finding {
  readonly code: FindingCode;
  /** FHIRPath of the element, without values. */
  readonly path: string;
}

export type Report = (finding: Finding) => void;

/**
 * How a dialect writes one data type. Pure, and asked more than once: a value that it hands back as it came is sound.
 * @param host the type that holds the value: `Patient`, `Coding`, `Observation.component`.
 * @param note reports a finding at the value, or at an element of it.
 */
export type Hook<T = Json> = (value: Json, host: string, note: Note) => T;
/** @param once what is told of a resource no more than once, be it found in many places. */
export type Note = (code: FindingCode, element?: string, once?: string) => void;

/**
 * How one dialect writes what R4 writes otherwise: called on every value of a data type, wherever it stands. A modifier
 * extension is nobody's to translate: what it modifies must not be read without it.
 */
export interface Dialect {
  readonly Extension?: Hook<Json | readonly Json[]>;
  readonly Coding?: Hook;
  readonly CodeableConcept?: Hook;
  readonly Identifier?: Hook;
  readonly Reference?: Hook;
  readonly Quantity?: Hook;
  readonly Age?: Hook;
  readonly Duration?: Hook;
  readonly Attachment?: Hook;
}
