import {
  type Bundle,
  type BundleEntry,
  type FhirResource,
  MISSING_LINK,
  type OperationOutcome,
  type ResourceType,
  SYSTEM,
  ukCoreProfile,
} from '../fhir/index.ts';
import type { Person } from '../identity/person.ts';
import { type Contribution, didAnswer, isComplete } from './contribution.ts';
import type { Pairs } from './request/pairs.ts';
import type { SearchRequest } from './request/request.ts';

/** Whether an answer holds all that was asked for; `unknown` where it could not be found out who the patient is. */
export type Completeness = 'complete' | 'partial' | 'unknown';

/** Complete where every source that could hold the type gave all that it has, about a person who is known. */
export const completenessOf = (contributions: readonly Contribution[], person?: Person): Completeness => {
  if (person?.whereabouts === 'unknown') return 'unknown';
  return contributions.every(isComplete) ? 'complete' : 'partial';
};

/** True where at least one source that can hold one of the types answered. */
export const anyAnswered = (contributions: readonly Contribution[], types: readonly ResourceType[]): boolean =>
  contributions.some((it) => didAnswer(it) && types.some((type) => it.source.capabilities.types[type] !== undefined));

/** True where a part of the answer is missing that the caller, or the configuration, does not want to go without. */
export const mustBeWhole = (
  contributions: readonly Contribution[],
  person: Person,
  { completeness }: { readonly completeness: 'strict' | 'lenient' },
): boolean =>
  completeness === 'strict'
    ? completenessOf(contributions, person) !== 'complete'
    : completenessOf(contributions.filter((it) => it.source.required)) !== 'complete';

export interface Assembly {
  readonly base: string;
  readonly request: SearchRequest;
  readonly total: number;
  readonly matches: readonly FhirResource[];
  readonly includes: readonly BundleEntry[];
  readonly outcome: OperationOutcome;
  readonly completeness: Completeness;
  /** The token of the next page. */
  readonly next: string | undefined;
  /** The token that asks the sources which are missing, and no others. */
  readonly missing: string | undefined;
}

/** One UK Core searchset: matches, what was included, and last the account of every source. */
export const toBundle = ({
  base,
  request,
  total,
  matches,
  includes,
  outcome,
  completeness,
  next,
  missing,
}: Assembly): Bundle => {
  const { shape } = request;
  const countOnly = shape.summary === 'count' || shape.count === 0;
  return searchset({
    total: shape.total !== 'none' || countOnly ? total : undefined,
    link: linksOf(request, base, { next: countOnly ? undefined : next, [MISSING_LINK]: missing }),
    entry: countOnly ? [] : [...matches.map((it) => toEntry(base, it, 'match')), ...includes],
    outcome,
    completeness,
  });
};

export interface Searchset extends Pick<Assembly, 'outcome' | 'completeness'> {
  readonly total: number | undefined;
  readonly link: NonNullable<Bundle['link']>;
  readonly entry: readonly BundleEntry[];
  /** Where the account stands, if an entry refers to it. */
  readonly outcomeUrl?: string;
}

/** A searchset that says whether it is whole, the account of every source last. */
export const searchset = ({ total, link, entry, outcome, outcomeUrl, completeness }: Searchset): Bundle => ({
  resourceType: 'Bundle',
  meta: { profile: [ukCoreProfile('Bundle')], tag: [{ system: SYSTEM.completeness, code: completeness }] },
  type: 'searchset',
  ...(total !== undefined && { total }),
  link,
  entry: [
    ...entry,
    { ...(outcomeUrl !== undefined && { fullUrl: outcomeUrl }), resource: outcome, search: { mode: 'outcome' } },
  ],
});

/** What was applied, and where a walk through pages goes on; each link asks for the form of this answer. */
const linksOf = (
  { type, applied, format, page }: SearchRequest,
  base: string,
  tokens: PageLinks['tokens'],
): NonNullable<Bundle['link']> => pageLinks({ url: `${base}/${type}`, applied, format, token: page?.token, tokens });

export interface PageLinks {
  readonly url: string;
  readonly applied: Pairs;
  readonly format: Pairs;
  /** The token that asked for this page; undefined on the first. */
  readonly token: string | undefined;
  /** The tokens of others, by the relation they have to this one. */
  readonly tokens: Readonly<Record<string, string | undefined>>;
}

/** The links of a page: what asks for it, for the first one, and for those that come after it. */
export const pageLinks = ({ url, applied, format, token, tokens }: PageLinks): NonNullable<Bundle['link']> => {
  const link = (relation: string, pairs: Pairs) => {
    const query = new URLSearchParams([...pairs, ...format].map(([name, value]): [string, string] => [name, value]));
    return { relation, url: `${url}${query.size > 0 ? '?' : ''}${query.toString()}` };
  };
  return [
    ...(token === undefined ? [link('self', applied)] : [link('self', [['_page', token]]), link('first', applied)]),
    ...Object.entries(tokens).flatMap(([relation, it]) => (it === undefined ? [] : [link(relation, [['_page', it]])])),
  ];
};

/** An entry under the facade's own URL. */
export const toEntry = (base: string, resource: FhirResource, mode: 'match' | 'include'): BundleEntry => ({
  fullUrl: `${base}/${resource.resourceType}/${resource.id ?? ''}`,
  resource,
  search: { mode },
});
