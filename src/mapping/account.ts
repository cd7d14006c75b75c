import type { AdapterDefinition, ValueRule } from '../adapter/index.ts';
import { accountRecord } from './account-record.ts';
import { accountSplit } from './account-split.ts';

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

/**
 * Accounts for every value of one raw answer. Nothing is compared by looking a string up: each value in turn is taken
 * out of its record, and another put in its place, the record is mapped again, and what the output loses is what that
 * value had put there. In the same way it is seen which values never reach a record, or a warning, when the answer is
 * cut.
 */
export const accountFor = (adapter: Accountable, raw: unknown): Account => {
  const answer = adapter.split(raw);
  const parts = [
    accountSplit(adapter, raw, answer),
    ...answer.records.map((_, at) => accountRecord(adapter, answer, at)),
  ];
  return { values: parts.flatMap((it) => it.values), additions: parts.flatMap((it) => it.additions) };
};
