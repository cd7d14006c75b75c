import type { AdapterDefinition, ValueRule } from '../adapter/index.ts';

/** What became of one value that a source sent. */
export type Fate =
  | 'carried' // it stands in the output, because it stood here
  | 'translated' // it decides values of the output that are written otherwise: a code's R4 name, a reference
  | 'reported' // an issue tells of it
  | 'by-rule' // left out by a row of the adapter's `notCarried`
  | 'unaccounted';

export interface Value {
  /** Without indexes, from the record's kind: `Observation.comment`. */
  readonly path: string;
  readonly value: string;
  readonly fate: Fate;
  /** The paths in the output where it, or what it decides, stands. */
  readonly to: readonly string[];
  readonly rule?: ValueRule;
}

/** A value of the output that no value of the input stands behind. */
export interface Addition {
  readonly path: string;
  readonly value: string;
  /** The row of the adapter's `added` that says why; without one it is invented. */
  readonly rule?: ValueRule;
}

export interface Account {
  readonly values: readonly Value[];
  readonly additions: readonly Addition[];
}

/** The parts of an adapter that turn an answer into UK Core. */
export type Accountable = Pick<AdapterDefinition, 'split' | 'map' | 'notCarried' | 'added'>;
