import type { Facets } from './facets.ts';
import { groupConflicts } from './conflicts.ts';
import type { Link } from './links.ts';
import { byText } from './record.ts';
import { IDENTIFIER_RULE } from './rules.ts';
import { TESTS } from './tests.ts';

/**
 * Records that are joined by shared identifiers. A component in which two records have different values of one identifier
 * system, or that contradicts itself in side or subject, is no group: its pairs stand alone.
 */
export const identifierGroups = (all: readonly Facets[]): readonly Link[] => {
  const buckets = bucketsOf(all);
  const parent = new Map<Facets, Facets>();
  for (const members of buckets.values()) if (members.length > 1 && isOfOne(members)) join(parent, members);
  const components = new Map<Facets, Facets[]>();
  for (const facets of all) {
    if (!parent.has(facets)) continue;
    const root = rootOf(parent, facets);
    const known = components.get(root);
    if (known) known.push(facets);
    else components.set(root, [facets]);
  }
  return [...components.values()].filter(isConsistent).map(toLink);
};

const bucketsOf = (all: readonly Facets[]): ReadonlyMap<string, readonly Facets[]> => {
  const buckets = new Map<string, Facets[]>();
  for (const facets of all) {
    for (const { system, value } of facets.identifiers) {
      const place = `${facets.record.person} ${facets.family} ${facets.stance} ${system}|${value}`;
      const known = buckets.get(place);
      if (known) known.push(facets);
      else buckets.set(place, [facets]);
    }
  }
  return buckets;
};

/** A number that several results or items of one report or prescription share is none of theirs. */
const isOfOne = (members: readonly Facets[]): boolean => {
  const [first] = members;
  const mayBeShared = first?.family === 'Observation' || first?.family === 'Medicine';
  return !mayBeShared || members.every((a) => members.every((b) => a === b || TESTS['identifier-shared'](a, b)));
};

const rootOf = (parent: ReadonlyMap<Facets, Facets>, facets: Facets): Facets => {
  let root = facets;
  for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root)) root = next;
  return root;
};

const join = (parent: Map<Facets, Facets>, [first, ...others]: readonly Facets[]): void => {
  if (!first) return;
  const root = rootOf(parent, first);
  parent.set(root, root);
  parent.set(first, root);
  for (const other of others) {
    const was = rootOf(parent, other);
    parent.set(was, root);
    parent.set(other, root);
  }
};

/** False where two records have nothing in common of a system that both have, or name different sides. */
const isConsistent = (members: readonly Facets[]): boolean => {
  const sides = new Set(members.flatMap((it) => it.site.side ?? []));
  if (sides.size > 1) return false;
  const bySystem = new Map<string, Set<string>>();
  for (const { identifiers } of members) {
    const own = new Map<string, string[]>();
    for (const { system, value } of identifiers) own.set(system, [...(own.get(system) ?? []), value]);
    for (const [system, values] of own) {
      const known = bySystem.get(system) ?? new Set<string>();
      bySystem.set(system, known.add(values.sort().join('\u0001')));
    }
  }
  return [...bySystem.values()].every((sets) => {
    const split = [...sets].map((it) => it.split('\u0001'));
    return split.every((one) => split.every((other) => one.some((it) => other.includes(it))));
  });
};

const toLink = (members: readonly Facets[]): Link => {
  const shared = sharedBy(members);
  return {
    tier: IDENTIFIER_RULE.tier,
    relation: IDENTIFIER_RULE.relation,
    rule: IDENTIFIER_RULE.id,
    members,
    reasons: [...new Set(shared.map((it) => `shared identifier of ${it.split('|')[0] ?? ''}`))],
    conflicts: groupConflicts(members),
    key: shared.join('\u0001'),
  };
};

/** The identifiers that more than one member has. */
const sharedBy = (members: readonly Facets[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const { identifiers } of members)
    for (const { system, value } of identifiers) {
      const key = `${system}|${value}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  return [...counts].flatMap(([key, count]) => (count > 1 ? [key] : [])).sort(byText);
};
