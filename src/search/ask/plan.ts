import type { Filter, SourceQuery } from '../../adapter/index.ts';
import type { NhsNumber, ResourceType } from '../../fhir/index.ts';
import { LINKED_THROUGH } from '../../link/through.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import { includableTypes } from '../request/include-parameter.ts';
import type { SearchRequest } from '../request/request.ts';

/**
 * What will be asked of one source: pure data. The first query is for the searched type, the others for what chains and
 * includes need; a source that cannot hold the type is planned and not asked, or for its Patient alone.
 */
export interface Step {
  readonly source: ConfiguredSource;
  readonly queries: readonly SourceQuery[];
}

export interface Plan {
  /** The searched type and all that chains and includes need at hand. */
  readonly types: ReadonlySet<ResourceType>;
  /** Those that are mapped, of whatever comes: beside them what links look into, and Patients, by whom the gate judges. */
  readonly mapped: ReadonlySet<ResourceType>;
  readonly steps: readonly Step[];
}

const PAGE_SIZE = 200;

/** The types that at least one source holds. */
export const servedBy = (sources: readonly ConfiguredSource[]): ReadonlySet<ResourceType> =>
  new Set(sources.flatMap((it) => Object.keys(it.capabilities.types) as ResourceType[]));

/**
 * Plans a search: every configured source gets a step, so that none can go unmentioned.
 * @param withPatient asks each source for its Patient as well: who is traced is compared with it.
 */
export const planSearch = (
  request: SearchRequest,
  sources: readonly ConfiguredSource[],
  { withPatient }: { readonly withPatient: boolean } = { withPatient: false },
): Plan => {
  const { type, criteria, shape } = request;
  const served = servedBy(sources);
  const others = [
    ...criteria.flatMap((it) => it.types),
    ...shape.includes.flatMap((it) => includableTypes(type, it, served)),
  ];
  // A source that filters the type would keep back what chains and includes of the same type look for.
  const pushes = type !== 'Patient' && !others.includes(type);
  const types = new Set([type, ...others, ...(withPatient ? (['Patient'] as const) : [])]);
  const wanted = { ...request, types, filters: pushes ? request.filters : [] };
  return {
    types,
    mapped: new Set([...types, ...(LINKED_THROUGH[type] ?? []), 'Patient']),
    steps: sources.map((source) => ({ source, queries: queriesFor(source, wanted) })),
  };
};

/** False where an earlier answer holds what the source gave, and this one is to fill what that lacked. */
export const isAskedNow = ({ page }: Pick<SearchRequest, 'page'>, sourceId: string): boolean =>
  page?.only?.includes(sourceId) ?? true;

/** The types that at least one source searches. */
export const searchedBy = (sources: readonly ConfiguredSource[]): ReadonlySet<ResourceType> =>
  new Set([...servedBy(sources)].filter((type) => sources.some((it) => it.capabilities.types[type]?.search)));

/**
 * Plans asking for many types at once: a `record` source gets one step for all of them, a `type` source one for each, so
 * that what one search misses is known by its type.
 */
export const planRecord = (
  { patient, types }: { readonly patient: NhsNumber; readonly types: readonly ResourceType[] },
  sources: readonly ConfiguredSource[],
): Plan => ({
  types: new Set(types),
  mapped: new Set([...types, 'Patient']),
  steps: sources.flatMap((source): readonly Step[] => {
    const { scope, types: held } = source.capabilities;
    const searched = types.filter((it) => held[it]?.search);
    const query = { patient, filters: [], count: PAGE_SIZE };
    if (scope === 'type') return searched.map((it) => ({ source, queries: [{ ...query, types: [it] }] }));
    return searched.length === 0
      ? []
      : [{ source, queries: [{ ...query, types: Object.keys(held) as ResourceType[] }] }];
  }),
});

interface Wanted extends Pick<SearchRequest, 'type' | 'patient' | 'page'> {
  readonly types: ReadonlySet<ResourceType>;
  readonly filters: readonly Filter[];
}

const queriesFor = (
  { id, capabilities }: ConfiguredSource,
  { type, patient, types, filters, page }: Wanted,
): readonly SourceQuery[] => {
  const { scope, types: held } = capabilities;
  // The patient that an answer shows is made from every source's.
  const asked =
    held[type]?.search && isAskedNow({ page }, id) ? [...types] : types.has('Patient') ? (['Patient'] as const) : [];
  const searched = asked.filter((it) => held[it]?.search);
  if (searched.length === 0) return [];
  const query = { patient, filters: [], count: PAGE_SIZE };
  if (scope === 'record') return [{ ...query, types: Object.keys(held) as ResourceType[] }];
  return searched.map((it) => ({
    ...query,
    types: [it],
    filters: it === type ? filters.filter(({ code }) => held[it]?.search?.[code] !== undefined) : [],
  }));
};
