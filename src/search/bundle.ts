import {
  type Bundle,
  type BundleEntry,
  type FhirResource,
  type OperationOutcome,
  SYSTEM,
  ukCoreProfile,
} from '../fhir/index.ts';
import { type Contribution, didAnswer, isComplete } from './contribution.ts';
import type { Pairs } from './request.ts';

/** Whether an answer holds all that was asked for. */
export type Completeness = 'complete' | 'partial';

/** Complete where every source that could hold the type gave all that it has. */
export const completenessOf = (contributions: readonly Contribution[]): Completeness =>
  contributions.every(isComplete) ? 'complete' : 'partial';

/** True where at least one source that was asked answered. */
export const anyAnswered = (contributions: readonly Contribution[]): boolean => contributions.some(didAnswer);

export interface Assembly {
  readonly base: string;
  readonly path: string;
  readonly applied: Pairs;
  readonly matches: readonly FhirResource[];
  readonly includes: readonly BundleEntry[];
  readonly outcome: OperationOutcome;
  readonly completeness: Completeness;
}

/** One UK Core searchset: matches, what was included, and last the account of every source. */
export const toBundle = ({ base, path, applied, matches, includes, outcome, completeness }: Assembly): Bundle => {
  const query = new URLSearchParams(applied.map(([name, value]): [string, string] => [name, value])).toString();
  return {
    resourceType: 'Bundle',
    meta: { profile: [ukCoreProfile('Bundle')], tag: [{ system: SYSTEM.completeness, code: completeness }] },
    type: 'searchset',
    total: matches.length,
    link: [{ relation: 'self', url: `${base}/${path}${query && '?'}${query}` }],
    entry: [
      ...matches.map((it) => toEntry(base, it, 'match')),
      ...includes,
      { resource: outcome, search: { mode: 'outcome' } },
    ],
  };
};

/** An entry under the facade's own URL. */
export const toEntry = (base: string, resource: FhirResource, mode: 'match' | 'include'): BundleEntry => ({
  fullUrl: `${base}/${resource.resourceType}/${resource.id ?? ''}`,
  resource,
  search: { mode },
});
