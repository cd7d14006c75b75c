import { findingIssue, type OperationOutcomeIssue, type Patient } from '../fhir/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { differences } from './demographics.ts';
import type { Person } from './person.ts';

export interface Compared {
  /** `doubtful`: the answer may be about somebody else who was given this patient's number. */
  readonly verdict: 'trusted' | 'doubtful';
  readonly issues: readonly OperationOutcomeIssue[];
}

const TRUSTED: Compared = { verdict: 'trusted', issues: [] };

/**
 * Compares the Patients of a source with the traced person by family name, birth date and gender: one difference is a
 * warning, two are a doubt. Nothing is compared where one side is silent.
 */
export const compareWithTrace = (resources: readonly LocalResource[], source: string, { traced }: Person): Compared => {
  if (!traced?.patient || traced.source === source) return TRUSTED;
  const { patient, quarantineAt } = traced;
  const found = resources
    .filter((it) => it.type === 'Patient')
    .map(({ resource }) => differences(patient, resource as Patient).filter((it) => it.identifies));
  const worst = found.sort((a, b) => b.length - a.length)[0] ?? [];
  if (worst.length === 0) return TRUSTED;
  const titles = worst.map((it) => it.title);
  return { verdict: worst.length >= quarantineAt ? 'doubtful' : 'trusted', issues: [differIssue(source, titles)] };
};

/** Says what differs, and never how. */
const differIssue = (source: string, titles: readonly string[]): OperationOutcomeIssue => {
  const issue = findingIssue('demographics-differ', { kind: 'Patient', id: '' });
  const text = `Of this patient the source has another ${titles.join(' and ')} than the identity source.`;
  return { ...issue, details: { ...issue.details, text }, diagnostics: source };
};
