import { type Answer, type Call, SourceError, type SourceQuery } from '../../adapter/index.ts';
import { mapOnce } from '../../mapping/map-once.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import type { Drained } from './drained.ts';
import { createPages } from './pages.ts';

/** Pages of one answer that are followed, also where they hold nothing. */
const MAX_PAGES = 1000;

/**
 * One answer of a source, page by page to its end or to a cap, each page by the `next` of the one before.
 * @throws SourceError of a page that the walk comes to; `invalid-response` where pages lead in a circle, or one repeats
 * another that must not.
 */
export const drain = async (
  { source, adapter, guard }: Pick<ConfiguredSource, 'source' | 'adapter' | 'guard'>,
  query: SourceQuery,
  { maxRecords, call }: { readonly maxRecords: number; readonly call: Call },
): Promise<Drained> => {
  const records: Answer['records'][number][] = [];
  const warnings: NonNullable<Answer['warnings']>[number][] = [];
  const issues: NonNullable<Answer['issues']>[number][] = [];
  const patientIds = new Set<string>();
  const seen = new Set<string>();
  const repeats = createRepeats();
  const pages = createPages(source.search as NonNullable<typeof source.search>, query, { guard, call });
  let cursor: string | undefined;
  let ahead: readonly string[] = [];
  try {
    do {
      const page = await pages.take(cursor, ahead);
      if (page.distinct && repeats(page)) throw new SourceError('invalid-response');
      for (const record of page.records) records.push(record);
      for (const it of page.warnings ?? []) warnings.push(it);
      for (const it of page.issues ?? []) issues.push(it);
      page.patientIds?.forEach((it) => patientIds.add(it));
      cursor = page.next;
      if (cursor !== undefined && seen.has(cursor)) throw new SourceError('invalid-response');
      if (cursor !== undefined) seen.add(cursor);
      // As many pages as the walk may still come to, should they be as long as this one.
      const left = Math.min(MAX_PAGES - seen.size, Math.ceil((maxRecords - records.length) / page.records.length));
      ahead = page.ahead?.slice(0, Math.max(0, left - 1)) ?? [];
    } while (cursor !== undefined && records.length < maxRecords && seen.size < MAX_PAGES);
  } finally {
    pages.letGo();
  }
  const partial = cursor !== undefined || records.length > maxRecords;
  return {
    records: partial ? records.slice(0, maxRecords) : records,
    warnings,
    issues,
    patientIds: [...patientIds],
    partial,
    map: mapOnce(adapter.map),
  };
};

/** Tells of each page whether it holds a record of one before. */
const createRepeats = (): ((page: Answer) => boolean) => {
  const before = new Set<string>();
  return ({ records }) => {
    const own = records.map((it) => `${it.kind} ${it.id}`);
    const repeats = own.some((it) => before.has(it));
    own.forEach((it) => before.add(it));
    return repeats;
  };
};
