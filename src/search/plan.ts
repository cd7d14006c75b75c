import type { Filter, SourceQuery } from '../adapter/index.ts';
import type { ResourceType } from '../fhir/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { SearchRequest } from './request.ts';

/** What will be asked of one source: pure data. A source that cannot hold the type is planned and not asked. */
export interface Step {
  readonly source: ConfiguredSource;
  readonly query: SourceQuery | undefined;
}

export interface Plan {
  readonly type: ResourceType;
  readonly steps: readonly Step[];
  /** The filters that we apply to what comes back, whoever applied them before: an `exact` source loses nothing by it. */
  readonly residual: readonly Filter[];
}

const PAGE_SIZE = 200;

/** Plans a search: every configured source gets a step, so that none can go unmentioned. */
export const planSearch = ({ type, patient, filters }: SearchRequest, sources: readonly ConfiguredSource[]): Plan => ({
  type,
  residual: filters,
  steps: sources.map((source) => {
    const capability = source.capabilities.types[type]?.search;
    if (!capability) return { source, query: undefined };
    const whole = source.capabilities.scope === 'record';
    return {
      source,
      query: {
        patient,
        types: whole ? (Object.keys(source.capabilities.types) as ResourceType[]) : [type],
        filters: whole ? [] : filters.filter((it) => capability[it.code] !== undefined && it.modifier === undefined),
        count: PAGE_SIZE,
      },
    };
  }),
});
