import type {
  Search,
  SearchCapabilityStatement,
  SearchEntry,
  SearchResult,
  TypeSearchRequest,
} from 'fhir-works-on-aws-interface';
import { InvalidSearchParameterError } from 'fhir-works-on-aws-interface/lib/errors/InvalidSearchParameterError.js';
import type { Call } from '../adapter/index.ts';
import { type Bundle, FaultError, SYSTEM } from '../fhir/index.ts';
import type { Pairs } from '../search/request/pairs.ts';
import { servedBy } from '../search/ask/plan.ts';
import { createSearchReader } from '../search/request/read-search.ts';
import { servedType } from '../search/request/served-type.ts';
import { createSearch, type SearchDeps } from '../search/search.ts';
import { authorise } from './access.ts';
import { notAllowed, successful, translating, withoutTenant } from './errors.ts';
import { pairsOf } from './query.ts';

export interface SearchService extends SearchDeps {
  readonly callOf: () => Call;
  readonly uuid: () => string;
  readonly capabilities: () => SearchCapabilityStatement;
}

/** Our search as FHIR Works knows one. Its answers carry the ledger as their last entry, and a summary of it as message. */
export const createSearchService = ({ callOf, uuid, capabilities, ...deps }: SearchService): Search => {
  const search = createSearch(deps);
  const served = servedBy(deps.sources.all);
  const readSearch = createSearchReader(deps);
  const read = (resourceType: string, pairs: Pairs, base: string) =>
    readSearch(servedType(resourceType, served), pairs, { handling: 'strict', base });

  return {
    typeSearch: (asked) =>
      translating({ interaction: 'search', resourceType: asked.resourceType }, async () => {
        withoutTenant(asked);
        const request = read(asked.resourceType, pairsOf(asked.queryParams), asked.baseUrl);
        authorise(request, asked);
        // The number of results is one that FHIR Works cannot leave out.
        const counted = { ...request, shape: { ...request.shape, total: 'accurate' as const } };
        const options = { base: asked.baseUrl, completeness: 'lenient' as const };
        return { result: toResult(successful<Bundle>(await search(counted, options, callOf())), asked, uuid) };
      }),
    globalSearch: notAllowed('A search is about one type of resource.'),
    getCapabilities: () => Promise.resolve(capabilities()),
    validateSubscriptionSearchCriteria: (criteria) => {
      const [, type = '', query = ''] = /^\/?([^?/]*)\?(.*)$/s.exec(criteria) ?? [];
      try {
        read(type, [...new URLSearchParams(query)], '');
      } catch (error) {
        if (error instanceof FaultError) throw new InvalidSearchParameterError(error.message);
        throw error;
      }
    },
  };
};

const toResult = ({ total, entry = [], link = [], meta }: Bundle, asked: TypeSearchRequest, uuid: () => string) => {
  const linkOf = (relation: string): string | undefined => link.find((it) => it.relation === relation)?.url;
  const first = linkOf('first');
  const next = linkOf('next');
  const completeness = meta?.tag?.find((it) => it.system === SYSTEM.completeness)?.code ?? 'unknown';
  return {
    numberOfResults: total ?? 0,
    entries: entry.flatMap(({ fullUrl, resource, search }): SearchEntry[] => {
      const mode = search?.mode ?? 'match';
      if (mode === 'include' && !asked.allowedResourceTypes.includes(resource?.resourceType ?? '')) return [];
      // The ledger is nobody's to read again, and FHIR Works knows no entry without a URL.
      return [{ fullUrl: fullUrl ?? `urn:uuid:${uuid()}`, resource, search: { mode } }];
    }),
    message: `The answer is ${completeness}; its last entry accounts for each source.`,
    ...(first !== undefined && { firstResultUrl: first }),
    ...(next !== undefined && { nextResultUrl: next }),
  } satisfies SearchResult;
};
