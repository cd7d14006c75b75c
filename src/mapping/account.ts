import type { AdapterDefinition, Answer, NotCarried, SourceRecord } from '../adapter/index.ts';
import { digits, isNumber, isObject } from '../fhir/index.ts';
import { mapAnswer } from './map-answer.ts';

/** What became of every leaf of an answer, counted by path without indexes. */
export interface Account {
  /** The same value stands in the output, because it stood here. */
  readonly carried: ReadonlyMap<string, number>;
  /** It decides a value of the output that is written otherwise: a code's R4 name, a reference. */
  readonly translated: ReadonlyMap<string, number>;
  /** An issue tells of it. */
  readonly reported: ReadonlyMap<string, number>;
  /** Left out by a rule of the list. */
  readonly byRule: ReadonlyMap<string, number>;
  readonly unaccounted: ReadonlyMap<string, number>;
  /** Output leaves that no input leaf stands behind, by path; fixed codes and absent reasons are no clinical values. */
  readonly invented: ReadonlyMap<string, number>;
}

type Adapter = Pick<AdapterDefinition, 'map' | 'split' | 'notCarried'>;

/**
 * Accounts for every leaf value of one raw answer. Nothing is compared by looking a string up: each leaf in turn is
 * taken out of its record, the record is mapped again, and what the output loses is what that leaf had put there. Where
 * another leaf with the same words would speak instead, the leaf is altered, and the output must show the alteration.
 */
export const accountFor = (adapter: Adapter, raw: unknown): Account => {
  const answer = adapter.split(raw);
  const account = {
    carried: tally(),
    translated: tally(),
    reported: tally(),
    byRule: tally(),
    unaccounted: tally(),
    invented: tally(),
  };
  for (const at of answer.records.keys()) accountRecord(adapter, answer, { at, account });
  return account;
};

type Tally = Map<string, number>;
const tally = (): Tally => new Map();
const count = (into: Tally, path: string, by = 1): void => void into.set(path, (into.get(path) ?? 0) + by);

const accountRecord = (
  adapter: Adapter,
  answer: Answer,
  { at, account }: { readonly at: number; readonly account: Readonly<Record<keyof Account, Tally>> },
): void => {
  const record = answer.records[at] as SourceRecord;
  const mapOnly = (body: unknown): Output => {
    const changed = { ...record, body };
    const only = {
      map: ((it, context) => (it === changed ? adapter.map(it, context) : { resources: [] })) as Adapter['map'],
    };
    const { resources, issues } = mapAnswer(only, { records: answer.records.with(at, changed) }, { source: 'account' });
    return {
      leaves: bag(resources.flatMap((it) => leavesOf(it.resource, it.type))),
      issues: bag(issues.map((it) => ({ path: it.code, value: JSON.stringify(it) }))),
    };
  };
  const whole = mapOnly(record.body);
  const leaves = leavesOf(record.body, record.kind);
  const behind = tally();
  for (const leaf of leaves) {
    const without = mapOnly(changedAt(record.body, leaf.keys));
    const lost = difference(whole.leaves, without.leaves);
    for (const [key, by] of lost) count(behind, key, by);
    const altered =
      lost.size === 0 && standsAltered(leaf, mapOnly(changedAt(record.body, leaf.keys, ALTERED)).leaves, whole.leaves);
    // Something had to be repaired in its absence: it was there, and did its part.
    const missed = lost.size === 0 && difference(without.issues, whole.issues).size > 0;
    const reported = difference(whole.issues, without.issues).size > 0;
    count(account[judge({ leaf, lost, stands: altered || missed, reported }, adapter.notCarried ?? [])], leaf.path);
  }
  for (const [key, by] of whole.leaves) {
    if (by <= (behind.get(key) ?? 0) || isFixed(key)) continue;
    // Several leaves may say the same words, and any of them be the source: all are taken out together.
    const said = leaves.filter((it) => it.value === valueOfKey(key));
    const body = said.toReversed().reduce<unknown>((it, { keys }) => changedAt(it, keys), record.body);
    if (said.length === 0 || mapOnly(body).leaves.has(key))
      count(account.invented, pathOfKey(key), by - (behind.get(key) ?? 0));
  }
};

interface Output {
  readonly leaves: Tally;
  readonly issues: Tally;
}

/** What stands in for a value, to see whether the output shows it. */
const ALTERED = 'altered';

/** True where the altered value stands in the output in the very place where the leaf's own value stood. */
const standsAltered = ({ value }: Leaf, altered: Tally, whole: Tally): boolean =>
  [...difference(altered, whole).keys()].some((key) =>
    whole.has(pathOfKey(key) + SEPARATOR + valueOfKey(key).replace(ALTERED, value)),
  );

interface Evidence {
  readonly leaf: Leaf;
  /** What the output loses without the leaf. */
  readonly lost: Tally;
  /** Whether it stands in the output although another leaf, or a repair, would say the same in its absence. */
  readonly stands: boolean;
  readonly reported: boolean;
}

const judge = (
  { leaf, lost, stands, reported }: Evidence,
  rules: readonly NotCarried[],
): Exclude<keyof Account, 'invented'> => {
  const values = [...lost.keys()].map(valueOfKey);
  if (stands || values.includes(leaf.value)) return 'carried';
  if (values.length > 0) return 'translated';
  if (reported) return 'reported';
  return rules.some((it) => matches(it, leaf)) ? 'byRule' : 'unaccounted';
};

const matches = ({ path, value }: NotCarried, leaf: Leaf): boolean => {
  const pattern = path
    .split('.')
    .map((it) => (it === '**' ? '.*' : it === '*' ? '[^.]*' : it.replace(/[[\]$()+?|^]/g, '\\$&')))
    .join('\\.');
  return new RegExp(`^${pattern}$`).test(leaf.path) && (value?.test(leaf.value) ?? true);
};

interface Leaf {
  /** Without indexes: `Observation.component.valueQuantity.value`. */
  readonly path: string;
  readonly keys: readonly (string | number)[];
  readonly value: string;
}

/** Every value below, extensions named by their url's last segment. Empty texts are no values. */
const leavesOf = (node: unknown, path: string, keys: readonly (string | number)[] = []): Leaf[] => {
  if (node === undefined || node === null || (typeof node === 'string' && node.trim() === '')) return [];
  if (isNumber(node)) return [{ path, keys, value: digits(node) }];
  if (typeof node === 'boolean') return [{ path, keys, value: node ? 'true' : 'false' }];
  if (typeof node === 'string') return [{ path, keys, value: node }];
  if (Array.isArray(node)) return node.flatMap((it, index) => leavesOf(it, path, [...keys, index]));
  if (!isObject(node)) return [];
  const { url } = node;
  const named = typeof url === 'string' && /extension$/i.test(path) ? `${path}(${url.split('/').at(-1) ?? ''})` : path;
  return Object.entries(node).flatMap(([key, it]) =>
    key === 'resourceType' ? [] : leavesOf(it, `${named}.${key}`, [...keys, key]),
  );
};

/** A copy without one leaf, or with another in its place; what does not lead to it is shared. */
const changedAt = (node: unknown, [key, ...rest]: readonly (string | number)[], value?: string): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    if (rest.length === 0 && value === undefined) return node.filter((_, index) => index !== key);
    return node.with(key as number, changedAt(node[key as number], rest, value));
  }
  const { [key as string]: inner, ...others } = node as Record<string, unknown>;
  if (rest.length === 0 && value === undefined) return others;
  return { ...(node as object), [key]: changedAt(inner, rest, value) };
};

const SEPARATOR = '\u0000';
const bag = (leaves: readonly { readonly path: string; readonly value: string }[]): Tally => {
  const out = tally();
  for (const { path, value } of leaves) count(out, path + SEPARATOR + value);
  return out;
};
const pathOfKey = (key: string): string => key.slice(0, key.indexOf(SEPARATOR));
const valueOfKey = (key: string): string => key.slice(key.indexOf(SEPARATOR) + 1);

/** What one bag holds more of than another. */
const difference = (more: Tally, less: Tally): Tally => {
  const out = tally();
  for (const [key, by] of more) {
    const left = by - (less.get(key) ?? 0);
    if (left > 0) out.set(key, left);
  }
  return out;
};

/** Canonicals, types of references and absent reasons: structure, not clinical values. */
const isFixed = (key: string): boolean =>
  /\.(url|system|reference|type)$/.test(pathOfKey(key)) ||
  /extension\(data-absent-reason\)/.test(pathOfKey(key)) ||
  /\.meta\./.test(pathOfKey(key));
