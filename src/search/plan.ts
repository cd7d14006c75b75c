import type { SourceQuery } from '../adapter/index.ts';
import type { ResourceType } from '../fhir/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { SearchRequest } from './request.ts';
import { includedTypes } from './shape.ts';

/**
 * What will be asked of one source: pure data. The first query is for the searched type, the others for what chains and
 * includes need; a source that cannot hold the type is planned and not asked.
 */
export interface Step {
  readonly source: ConfiguredSource;
  readonly queries: readonly SourceQuery[];
}

export interface Plan {
  /** The searched type and all that chains and includes need at hand. */
  readonly types: ReadonlySet<ResourceType>;
  readonly steps: readonly Step[];
}

const PAGE_SIZE = 200;

/** Plans a search: every configured source gets a step, so that none can go unmentioned. */
export const planSearch = (request: SearchRequest, sources: readonly ConfiguredSource[]): Plan => {
  const { type, criteria, shape } = request;
  const served = new Set(sources.flatMap((it) => Object.keys(it.capabilities.types) as ResourceType[]));
  const types = new Set([type, ...criteria.flatMap((it) => it.types), ...includedTypes(type, shape.includes, served)]);
  return { types, steps: sources.map((source) => ({ source, queries: queriesFor(source, request, types) })) };
};

const queriesFor = (
  { capabilities }: ConfiguredSource,
  { type, patient, filters }: SearchRequest,
  types: ReadonlySet<ResourceType>,
): readonly SourceQuery[] => {
  const { scope, types: held } = capabilities;
  if (!held[type]?.search) return [];
  if (scope === 'record') {
    return [{ patient, types: Object.keys(held) as ResourceType[], filters: [], count: PAGE_SIZE }];
  }
  return [...types]
    .filter((it) => held[it]?.search)
    .map((it) => ({
      patient,
      types: [it],
      filters: it === type ? filters.filter(({ code }) => held[it]?.search?.[code] !== undefined) : [],
      count: PAGE_SIZE,
    }));
};
