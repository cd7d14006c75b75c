import type { Json } from '../fhir/index.ts';

/** One record of a source, as linking sees it. Its references mean something only within its source. */
export interface LinkRecord {
  readonly source: string;
  /** The configured rank of its source: the first is 0. Used for labels only. */
  readonly rank: number;
  /** Whose record it is: records of different people are never compared. */
  readonly person: string;
  readonly type: string;
  readonly id: string;
  readonly resource: Json;
  /** What a reference in the record leads to, within its source. */
  readonly follow: (reference: unknown) => Json | undefined;
}

/** How sure a link is. T0 same record, T1 same fact by exact key, T2 probably the same fact, T3 related. */
export type Tier = 'T0' | 'T1' | 'T2' | 'T3';

export type Relation = 'same-record' | 'same-fact' | 'same-therapy' | 'related';

/** What a record is known by within one answer. */
export const recordKey = ({ source, type, id }: Pick<LinkRecord, 'source' | 'type' | 'id'>): string =>
  `${source} ${type}/${id}`;

/** Text order that is the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
