/**
 * Writes a guide to each mapping: which source path ends at which UK Core path. Nothing of it is written by hand: each
 * value of our own answers is taken out and altered, and the guide tells what the output then lost. A test checks that
 * it is up to date.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ValueRule } from '../../src/adapter/index.ts';
import { list } from '../../src/fhir/index.ts';
import { accountFor, type Value } from '../../src/mapping/account.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { DIALECTS, ownAnswers, readAnswer } from '../fidelity/answers.ts';

const root = join(import.meta.dirname, '../..');

/** The guides by path. */
export const guides = async (): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      Object.entries(DIALECTS).map(async ([name, dialect]) => [`docs/mappings/${dialect}.md`, await guide(name)] as const),
    ),
  );

const guide = async (name: string): Promise<string> => {
  const adapter = (await loadAdapter(name))!;
  const files = ownAnswers.filter((it) => it.adapter === name).flatMap((it) => it.files);
  const values = files.flatMap((it) => accountFor(adapter, readAnswer(it)).values);
  const moves = distinct(values.flatMap(movesOf));
  const kinds = [...Map.groupBy(moves, ({ from }) => from[0] ?? '')].sort(byName);
  return `${preface(name)}
## In every type

| source | UK Core | |
| --- | --- | --- |
${rows(distinct(moves.filter(isInside).map(inside)))}
${kinds.map(([kind, of]) => section(kind, of.filter((it) => !isInside(it)))).join('\n')}
## Not carried

${rules(adapter.notCarried)}
## Added

${rules(adapter.added)}`;
};

const preface = (name: string): string => `# The mapping of \`${name}\`

Made by \`npm run generate\` from the mapping itself: each value of the fixtures, golden answers and sandbox people is taken out
and altered, and the tables say where the output then changes. A path stands for all that is below it; *translated* means that
the value decides another: a code's name in R4, a reference. What is only sometimes kept aside (a date that is none, a second
value where R4 has one) stands in \`source-value\` or \`source-text\` ([our extensions](../extensions.md)), and an issue says so.
`;

type Path = readonly string[];

/** One path of the source and one of UK Core, both cut down to where they begin to differ. */
interface Move {
  readonly from: Path;
  readonly to: Path;
  readonly how: 'carried' | 'translated' | 'reported';
}

const segments = (path: string): string[] => path.match(/(?:[^.(]|\([^)]*\))+/g) ?? [];

/** Extensions by their short names, whichever of the two publishers defined them. */
const named = (path: string): Path =>
  segments(path.replace(/Extension-(?:CareConnect-)?(?:GPC-)?/g, '').replace(/-\d+\)/g, ')'));

const movesOf = ({ path, fate, to }: Value): readonly Move[] => {
  if (/extension\([^)]*\)\.url$/i.test(path)) return [];
  const from = named(path);
  if (fate === 'reported') return [{ from, to: [], how: fate }];
  if (fate !== 'carried' && fate !== 'translated') return [];
  const places = to.filter((it) => !/extension\([^)]*\)\.url$|data-absent-reason/.test(it)).map(named);
  const alike = places.filter((it) => it.at(-1) === from.at(-1));
  return (fate === 'translated' && alike.length > 0 ? alike : places).map((it) => ({ ...cut(from, it), how: fate }));
};

/** Cuts off what two paths have in common at their ends; a type and an element of it stay. */
const cut = (from: Path, to: Path): Pick<Move, 'from' | 'to'> => {
  let common = 0;
  while (from.length - common > 2 && to.length - common > 2 && from.at(-1 - common) === to.at(-1 - common)) common += 1;
  return { from: from.slice(0, from.length - common), to: to.slice(0, to.length - common) };
};

/** True for a move within one element: the same in every type that has such an element. */
const isInside = ({ from, to }: Move): boolean => from.length > 2 && from[0] === to[0] && from[1] === to[1];

const inside = ({ from, to, how }: Move): Move => {
  let common = 0;
  while (from[common] === to[common]) common += 1;
  return { from: from.slice(common), to: to.slice(common), how };
};

const distinct = (moves: readonly Move[]): readonly Move[] => [
  ...new Map(moves.map((it) => [`${it.from.join('.')} ${it.to.join('.')} ${it.how}`, it])).values(),
];

const section = (kind: string, moves: readonly Move[]): string => {
  const own = moves.filter(({ from, to }) => from.join('.') === to.join('.'));
  const others = moves.filter((it) => !own.includes(it));
  if (moves.length === 0) return '';
  return `
## ${kind}

| source | UK Core | |
| --- | --- | --- |
${own.length > 0 ? `| ${names(own)} | the same | |\n` : ''}${rows(others.map((it) => ({ ...it, from: it.from.slice(1) })))}`;
};

const names = (moves: readonly Move[]): string =>
  [...new Set(moves.map(({ from }) => `\`${from.slice(1).join('.')}\``))].sort().join(', ');

const rows = (moves: readonly Move[]): string =>
  [...Map.groupBy(moves, ({ from }) => from.join('.'))]
    .sort(byName)
    .map(([from, of]) => `| \`${from}\` | ${[...new Set(of.map(target))].sort().join(', ')} | ${of.every((it) => it.how === 'translated') ? 'translated' : ''} |\n`)
    .join('');

const target = ({ to, how }: Move): string => {
  if (how === 'reported') return 'an issue';
  const kept = to.find((it) => /extension\(source-(text|value)\)/.test(it));
  return `\`${kept === undefined ? to.join('.') : to.slice(0, to.indexOf(kept) + 1).join('.')}\``;
};

const rules = (all: readonly ValueRule[] = []): string =>
  `| paths | values | why |\n| --- | --- | --- |\n${all
    .map(({ path, value, why }) => `| ${list(path).map((it) => `\`${String(it)}\``).join(', ')} | ${value ? `\`${value.source.replaceAll('|', '\\|')}\`` : 'all'} | ${why} |\n`)
    .join('')}`;

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number => (one < other ? -1 : 1);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, content] of await guides()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
