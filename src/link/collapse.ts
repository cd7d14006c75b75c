import { digits, isNumber, isObject, type Json } from '../fhir/index.ts';
import { conflictsOf } from './conflicts.ts';
import type { Facets } from './facets.ts';
import type { Link, Linked } from './links.ts';
import { ranked } from './rank.ts';

/** What stands behind what: nothing is left out, and nothing that contradicts another stands behind it. */
export interface Collapsed {
  /** The record that a record stands behind, by keys. */
  readonly behind: ReadonlyMap<string, string>;
  /** Exact copies: recorded with the one that is shown. */
  readonly copies: ReadonlyMap<string, Facets>;
}

/**
 * Shows one record for each group of which no two members contradict each other; the others stand behind it. Exact copies by
 * identifier become one, which names the sources of all. Medicines have no first, and stay apart.
 */
export const collapse = ({ groups }: Linked): Collapsed => {
  const behind = new Map<string, string>();
  const copies = new Map<string, Facets>();
  for (const group of groups) {
    if (group.conflicts.length > 0 || (group.tier !== 'T0' && group.tier !== 'T1')) continue;
    const [first, ...others] = ranked(group).filter((it) => !behind.has(it.key));
    if (!first || contradict([first, ...others])) continue;
    for (const other of others) {
      behind.set(other.key, first.key);
      if (isCopy(group, first, other)) copies.set(other.key, first);
    }
  }
  return { behind, copies };
};

const contradict = (members: readonly Facets[]): boolean =>
  members.some((a, at) => members.slice(at + 1).some((b) => conflictsOf(a, b).length > 0));

const isCopy = ({ tier }: Link, a: Facets, b: Facets): boolean => tier === 'T0' && contentOf(a) === contentOf(b);

/** Of no clinical content, or different in every source by nature. */
const APART: ReadonlySet<string> = new Set(['id', 'meta', 'text', 'reference', 'identifier', 'masterIdentifier']);

/** What a record says, apart from ids, narrative and references: equal for exact copies. */
const contentOf = ({ record }: Facets): string => JSON.stringify(plain(record.resource));

const plain = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(plain);
  if (isNumber(node)) return digits(node);
  if (!isObject(node)) return node;
  const kept: Json[string][] = [];
  for (const name of Object.keys(node).sort()) if (!APART.has(name)) kept.push([name, plain(node[name])]);
  return kept;
};
