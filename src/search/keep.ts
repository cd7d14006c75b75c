import type { LocalResource } from '../mapping/map-answer.ts';
import type { Contribution } from './contribution.ts';
import type { Criterion, Siblings } from './criterion.ts';

/** Applies the criteria to what a source brought, whatever the source applied before: it loses nothing by it. */
export const keepMatching = (contribution: Contribution, criteria: readonly Criterion[]): Contribution => {
  if (criteria.length === 0 || contribution.resources.length === 0) return contribution;
  const source = contribution.source.id;
  const siblings = index(contribution.siblings);
  const resources = contribution.resources.filter((local) =>
    criteria.every((it) => it.matches({ source, local }, siblings)),
  );
  const emptied = contribution.status === 'answered' && resources.length === 0;
  return { ...contribution, resources, status: emptied ? 'empty' : contribution.status };
};

/** What one source gave, to follow references in. */
export const siblingsOf = (contributions: readonly Contribution[], source: string): Siblings =>
  index(contributions.find((it) => it.source.id === source)?.siblings ?? []);

const indexes = new WeakMap<readonly LocalResource[], Siblings>();

const index = (resources: readonly LocalResource[]): Siblings => {
  const known = indexes.get(resources);
  if (known) return known;
  const byKey = new Map(resources.map((it) => [`${it.type}/${it.localId}`, it]));
  const siblings: Siblings = {
    find: (type, localId) => byKey.get(`${type}/${localId}`),
    all: (type) => (type === '*' ? resources : resources.filter((it) => it.type === type)),
  };
  indexes.set(resources, siblings);
  return siblings;
};
