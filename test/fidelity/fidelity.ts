/** The figures of fidelity over every set of answers that is here: `npm run fidelity`. */
import type { Bundle } from '../../src/fhir/index.ts';
import { accountFor } from '../../src/mapping/account.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { mapToBundle } from '../../src/mapping/map-files.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { type AnswerSet, ownAnswers, readAnswer, realAnswers } from './answers.ts';
import { type Fault, judge, judgeCommand, missingForJudge } from './judge.ts';
import { knownFault } from './judged.ts';

const COLUMNS = [
  'files',
  'records',
  'resources',
  'crashes',
  'carried',
  'translated',
  'reported',
  'by-rule',
  'unaccounted',
  'added',
  'invented',
  'invalid',
  'excepted',
] as const;

type Figures = Partial<Record<(typeof COLUMNS)[number], number>>;

const figuresOf = async ({ adapter: name, files }: AnswerSet, bundles: Map<string, Bundle>): Promise<Figures> => {
  const adapter = (await loadAdapter(name))!;
  const figures: Figures = { files: files.length };
  for (const column of COLUMNS.slice(1, -2)) figures[column] = 0;
  const count = (column: keyof Figures, by = 1): void => void (figures[column] = (figures[column] ?? 0) + by);
  for (const file of files) {
    const raw = readAnswer(file);
    const answer = adapter.split(raw);
    const { resources, unmapped } = mapAnswer(adapter, answer, { source: name });
    count('records', answer.records.length);
    count('resources', resources.length);
    count('crashes', unmapped);
    const { values, additions } = accountFor(adapter, raw);
    for (const { fate } of values) count(fate);
    for (const { rule } of additions) count(rule ? 'added' : 'invented');
    bundles.set(file, mapToBundle(adapter, answer, file));
  }
  return figures;
};

/** How many resources have a fault: the entries of Bundles that the paths of faults begin with. */
const faulty = (files: readonly string[], faults: ReadonlyMap<string, readonly Fault[]>, known: boolean): number =>
  new Set(
    files.flatMap((file) =>
      (faults.get(file) ?? [])
        .filter((it) => (knownFault(it) !== undefined) === known)
        .map(({ path }) => `${file} ${/^Bundle\.entry\[\d+\]/.exec(path)?.[0] ?? ''}`),
    ),
  ).size;

const line = (name: string, cells: readonly string[]): string =>
  name.padEnd(36) + cells.map((it, at) => it.padStart((COLUMNS[at]?.length ?? 0) + 2)).join('');

const say = (...lines: readonly string[]): void => void process.stdout.write(lines.map((it) => `${it}\n`).join(''));

const sets = [...realAnswers, ...ownAnswers];
const present = sets.filter((it) => it.files.length > 0);
const bundles = new Map<string, Bundle>();
const rows: (readonly [AnswerSet, Figures])[] = [];
for (const set of present) rows.push([set, await figuresOf(set, bundles)]);

const missing = missingForJudge();
if (missing === undefined) {
  const faults = await judge(bundles);
  for (const [{ files }, figures] of rows) {
    figures.invalid = faulty(files, faults, false);
    figures.excepted = faulty(files, faults, true);
  }
}

say(line('', COLUMNS));
for (const [{ name }, figures] of rows)
  say(
    line(
      name,
      COLUMNS.map((it) => String(figures[it] ?? '-')),
    ),
  );
say(
  '',
  'By: pcr map --account ADAPTER FILE... (values), and the judge (resources; excepted: see test/fidelity/judged.ts):',
  `  ${judgeCommand}`,
  ...sets.filter((it) => it.files.length === 0).map((it) => `Not here, so not in the table: ${it.name}`),
  ...(missing === undefined ? [] : [`Not here, so nothing was judged: ${missing}`]),
);
process.exitCode = rows.some(([, it]) => it.crashes || it.unaccounted || it.invented || it.invalid) ? 1 : 0;
