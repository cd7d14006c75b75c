import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One goal, and what became of it in this run. */
export interface Row {
  readonly goal: string;
  readonly limit: number;
  /** A ratio to a baseline of the same run, or a count. */
  readonly found: number;
  readonly spread: string;
  readonly verdict: 'met' | 'missed' | 'noisy';
  /** Counts do not depend on the machine: they fail any run. Times fail a full one. */
  readonly isExact: boolean;
  readonly rounds: readonly number[];
}

/** What must be so, however fast the machine. */
export const countRow = (goal: string, limit: number, found: number): Row => ({
  goal,
  limit,
  found,
  spread: 'exact',
  verdict: found === limit ? 'met' : 'missed',
  isExact: true,
  rounds: [found],
});

/** A round that takes half as much again as another says that somebody else was at work. */
const NOISY = 1.5;

/** A goal is missed where the median of the rounds and that of their better half miss it. */
export const ratioRow = (goal: string, limit: number, rounds: readonly number[]): Row => {
  const sorted = rounds.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  const isMet = at(0.5) <= limit || at(0.25) <= limit;
  return {
    goal,
    limit,
    found: Number(at(0.5).toFixed(2)),
    spread: `${at(0.1).toFixed(2)} to ${at(0.9).toFixed(2)}`,
    verdict: isMet ? 'met' : at(0.9) / at(0.1) > NOISY ? 'noisy' : 'missed',
    isExact: false,
    rounds,
  };
};

/** Prints one table, or JSON, and leaves all figures in `bench-results.json`. */
export const report = (rows: readonly Row[], { asJson, isQuick }: { asJson: boolean; isQuick: boolean }): void => {
  const results = { node: process.version, cores: cpus().length, quick: isQuick, rows };
  const text = JSON.stringify(results, null, 2);
  writeFileSync('bench-results.json', `${text}\n`);
  process.stdout.write(`${asJson ? text : tableOf(rows)}\n`);
  if (rows.some((it) => it.verdict === 'missed' && (it.isExact || !isQuick))) process.exitCode = 1;
};

const tableOf = (rows: readonly Row[]): string => {
  const cells = [
    ['goal', 'limit', 'found', 'spread', 'verdict'],
    ...rows.map(({ goal, limit, found, spread, verdict }) => [
      goal,
      String(limit),
      String(found),
      spread,
      verdict === 'noisy' ? 'noisy, run again' : verdict,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((it) => it[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((it, at) => it.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
