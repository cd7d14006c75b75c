import type { Json } from '../fhir/index.ts';
import type { Held } from './held.ts';
import { typeByType } from './order.ts';
import type { Include } from './request/include-parameter.ts';
import { referencesBy } from './parameter/references.ts';
import type { World } from './world.ts';

/** How often `:iterate` goes on: a record is finite, and so is patience. */
const MAX_ROUNDS = 10;

/**
 * What includes bring in beside the matches, each once and no match again, among what the sources gave for this answer, type
 * by type.
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export const includeFor = (matches: readonly Held[], includes: readonly Include[], world: World): readonly Held[] => {
  if (includes.length === 0) return [];
  const seen = new Set(matches.map(keyOf));
  const found: Held[] = [];
  let fresh: readonly Held[] = matches;
  for (let round = 0; round < MAX_ROUNDS && fresh.length > 0; round++) {
    const active = includes.filter((it) => round === 0 || it.iterate);
    const next = fresh.flatMap((it) => active.flatMap((include) => step(it, include, world)));
    fresh = next.filter((it) => !seen.has(keyOf(it)) && seen.add(keyOf(it)));
    for (const it of fresh) found.push(it);
  }
  return typeByType(found);
};

const keyOf = ({ source, local }: Held): string => `${source} ${local.type}/${local.localId}`;

const step = (held: Held, { forward, from, code, target }: Include, world: World): readonly Held[] => {
  const { type, resource } = held.local;
  if (!forward) return target === undefined || target === type ? world.referrers(held, from, code) : [];
  if (from !== '*' && from !== type) return [];
  return referencesBy(type, code, resource as unknown as Json).flatMap((it) => {
    const wanted = target === undefined || it.type === target;
    return wanted ? (world.follow(held, { reference: `${it.type}/${it.localId}` }) ?? []) : [];
  });
};
