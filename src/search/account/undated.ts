import type { OperationOutcomeIssue } from '../../fhir/index.ts';
import type { Contribution } from '../contribution.ts';
import type { SearchRequest } from '../request/request.ts';

const CODE = '_lastUpdated';

/** Says how many of a source's resources have no time of update where a search selects or sorts by it: it passes them over. */
export const noteUndated = (
  contribution: Contribution,
  { applied, shape }: Pick<SearchRequest, 'applied' | 'shape'>,
): Contribution => {
  const asks = applied.some(([name]) => name === CODE) || shape.sort.some(({ code }) => code === CODE);
  return asks ? countUndated(contribution, CODE) : contribution;
};

/** Counts the resources of a source that have no time of update, for a parameter that selects by it. */
export const countUndated = (contribution: Contribution, code: string): Contribution => {
  const { source, resources, issues } = contribution;
  const undated = resources.filter(({ resource }) => resource.meta?.lastUpdated === undefined).length;
  if (undated === 0) return contribution;
  const issue: OperationOutcomeIssue = {
    severity: 'warning',
    code: 'informational',
    details: {
      text: `This source does not say when ${undated} of its ${resources.length} entries of this kind were last updated: ${code} finds none of them, and sorts them last.`,
    },
    diagnostics: `${source.id}: ${code}`,
    expression: [code],
  };
  return { ...contribution, issues: [...issues, issue] };
};
