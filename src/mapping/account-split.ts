import { isDeepStrictEqual } from 'node:util';
import type { Answer, SourceRecord } from '../adapter/index.ts';
import { isObject, text } from '../fhir/index.ts';
import type { Account, Accountable, Fate } from './account-values.ts';
import {
  ALTERED,
  type Bag,
  bagOf,
  changedAt,
  difference,
  type Leaf,
  leavesOf,
  pathOf,
  valueOf,
} from './account-leaves.ts';
import { isStructure, ruleFor } from './account-rules.ts';
import { warningIssue } from './warning.ts';

/**
 * Accounts for what stands outside the records of an answer, or was changed on its way into one. What a record has is the
 * record's to account for.
 */
export const accountSplit = (adapter: Accountable, raw: unknown, answer: Answer): Account => {
  const root = isObject(raw) ? (text(raw['resourceType']) ?? 'answer') : 'answer';
  const compare = createCompare(adapter, raw, answer);
  const isTold = createTold(compare);
  const behind = new Set<string>();

  const values = leavesOf(raw, root, isWithin(answer.records.map((it) => it.body))).flatMap(({ path, keys, value }) => {
    const changes = [compare(keys), compare(keys, ALTERED)] as const;
    for (const { lost } of changes) for (const key of lost.records.keys()) behind.add(key);
    const reached = reachedBy(value, changes);
    if (reached === 'a record') return [];
    if (reached) return [{ path, value, ...reached }];
    if (isTold(keys)) return [{ path, value, fate: 'reported' as const, to: [] }];
    const rule = ruleFor(adapter.notCarried, { path, value });
    return [{ path, value, to: [], ...(rule ? { fate: 'by-rule' as const, rule } : { fate: 'unaccounted' as const }) }];
  });
  const made = answer.records.flatMap(({ kind, body }) => leavesOf(body, kind, isWithin([raw])));
  return {
    values,
    additions: [...bagOf(made).keys()]
      .filter((key) => !behind.has(key))
      .map((key) => ({ path: pathOf(key), value: valueOf(key) }))
      .filter((it) => !isStructure(it)),
  };
};

/** What an answer is cut into: what its records hold, what warnings say, and what issues tell of. */
interface Cut {
  readonly records: Bag;
  readonly warnings: Bag;
  readonly issues: Bag;
}

/** What is gone, and what is new, when something in an answer changes. */
interface Change {
  readonly lost: Cut;
  readonly gained: Cut;
}

/** Cuts the answer without one of its values or nodes, or with another value in its place. */
type Compare = (keys: Leaf['keys'], value?: string) => Change;

const createCompare =
  ({ split }: Accountable, raw: unknown, whole: Answer): Compare =>
  (keys, value) => {
    const other = cutAs(split, changedAt(raw, keys, value));
    const [from, to] = differing(whole.records, other.records);
    const [before, after] = [cutOf(whole, from), cutOf(other, to)];
    return { lost: minus(before, after), gained: minus(after, before) };
  };

const cutAs = (split: Accountable['split'], raw: unknown): Answer => {
  try {
    return split(raw);
  } catch {
    return { records: [] };
  }
};

/** The records of two cuts between their common beginning and their common end. */
const differing = (
  one: readonly SourceRecord[],
  other: readonly SourceRecord[],
): readonly [readonly SourceRecord[], readonly SourceRecord[]] => {
  const least = Math.min(one.length, other.length);
  let start = 0;
  while (start < least && isDeepStrictEqual(one[start], other[start])) start += 1;
  let end = 0;
  while (end < least - start && isDeepStrictEqual(one.at(-1 - end), other.at(-1 - end))) end += 1;
  return [one.slice(start, one.length - end), other.slice(start, other.length - end)];
};

const cutOf = ({ warnings = [], issues = [] }: Answer, records: readonly SourceRecord[]): Cut => ({
  records: bagOf(
    records.flatMap(({ kind, id, body }) => [{ path: `id of ${kind}`, value: id }, ...leavesOf(body, kind)]),
  ),
  warnings: bagOf(
    warnings.flatMap((it) => [
      ...leavesOf(warningIssue(it, ''), 'OperationOutcome.issue'),
      ...leavesOf(it.types, 'types concerned'),
    ]),
  ),
  issues: bagOf(issues.map((it) => ({ path: it.code, value: JSON.stringify(it) }))),
});

const minus = (more: Cut, less: Cut): Cut => ({
  records: difference(more.records, less.records),
  warnings: difference(more.warnings, less.warnings),
  issues: difference(more.issues, less.issues),
});

/** Where a value ends, if the cut shows it: in a record, in a warning, or as what decides these. */
const reachedBy = (
  value: string,
  [without, altered]: readonly [Change, Change],
): 'a record' | { readonly fate: Fate; readonly to: readonly string[] } | undefined => {
  const holds = (bag: Bag): boolean => [...bag.keys()].some((it) => valueOf(it) === value);
  if (holds(without.lost.records) && holds(altered.lost.records)) return 'a record';
  for (const part of ['warnings', 'records'] as const) {
    const changed = altered.lost[part];
    const own = [...without.lost[part].keys()].filter((it) => valueOf(it) === value && changed.has(it));
    // A copy of what the answer holds elsewhere shows as a record, or warning, of its own once it differs.
    const shown = [...altered.gained[part].keys()].filter((it) => valueOf(it).includes(ALTERED));
    const places = own.length > 0 ? own : shown;
    if (places.length > 0) return { fate: 'carried', to: places.map(pathOf) };
    if (changed.size > 0) return { fate: 'translated', to: [...changed.keys()].map(pathOf) };
  }
  return without.lost.issues.size > 0 || altered.lost.issues.size > 0 ? { fate: 'reported', to: [] } : undefined;
};

/** Tells whether an issue tells of the node that a value stands in: of a whole resource without a mapping, say. */
const createTold = (compare: Compare): ((keys: Leaf['keys']) => boolean) => {
  const known = new Map<string, boolean | undefined>();
  const effectOf = (keys: Leaf['keys']): boolean | undefined => {
    const name = JSON.stringify(keys);
    if (!known.has(name)) {
      const { records, warnings, issues } = compare(keys).lost;
      known.set(name, records.size > 0 || warnings.size > 0 ? false : issues.size > 0 ? true : undefined);
    }
    return known.get(name);
  };
  return (keys) => {
    for (let depth = keys.length - 1; depth >= 0; depth--) {
      const effect = effectOf(keys.slice(0, depth));
      if (effect !== undefined) return effect;
    }
    return false;
  };
};

/** Tells whether an object is part of some documents, by identity. */
const isWithin = (documents: readonly unknown[]): ((node: object) => boolean) => {
  const all = new Set<object>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || all.has(node)) return;
    all.add(node);
    Object.values(node).forEach(walk);
  };
  documents.forEach(walk);
  return (node) => all.has(node);
};
