import {
  type Bundle,
  type BundleEntry,
  type FhirResource,
  MISSING_LINK,
  type OperationOutcome,
  SYSTEM,
  ukCoreProfile,
} from '../fhir/index.ts';
import { type Contribution, didAnswer, isComplete } from './contribution.ts';
import type { Pairs } from './pairs.ts';
import type { SearchRequest } from './request.ts';

/** Whether an answer holds all that was asked for. */
export type Completeness = 'complete' | 'partial';

/** Complete where every source that could hold the type gave all that it has. */
export const completenessOf = (contributions: readonly Contribution[]): Completeness =>
  contributions.every(isComplete) ? 'complete' : 'partial';

/** True where at least one source that was asked answered. */
export const anyAnswered = (contributions: readonly Contribution[]): boolean => contributions.some(didAnswer);

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
  return {
    resourceType: 'Bundle',
    meta: { profile: [ukCoreProfile('Bundle')], tag: [{ system: SYSTEM.completeness, code: completeness }] },
    type: 'searchset',
    ...((shape.total !== 'none' || countOnly) && { total }),
    link: linksOf(request, base, { next: countOnly ? undefined : next, [MISSING_LINK]: missing }),
    entry: [
      ...(countOnly ? [] : [...matches.map((it) => toEntry(base, it, 'match')), ...includes]),
      { resource: outcome, search: { mode: 'outcome' } },
    ],
  };
};

/** What was applied, and where a walk through pages goes on; each link asks for the form of this answer. */
const linksOf = (
  { type, applied, format, page }: SearchRequest,
  base: string,
  tokens: Readonly<Record<string, string | undefined>>,
): NonNullable<Bundle['link']> => {
  const link = (relation: string, pairs: Pairs) => {
    const query = new URLSearchParams([...pairs, ...format].map(([name, value]): [string, string] => [name, value]));
    return { relation, url: `${base}/${type}${query.size > 0 ? '?' : ''}${query.toString()}` };
  };
  return [
    ...(page ? [link('self', [['_page', page.token]]), link('first', applied)] : [link('self', applied)]),
    ...Object.entries(tokens).flatMap(([relation, token]) =>
      token === undefined ? [] : [link(relation, [['_page', token]])],
    ),
  ];
};

/** An entry under the facade's own URL. */
export const toEntry = (base: string, resource: FhirResource, mode: 'match' | 'include'): BundleEntry => ({
  fullUrl: `${base}/${resource.resourceType}/${resource.id ?? ''}`,
  resource,
  search: { mode },
});
