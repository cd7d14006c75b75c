import type { Answer } from '../adapter/index.ts';
import { leavesOf } from './account-leaves.ts';
import { accountRecord, type Alternatives } from './account-record.ts';
import { accountSplit } from './account-split.ts';
import type { Account, Accountable } from './account-values.ts';

/**
 * Accounts for every value of one raw answer. Nothing is compared by looking a string up: each value in turn is taken
 * out of its record, and another put in its place, the record is mapped again, and what the output loses is what that
 * value had put there. In the same way it is seen which values never reach a record, or a warning, when the answer is
 * cut.
 */
export const accountFor = (adapter: Accountable, raw: unknown): Account => {
  const answer = adapter.split(raw);
  const alternatives = createAlternatives(answer);
  const parts = [
    accountSplit(adapter, raw, answer),
    ...answer.records.map((_, at) => accountRecord(adapter, answer, { at, alternatives })),
  ];
  return { values: parts.flatMap((it) => it.values), additions: parts.flatMap((it) => it.additions) };
};

/** How many other values are tried in the place of one that is translated. */
const TRIED = 5;

/** Addresses may have several forms that mean the same. */
const ADDRESS = /\.(system|reference|url)$/;

const createAlternatives = ({ records }: Answer): Alternatives => {
  const values = Map.groupBy(
    records.flatMap(({ kind, body }) => leavesOf(body, kind)),
    ({ path }) => path,
  );
  return ({ path, value }) => {
    if (ADDRESS.test(path)) return [];
    const others = new Set(values.get(path)?.map((it) => it.value));
    others.delete(value);
    return [...others].slice(0, TRIED);
  };
};
