import { FaultError, type ResourceType } from '../../fhir/index.ts';
import type { Sealer } from '../../fhir/sealed-id.ts';
import type { Sources } from '../../sources/registry.ts';
import { halfHourOf, openPage } from '../page.ts';
import type { Pairs } from './pairs.ts';
import { servedBy } from '../ask/plan.ts';
import { type ParseOptions, parseSearch, type SearchRequest } from './request.ts';

export interface SearchReading {
  readonly handling: ParseOptions['handling'];
  /** The URL of the FHIR base. */
  readonly base: string;
}

/**
 * Reads a search, or the next page of one: a token holds all of its parameters but those of the answer's form.
 * @throws FaultError 400 that names the parameter
 */
export const createSearchReader = (deps: {
  readonly sealer: Sealer;
  readonly sources: Sources;
  readonly now: () => number;
}) => {
  const served = servedBy(deps.sources.all);
  const ids = deps.sources.all.map((it) => it.id);
  return (type: ResourceType, pairs: Pairs, { handling, base }: SearchReading): SearchRequest => {
    const now = deps.now();
    const unseal = (of: string, id: string) => deps.sealer.unseal(of, id, ids);
    const options = { handling, unseal, base, served };
    const page = readPage(pairs);
    if (page === undefined) return parseSearch(type, pairs, { ...options, now: halfHourOf(now) });
    const { token, format } = page;
    const { query, since, ...rest } = openPage(deps.sealer, type, { token, now });
    return parseSearch(type, [...query, ...format], { ...options, now: since, page: { token, ...rest } });
  };
};

/**
 * The page token among some parameters, and those of the answer's form; undefined where there is none.
 * @throws FaultError 400 for a token with other parameters beside it
 */
export const readPage = (pairs: Pairs): { readonly token: string; readonly format: Pairs } | undefined => {
  const token = pairs.find(([name]) => name === '_page')?.[1];
  if (token === undefined) return undefined;
  const format = pairs.filter(([name]) => name === '_format' || name === '_pretty');
  if (pairs.length > format.length + 1)
    throw new FaultError('invalid', 'A page token holds all parameters; no others stand beside it.', '_page');
  return { token, format };
};
