import type { Contribution } from './contribution.ts';
import type { Criterion } from './parameter/criterion.ts';
import type { World } from './world.ts';

/**
 * Applies the criteria to what a source brought, whatever the source applied before: it loses nothing by it. Patients are
 * judged by the one that the answer shows.
 */
export const keepMatching = (
  contribution: Contribution,
  criteria: readonly Criterion[],
  world: World,
): Contribution => {
  if (criteria.length === 0 || contribution.resources.length === 0) return contribution;
  const { source, patientIds } = contribution;
  const resources = contribution.resources.filter((local) => {
    const held = local.type === 'Patient' ? world.patient : { source: source.id, patientIds, local };
    return held !== undefined && criteria.every((it) => it.matches(held, world));
  });
  const emptied = contribution.status === 'answered' && resources.length === 0;
  return { ...contribution, resources, status: emptied ? 'empty' : contribution.status };
};
