import type { Answer, Mapped, Mapping, MappingContext, SourceRecord } from '../adapter/index.ts';
import { findingIssue } from '../fhir/index.ts';
import type { Account, Accountable, Addition, Value } from './account-values.ts';
import { judge, type Output, type Trace } from './account-judge.ts';
import {
  ALTERED,
  type Bag,
  bagOf,
  changedAt,
  difference,
  type Leaf,
  leavesOf,
  pathOf,
  timesOf,
  valueOf,
  withoutLeaves,
} from './account-leaves.ts';
import { isStructure, ruleFor } from './account-rules.ts';
import { createContext } from './map-answer.ts';

/** A value of a record, with what became of it. */
interface Traced extends Trace {
  readonly value: Value;
}

/** Other values that an answer has at the path of a leaf. */
export type Alternatives = (leaf: Leaf) => readonly string[];

/** Accounts for every value of one record of an answer. */
export const accountRecord = (
  adapter: Accountable,
  answer: Answer,
  { at, alternatives }: { readonly at: number; readonly alternatives: Alternatives },
): Account => {
  const record = answer.records[at] as SourceRecord;
  const mapped = createMapper(adapter, answer, at);
  const whole = mapped(record.body);
  const traced = leavesOf(record.body, record.kind).map((leaf): Traced => {
    const without = mapped(changedAt(record.body, leaf.keys));
    const altered = mapped(changedAt(record.body, leaf.keys, ALTERED));
    const lost = difference(whole.leaves, without.leaves);
    const changed = difference(whole.leaves, altered.leaves);
    const isReported =
      whole.leaves.size === 0 || [without, altered].some((it) => difference(whole.issues, it.issues).size > 0);
    const others = (): readonly Output[] =>
      alternatives(leaf).map((it) => mapped(changedAt(record.body, leaf.keys, it)));
    return { leaf, lost, changed, value: judge(adapter, { leaf, lost, changed, whole, altered, isReported, others }) };
  });
  const remaining = (leaves: readonly Leaf[]): Bag => mapped(withoutLeaves(record.body, leaves)).leaves;
  return {
    values: settleCounts(traced, whole.leaves, remaining),
    additions: additionsOf(traced, whole.leaves, remaining).map((it) => {
      const rule = ruleFor(adapter.added, it);
      return rule ? { ...it, rule } : it;
    }),
  };
};

/** Maps one record with another body, beside its siblings as they are. */
const createMapper = ({ map }: Accountable, { records }: Answer, at: number): ((body: unknown) => Output) => {
  const record = records[at] as SourceRecord;
  return (body) => {
    const changed = { ...record, body };
    const { resources, issues = [] } = mapOrTell(map, changed, createContext(records.with(at, changed)));
    return {
      leaves: bagOf(resources.flatMap(({ resource }) => leavesOf(resource, resource.resourceType))),
      issues: bagOf(issues.map((it) => ({ path: it.code, value: JSON.stringify(it) }))),
    };
  };
};

const mapOrTell = (map: Mapping, record: SourceRecord, context: MappingContext): Mapped => {
  try {
    return map(record, context);
  } catch {
    return { resources: [], issues: [findingIssue('unmapped-record', record)] };
  }
};

/**
 * Several values may say the same words, and each in its absence be spoken for by the others: with all of them taken
 * out, the output must lose as many.
 */
const settleCounts = (
  traced: readonly Traced[],
  whole: Bag,
  remaining: (leaves: readonly Leaf[]) => Bag,
): readonly Value[] => {
  const values = traced.map((it) => it.value);
  const shared = new Set(
    traced.filter(({ value, lost }) => value.fate === 'carried' && !speaks(value, lost)).map((it) => it.value.value),
  );
  for (const words of shared) {
    const same = traced.filter(({ value }) => value.fate === 'carried' && value.value === words);
    const left = remaining(same.map((it) => it.leaf));
    let missing = same.length - timesOf(words, difference(whole, left));
    for (const { value, lost } of same.toReversed()) {
      if (missing <= 0) break;
      if (speaks(value, lost)) continue;
      values[values.indexOf(value)] = { ...value, fate: 'unaccounted', to: [] };
      missing -= 1;
    }
  }
  return values;
};

const speaks = ({ value }: Value, lost: Bag): boolean => timesOf(value, lost) > 0;

/** Values of the output that nothing stands behind, and those that stand in one place more often than they were said. */
const additionsOf = (
  traced: readonly Traced[],
  whole: Bag,
  remaining: (leaves: readonly Leaf[]) => Bag,
): readonly Addition[] => {
  const additions: Addition[] = traced.flatMap(copiesOf);
  for (const [key, by] of whole) {
    const addition = { path: pathOf(key), value: valueOf(key) };
    if (isStructure(addition)) continue;
    const isCause = ({ lost, changed }: Traced): boolean => lost.has(key) || changed.has(key);
    const causes = traced.filter(isCause);
    // Said once and written twice.
    const repeats = causes.map(({ leaf, lost }) => (leaf.value === addition.value ? (lost.get(key) ?? 0) - 1 : 0));
    let times = Math.max(0, ...repeats);
    if (causes.length === 0 || by > 1) {
      // Several values may say the same words, and any of them be the source: all are taken out together.
      const all = traced.filter((it) => isCause(it) || it.leaf.value === addition.value);
      times = Math.max(times, remaining(all.map((it) => it.leaf)).get(key) ?? 0);
    }
    for (let it = 0; it < times; it++) additions.push(addition);
  }
  return additions;
};

const DATE = /^\d{4}(-\d\d){0,2}(T.+)?$/;

/** A date says when one thing was: where it stands as the date of another too, that is an addition. */
const copiesOf = ({ leaf: { path, value }, lost, changed }: Traced): readonly Addition[] => {
  if (!DATE.test(value)) return [];
  const places = [...lost.keys()].filter((it) => valueOf(it) === value && changed.has(it)).map(pathOf);
  const [own = places[0]] = places.filter((it) => it.split('.').at(-1) === path.split('.').at(-1));
  return places.filter((it) => it !== own).map((it) => ({ path: it, value }));
};
