import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Rounds } from './duel.ts';

/** One goal, and what became of it in this run. */
export interface Row {
  /** The number of the goal; none for what is measured to know where time goes. */
  readonly row: string;
  readonly goal: string;
  /** Left out for what is only told. */
  readonly limit?: number;
  readonly atLeast?: boolean;
  /** A ratio to a baseline of the same run, or a count. */
  readonly found: number;
  readonly spread: string;
  readonly verdict: 'met' | 'missed' | 'noisy' | 'told' | 'refused';
  /** Why it was refused. */
  readonly why?: string;
  /** Counts do not depend on the machine: they fail any run. Times fail a full one. */
  readonly isExact: boolean;
  /** The ratio of each round. */
  readonly rounds: readonly number[];
  /** What each server measured in each round. */
  readonly servers?: Rounds;
}

/** What is measured, and what it should come to. */
export interface Goal extends Pick<Row, 'row' | 'goal' | 'servers'> {
  readonly limit?: number;
  /** The limit is the least instead of the most. */
  readonly atLeast?: boolean;
}

/** What must be so, however fast the machine. */
export const countRow = (goal: Goal & { readonly limit: number }, found: number): Row => ({
  ...goal,
  found,
  spread: 'exact',
  verdict: found === goal.limit ? 'met' : 'missed',
  isExact: true,
  rounds: [found],
});

/** What could not be measured, since an answer was not as it must be: that fails any run. */
export const refusedRow = (
  { rows, name }: { readonly rows: readonly string[]; readonly name: string },
  why: unknown,
): Row => ({
  row: rows.join(),
  goal: name,
  why: messageOf(why),
  found: NaN,
  spread: '',
  verdict: 'refused',
  isExact: true,
  rounds: [],
});

const messageOf = (why: unknown): string =>
  why instanceof Error ? [why.message, ...(why.cause ? [messageOf(why.cause)] : [])].join(': ') : 'failed';

/** A round that takes half as much again as another says that somebody else was at work. */
const NOISY = 1.5;

/** A goal is missed where the median of the rounds and that of their better half miss it. */
export const ratioRow = (goal: Goal, rounds: readonly number[]): Row => {
  const { limit, atLeast = false } = goal;
  const sorted = rounds.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  const isWithin = (ratio: number): boolean => limit !== undefined && (atLeast ? ratio >= limit : ratio <= limit);
  const isMet = isWithin(at(0.5)) || isWithin(at(atLeast ? 0.75 : 0.25));
  return {
    ...goal,
    found: rounded(at(0.5)),
    spread: `${rounded(at(0))} to ${rounded(at(1))}`,
    verdict: limit === undefined ? 'told' : isMet ? 'met' : at(0.9) / at(0.1) > NOISY ? 'noisy' : 'missed',
    isExact: false,
    rounds,
  };
};

const rounded = (ratio: number): number => Number(ratio.toPrecision(ratio < 100 ? 3 : 4));

/** Prints one table, or JSON, and leaves all figures in `bench-results.json`. */
export const report = (rows: readonly Row[], { asJson, isQuick }: { asJson: boolean; isQuick: boolean }): void => {
  const results = {
    node: process.version,
    packages: Object.fromEntries(
      ['express', 'axios', 'undici', 'fhirpath', 'autocannon'].map((it) => [it, versionOf(it)]),
    ),
    machine: { platform: platform(), arch: arch(), cores: cpus().length, memoryMb: Math.round(totalmem() / 1e6) },
    quick: isQuick,
    rows,
  };
  const text = JSON.stringify(results, null, 2);
  writeFileSync('bench-results.json', `${text}\n`);
  process.stdout.write(`${asJson ? text : tableOf(rows)}\n`);
  if (rows.some((it) => FAILURES.includes(it.verdict) && (it.isExact || !isQuick))) process.exitCode = 1;
};

const FAILURES: readonly Row['verdict'][] = ['missed', 'refused'];

const versionOf = (name: string): string => {
  const { version } = createRequire(import.meta.url)(`../node_modules/${name}/package.json`) as { version: string };
  return version;
};

const VERDICTS: Readonly<Record<Row['verdict'], string>> = {
  met: 'met',
  missed: 'missed',
  noisy: 'noisy, run again',
  told: '',
  refused: 'refused',
};

const tableOf = (rows: readonly Row[]): string => {
  const cells = [
    ['row', 'goal', 'limit', 'ratio', 'spread', 'verdict'],
    ...rows.map(({ row, goal, limit, atLeast = false, isExact, found, spread, verdict }) => [
      row,
      goal,
      limit === undefined ? '' : `${isExact ? '=' : atLeast ? '>=' : '<='} ${limit}`,
      String(found),
      spread,
      VERDICTS[verdict],
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...cells.map((it) => it[column]?.length ?? 0)));
  const table = cells.map((row) =>
    row
      .map((it, at) => it.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const refusals = rows.flatMap(({ goal, why }) => (why === undefined ? [] : [`\n${goal}: ${why}`]));
  return [...table, ...refusals].join('\n');
};
