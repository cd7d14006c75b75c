import { isObject, type Json } from '../fhir/index.ts';
import type { Held } from '../search/held.ts';
import type { World } from '../search/world.ts';

/** All that some resources refer to, directly or through one another, each once and none of those that are known already. */
export const referredBy = (
  from: readonly Held[],
  known: readonly Held[],
  { world, wanted }: { readonly world: World; readonly wanted: (held: Held) => boolean },
): readonly Held[] => {
  const seen = new Set(known.map(keyOf));
  const found: Held[] = [];
  for (const held of [...from]) step(held);
  for (let at = 0; at < found.length; at++) step(found[at] as Held);
  return found;

  function step(held: Held): void {
    for (const reference of referencesIn(held.local.resource)) {
      const target = world.follow(held, reference);
      if (!target || isContained(reference) || seen.has(keyOf(target)) || !wanted(target)) continue;
      seen.add(keyOf(target));
      found.push(target);
    }
  }
};

/** One resource of one source. */
export const keyOf = ({ source, local }: Held): string => `${source} ${local.type}/${local.localId}`;

const isContained = ({ reference }: Json): boolean => String(reference).startsWith('#');

/** Every literal reference in a resource, wherever it stands. */
const referencesIn = (node: unknown): readonly Json[] => {
  if (Array.isArray(node)) return node.flatMap(referencesIn);
  if (!isObject(node)) return [];
  const inner = Object.values(node).flatMap((it) => (typeof it === 'object' ? referencesIn(it) : []));
  return typeof node['reference'] === 'string' ? [node, ...inner] : inner;
};
