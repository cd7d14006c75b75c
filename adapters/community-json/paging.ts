import { SourceError } from '../../src/adapter/index.ts';
import { isObject } from '../../src/fhir/index.ts';
import type { Collection } from '../../mappings/community-json/index.ts';

/** A collection that is read, and its size where that is known. */
export interface Progress {
  readonly collection: Collection;
  readonly total?: number;
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
 * Checks that an answer is the page that was asked for: complete, and of a collection that has not changed its size.
 * @throws SourceError `invalid-response` where it is not.
 */
export const readPage = (
  answer: unknown,
  { page, pageSize }: PageRequest,
  { total }: Progress,
): { readonly records: readonly unknown[]; readonly total: number } => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const { totalRecords, records } = answer;
  const isPromised =
    answer['page'] === page &&
    answer['pageSize'] === pageSize &&
    Number.isInteger(totalRecords) &&
    Array.isArray(records) &&
    records.length === sizeOf(page, pageSize, Number(totalRecords)) &&
    (total === undefined || total === totalRecords);
  if (!isPromised) throw new SourceError('invalid-response');
  return { records, total: Number(totalRecords) };
};

/** The positions after one, at most so many: the sizes of all collections are known from the first page on. */
export const positionsAfter = ({ page, open }: Position, pageSize: number, most: number): readonly Position[] => {
  const rest = open.filter(({ total = 0 }) => page * pageSize < total);
  if (rest.length === 0 || most === 0) return [];
  const next = { page: page + 1, open: rest };
  return [next, ...positionsAfter(next, pageSize, most - 1)];
};

const sizeOf = (page: number, pageSize: number, total: number): number =>
  Math.min(pageSize, Math.max(0, total - (page - 1) * pageSize));
