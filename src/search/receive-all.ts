import { findingIssue, type OperationOutcomeIssue, type Patient, type ResourceType } from '../fhir/index.ts';
import { agree, DEMOGRAPHICS } from '../identity/demographics.ts';
import { identityIssues } from '../identity/hide.ts';
import type { Person } from '../identity/person.ts';
import { type Contribution, didAnswer, receive } from './contribution.ts';
import type { Result } from './ask/fan-out.ts';
import { isAskedNow } from './ask/plan.ts';
import type { SearchRequest } from './request/request.ts';
import { noteUndated } from './account/undated.ts';

/** What all sources bring to a search about a person, and what is to be told of who the person is. */
export const receiveAll = (
  results: readonly Result[],
  person: Person,
  { request, types }: { readonly request: SearchRequest; readonly types: ReadonlySet<ResourceType> },
): readonly Contribution[] => {
  const { type } = request;
  const received = results
    .map((it) => besides(receive(it, { type, person, types }), request))
    .map((it) => noteUndated(it, request));
  return withIdentity(received, person, [type]);
};

/** The contributions, the first of them with what is to be told of who the person is. */
export const withIdentity = (
  contributions: readonly Contribution[],
  person: Person,
  types: readonly ResourceType[],
): readonly Contribution[] => {
  const told = [...identityIssues(person), ...(types.includes('Patient') ? conflictIssues(contributions) : [])];
  return contributions.map((it, at) => (at === 0 ? { ...it, issues: [...told, ...it.issues] } : it));
};

/** A source that was asked for its Patient alone, or for whom a number is, says nothing of the searched type. */
const besides = (contribution: Contribution, request: SearchRequest): Contribution => {
  const { source } = contribution;
  const { types, traces } = source.capabilities;
  const own = types[request.type];
  if (traces) return own ? contribution : asTraced(contribution);
  if (!isAskedNow(request, source.id)) return { ...contribution, status: 'asked-before', resources: [] };
  if (own?.search || !didAnswer(contribution)) return contribution;
  return { ...contribution, status: own ? 'not-searchable' : 'not-asked' };
};

/** What an identity source says of a type that it cannot hold: whose the number is. */
export const asTraced = (contribution: Contribution): Contribution =>
  !didAnswer(contribution) || contribution.status === 'not-known-here'
    ? contribution
    : { ...contribution, status: 'traced', resources: [], issues: [] };

/** One issue for each demographic on which the sources of a Patient differ: which one, and who differs; never how. */
const conflictIssues = (contributions: readonly Contribution[]): readonly OperationOutcomeIssue[] => {
  const patients = contributions.flatMap(({ source, siblings }) =>
    siblings.flatMap(({ type, resource }) =>
      type === 'Patient' ? [{ source: source.id, patient: resource as Patient }] : [],
    ),
  );
  return DEMOGRAPHICS.flatMap((demographic) => {
    const sides = patients.filter(({ patient }) => demographic.values(patient).length > 0);
    const differ = sides.some((a) => sides.some((b) => !agree(demographic, a.patient, b.patient)));
    if (!differ) return [];
    const issue = findingIssue('demographics-differ', { kind: 'Patient', id: '' });
    const names = [...new Set(sides.map((it) => it.source))].join(', ');
    const text = `Sources differ on this patient's ${demographic.title}; each one's own Patient shows what it has.`;
    return [{ ...issue, details: { ...issue.details, text }, diagnostics: names }];
  });
};
