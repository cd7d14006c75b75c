import type { Accountable, Value } from './account-values.ts';
import { type Bag, difference, type Leaf, pathOf, placesOf, valueOf } from './account-leaves.ts';
import { ruleFor } from './account-rules.ts';

/** What a record becomes. */
export interface Output {
  readonly leaves: Bag;
  readonly issues: Bag;
}

/** What a value does for the output. */
export interface Trace {
  readonly leaf: Leaf;
  /** What the output loses without it. */
  readonly lost: Bag;
  /** What the output loses when another value stands in its place. */
  readonly changed: Bag;
}

interface Evidence extends Trace {
  readonly whole: Output;
  readonly altered: Output;
  readonly isReported: boolean;
  /** What the output is with other values in its place that stand there elsewhere in the answer. */
  readonly others: () => readonly Output[];
}

/** Tells what became of a value by what the output loses without it and with another in its place. */
export const judge = ({ notCarried }: Accountable, evidence: Evidence): Value => {
  const { leaf, lost, changed, whole, altered, isReported } = evidence;
  const { path, value } = leaf;
  const own = [...lost.keys()].filter((it) => valueOf(it) === value && changed.has(it));
  // Another value, or a repair, may say the same in its absence: then the altered one must show.
  const shown = placesOf(value, altered.leaves, whole.leaves);
  const places = own.length > 0 ? own : shown.filter((it) => valueOf(it) === value);
  const decided = decides(evidence);
  if (places.length > 0) {
    const others = [...decided].filter((it) => !places.includes(it) && isToldBeside(places, it));
    return { path, value, fate: 'carried', to: [...places, ...others].map(pathOf) };
  }
  if (decided.size > 0 && isTold(evidence, decided))
    return { path, value, fate: 'translated', to: [...decided].map(pathOf) };
  if (shown.length > 0) return { path, value, fate: 'translated', to: shown.map(pathOf) };
  if (isReported) return { path, value, fate: 'reported', to: [] };
  const rule = ruleFor(notCarried, leaf);
  return rule ? { path, value, fate: 'by-rule', to: [], rule } : { path, value, fate: 'unaccounted', to: [] };
};

/** What stands in the output as it does because the value is this one: not only because there is one. */
const decides = ({ lost, changed, whole, altered }: Evidence): ReadonlySet<string> => {
  if (lost.size > 0 && changed.size === 0 && difference(altered.leaves, whole.leaves).size > 0)
    return new Set(lost.keys());
  const both = [...changed.keys()].filter((it) => lost.has(it));
  return new Set(both.length > 0 ? both : changed.keys());
};

/** Where only a source's words are kept, a code stands for them; and a reference may lead to others. */
const isToldBeside = (places: readonly string[], decided: string): boolean =>
  places.every((it) => /\.text$|extension\(source-text\)/.test(pathOf(it))) ||
  [...places, decided].every((it) => pathOf(it).endsWith('.reference'));

/** True where a translation still tells the value from another: a number by its digits, a word by what it becomes. */
const isTold = ({ leaf, whole, others }: Evidence, decided: ReadonlySet<string>): boolean => {
  if (leaf.isNumber) return [...decided].some((it) => valueOf(it).includes(leaf.value));
  return others().every(
    ({ leaves }) => difference(whole.leaves, leaves).size + difference(leaves, whole.leaves).size > 0,
  );
};
