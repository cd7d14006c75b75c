import { SourceError } from '../../src/adapter/index.ts';
import { isObject } from '../../src/fhir/index.ts';
import type { Collection } from '../../mappings/community-json/index.ts';

/** How far one collection has been read: its size, and the last page's first entry. */
export interface Progress {
  readonly collection: Collection;
  readonly total?: number;
  readonly first?: string;
}

/** A page of ours is the same page of every collection that goes on so far. */
export interface Position {
  readonly page: number;
  readonly open: readonly Progress[];
}

export const startOf = (collections: readonly Collection[]): Position => ({
  page: 1,
  open: collections.map((collection) => ({ collection })),
});

/** The cursor is ours alone: it goes through the fan-out and comes back as it was. */
export const toCursor = (position: Position): string => JSON.stringify(position);
export const fromCursor = (cursor: string): Position => JSON.parse(cursor) as Position;

export interface PageRequest {
  readonly page: number;
  readonly pageSize: number;
}

/**
 * Checks that an answer is the page that was asked for: complete, of a collection that has not changed its size, and not
 * the last page again.
 * @throws SourceError `invalid-response` where it is not.
 */
export const readPage = (
  answer: unknown,
  { page, pageSize }: PageRequest,
  { total, first }: Progress,
): { readonly records: readonly unknown[]; readonly total: number; readonly first: string } => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const { totalRecords, records } = answer;
  const isPromised =
    answer['page'] === page &&
    answer['pageSize'] === pageSize &&
    Number.isInteger(totalRecords) &&
    Array.isArray(records) &&
    records.length === sizeOf(page, pageSize, Number(totalRecords)) &&
    (total === undefined || total === totalRecords) &&
    (first === undefined || !records.some((it) => keyOf(it) === first));
  if (!isPromised) throw new SourceError('invalid-response');
  return { records, total: Number(totalRecords), first: keyOf(records[0]) };
};

/** True where there is another page after this one. */
export const goesOn = ({ page, pageSize }: PageRequest, total: number): boolean => page * pageSize < total;

const sizeOf = (page: number, pageSize: number, total: number): number =>
  Math.min(pageSize, Math.max(0, total - (page - 1) * pageSize));

/** The ids of an entry: enough to know it again. */
const keyOf = (record: unknown): string =>
  isObject(record) ? JSON.stringify(Object.entries(record).filter(([key]) => /^[a-z]+Id$/.test(key))) : String(record);
