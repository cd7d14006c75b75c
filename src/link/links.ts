import type { Facets } from './facets.ts';
import type { Relation, Tier } from './record.ts';

/** A path on which linked records contradict each other, and what each source says there. */
export interface Conflict {
  readonly path: string;
  readonly values: readonly { readonly source: string; readonly value: string }[];
}

/** What is claimed of two or more records, and on what grounds. Members are in a fixed order. */
export interface Link {
  readonly tier: Tier;
  readonly relation: Relation;
  /** The id of the one rule that it rests on. */
  readonly rule: string;
  readonly members: readonly Facets[];
  readonly reasons: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** What the members have in common, for the group's id: never shown. */
  readonly key: string;
}

/** Links that rest on an exact key or identifier are groups of any size, all others are pairs. */
export interface Linked {
  readonly groups: readonly Link[];
  readonly pairs: readonly Link[];
  /** True where so many records were alike that some pairs of them were not looked for. */
  readonly crowded: boolean;
}
