import type { Json } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import type { Siblings } from './criterion.ts';
import { extractor } from './extract.ts';
import { targetOf } from './match/reference.ts';
import type { Held } from './order.ts';
import type { Include } from './shape.ts';

/** How often `:iterate` goes on: a record is finite, and so is patience. */
const MAX_ROUNDS = 10;

/**
 * What includes bring in beside the matches, each once and no match again, among what the sources gave for this answer.
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export const includeFor = (
  matches: readonly Held[],
  includes: readonly Include[],
  siblingsOf: (source: string) => Siblings,
): readonly Held[] => {
  if (includes.length === 0) return [];
  const seen = new Set(matches.map(keyOf));
  const found: Held[] = [];
  let fresh: readonly Held[] = matches;
  for (let round = 0; round < MAX_ROUNDS && fresh.length > 0; round++) {
    const active = includes.filter((it) => round === 0 || it.iterate);
    const next = fresh.flatMap((it) => active.flatMap((include) => step(it, include, siblingsOf(it.source))));
    fresh = next.filter((it) => !seen.has(keyOf(it)) && seen.add(keyOf(it)));
    found.push(...fresh);
  }
  return found;
};

const keyOf = ({ source, local }: Held): string => `${source} ${local.type}/${local.localId}`;

const step = (held: Held, { forward, from, code, target }: Include, siblings: Siblings): readonly Held[] => {
  const { source, local } = held;
  if (forward) {
    if (from !== '*' && from !== local.type) return [];
    return referencesOf(local.type, code, local.resource as unknown as Json).flatMap((it) => {
      const found = target === undefined || it.type === target ? siblings.find(it.type, it.localId) : undefined;
      return found ? [{ source, local: found }] : [];
    });
  }
  const candidates = from === '*' ? siblings.all('*') : siblings.all(from);
  return candidates
    .filter((it) =>
      referencesOf(it.type, code, it.resource as unknown as Json).some(
        (to) => to.type === local.type && to.localId === local.localId,
      ),
    )
    .map((it) => ({ source, local: it }));
};

/** What the reference parameters of a resource point at. */
const referencesOf = (
  type: string,
  code: string,
  resource: Json,
): readonly { readonly type: string; readonly localId: string }[] =>
  Object.entries(searchParametersOf(type as never)).flatMap(([name, { type: kind, expression }]) =>
    kind === 'reference' && (code === '*' || code === name)
      ? extractor(expression)(resource).flatMap((it) => targetOf(it) ?? [])
      : [],
  );
