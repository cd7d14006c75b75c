import type { Answer, Call, SourceError, SourceQuery } from '../adapter/index.ts';
import { type Asking, ask } from '../sources/ask.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { Plan } from './plan.ts';

/** What one source did: answered, failed, or was not asked. */
export type Result = { readonly source: ConfiguredSource } & (
  | { readonly outcome: 'not-asked' }
  | { readonly outcome: 'failed'; readonly error: SourceError; readonly fetchedAt: number; readonly latencyMs: number }
  | { readonly outcome: 'answered'; readonly answer: Drained; readonly fetchedAt: number; readonly latencyMs: number }
);

/** All pages of one answer. */
export interface Drained extends Answer {
  readonly patientIds: readonly string[];
  /** True where the cap was reached before the end. */
  readonly capped: boolean;
}

export interface FanOut extends Asking {
  readonly maxRecords: number;
}

/** Asks every planned source at once, each page by page to its end. Never throws: a failed source is a value. */
export const fanOut = ({ steps }: Plan, deps: FanOut, call: Call): Promise<readonly Result[]> =>
  Promise.all(
    steps.map(async ({ source, query }): Promise<Result> => {
      if (!query) return { source, outcome: 'not-asked' };
      const asked = await ask(source, (own) => drain(source, query, { ...deps, call: own }), { ...deps, call });
      const { fetchedAt, latencyMs } = asked;
      if ('error' in asked) return { source, outcome: 'failed', error: asked.error, fetchedAt, latencyMs };
      const { value: answer } = asked;
      const { correlationId } = call;
      deps.log.info('source.answered', {
        correlationId,
        sourceId: source.id,
        records: answer.records.length,
        ms: latencyMs,
      });
      return { source, outcome: 'answered', answer, fetchedAt, latencyMs };
    }),
  );

const drain = async (
  { source }: ConfiguredSource,
  query: SourceQuery,
  { maxRecords, call }: FanOut & { readonly call: Call },
): Promise<Drained> => {
  const records: Answer['records'][number][] = [];
  const warnings: NonNullable<Answer['warnings']>[number][] = [];
  const issues: NonNullable<Answer['issues']>[number][] = [];
  const patientIds = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await (source.search as NonNullable<typeof source.search>)(
      cursor === undefined ? query : { ...query, cursor },
      call,
    );
    for (const record of page.records) records.push(record);
    warnings.push(...(page.warnings ?? []));
    issues.push(...(page.issues ?? []));
    page.patientIds?.forEach((it) => patientIds.add(it));
    cursor = page.next;
  } while (cursor !== undefined && records.length < maxRecords);
  const capped = cursor !== undefined || records.length > maxRecords;
  return {
    records: capped ? records.slice(0, maxRecords) : records,
    warnings,
    issues,
    patientIds: [...patientIds],
    capped,
  };
};
