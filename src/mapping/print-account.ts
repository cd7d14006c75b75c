import { readFile } from 'node:fs/promises';
import type { AdapterDefinition, ValueRule } from '../adapter/index.ts';
import { parseJson } from '../fhir/index.ts';
import { accountFor } from './account.ts';
import { count } from './account-leaves.ts';
import type { Account, Fate } from './account-values.ts';

type Adapter = Pick<AdapterDefinition, 'name' | 'split' | 'map' | 'notCarried' | 'added'>;

export interface PrintAccountOptions {
  /** Also the paths of what is carried and translated. */
  readonly verbose: boolean;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/**
 * Accounts for every value of raw answers on disk and prints what became of them, summed over the files, by path.
 * @returns the exit code: 0 where no value is unaccounted for and none invented, 1 where one is, 2 where a file could not
 * be read.
 */
export const printAccount = async (
  adapter: Adapter,
  files: readonly string[],
  { verbose, print, complain }: PrintAccountOptions,
): Promise<number> => {
  const values: Account['values'][number][] = [];
  const additions: Account['additions'][number][] = [];
  let unread = 0;
  for (const file of files) {
    const account = await readAccount(adapter, file);
    if (account) {
      values.push(...account.values);
      additions.push(...account.additions);
      continue;
    }
    complain(`${file}: is no answer that ${adapter.name} can read`);
    unread += 1;
  }
  const report = tableOf({ values, additions }, verbose);
  print([`${adapter.name}: ${files.length - unread} of ${files.length} files`, ...report.lines].join('\n'));
  return unread > 0 ? 2 : report.isClean ? 0 : 1;
};

const readAccount = async (adapter: Adapter, file: string): Promise<Account | undefined> => {
  try {
    return accountFor(adapter, parseJson(await readFile(file)));
  } catch {
    return undefined;
  }
};

const FATES: Readonly<Record<Fate | 'added' | 'invented', string>> = {
  carried: 'carried',
  translated: 'translated',
  reported: 'reported in an issue',
  'by-rule': 'not carried, by rule',
  unaccounted: 'unaccounted for',
  added: 'added, by rule',
  invented: 'invented',
};

type Row = { readonly fate: keyof typeof FATES; readonly path: string; readonly rule?: ValueRule };

/** An account as lines: a total for each fate, and below them the paths. */
export const tableOf = (
  { values, additions }: Account,
  verbose: boolean,
): { readonly lines: readonly string[]; readonly isClean: boolean } => {
  const rows: readonly Row[] = [
    ...values,
    ...additions.map((it) => ({ ...it, fate: it.rule ? ('added' as const) : ('invented' as const) })),
  ];
  const of = (fate: Row['fate']): readonly Row[] => rows.filter((it) => it.fate === fate);
  const fates = Object.keys(FATES) as Row['fate'][];
  const shown = fates.filter((it) => (verbose || !['carried', 'translated'].includes(it)) && of(it).length > 0);
  return {
    lines: [
      '',
      ...fates.map((it) => line(of(it).length, FATES[it])),
      ...shown.flatMap((it) => ['', `${FATES[it]}:`, ...byRule(of(it)).flatMap(section)]),
    ],
    isClean: of('unaccounted').length + of('invented').length === 0,
  };
};

const byRule = (rows: readonly Row[]): readonly (readonly Row[])[] => [...Map.groupBy(rows, (it) => it.rule).values()];

/** The rows of one rule, or of none: how often each path occurs. */
const section = (rows: readonly Row[]): readonly string[] => {
  const paths = new Map<string, number>();
  for (const { path } of rows) count(paths, path);
  const [first] = rows;
  return [
    ...(first?.rule ? ['', `  ${first.rule.why}`] : []),
    ...[...paths].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([path, by]) => line(by, path)),
  ];
};

const line = (by: number, words: string): string => `${String(by).padStart(8)}  ${words}`;
