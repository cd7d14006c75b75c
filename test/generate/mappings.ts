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
import { accountFor } from '../../src/mapping/account.ts';
import type { Value } from '../../src/mapping/account-values.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { DIALECTS, ownAnswers, readAnswer } from '../fidelity/answers.ts';

const root = join(import.meta.dirname, '../..');

/** The guides by path. */
export const guides = async (): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      Object.entries(DIALECTS).map(
        async ([name, dialect]) => [`docs/mappings/${dialect}.md`, await guide(name)] as const,
      ),
    ),
  );

const guide = async (name: string): Promise<string> => {
  const adapter = (await loadAdapter(name))!;
  const files = ownAnswers.filter((it) => it.adapter === name).flatMap((it) => it.files);
  const moves = distinct(files.flatMap((it) => accountFor(adapter, readAnswer(it)).values.flatMap(movesOf)));
  const general = distinct([...moves.filter(isInside).map(inside), ...embedded(moves)]);
  const special = moves.filter((it) => !isInside(it) && !isEmbedded(it, general));
  return [
    preface(name),
    ...(general.length > 0 ? ['## In every type\n', table(general)] : []),
    ...[...Map.groupBy(special, ({ from }) => from[0] ?? '')]
      .sort(byName)
      .map(([kind, of]) => section(kind, of, general)),
    '## Not carried\n',
    rules(adapter.notCarried),
    '## Added\n',
    rules(adapter.added),
  ].join('\n');
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
  const places = to.filter((it) => !isDetail(it, to)).map(named);
  // What decides nearly everything decides which resource it is.
  if (places.length > MANY) return [{ from, to: places[0]?.slice(0, 1) ?? [], how: 'translated' }];
  const alike = places.filter((it) => it.at(-1) === from.at(-1));
  return (fate === 'translated' && alike.length > 0 ? alike : places).map((it) => ({ ...cut(from, it), how: fate }));
};

const MANY = 8;

/** The url of an extension, a reason for absence, or the system beside a code: they go without saying. */
const isDetail = (path: string, all: readonly string[]): boolean =>
  /extension\([^)]*\)\.url$|data-absent-reason/.test(path) ||
  (path.endsWith('.system') && all.includes(path.replace(/system$/, 'code')));

/** Cuts off what two paths have in common at their ends; a type and an element of it stay. */
const cut = (from: Path, to: Path): Pick<Move, 'from' | 'to'> => {
  let common = 0;
  while (from.length - common > 2 && to.length - common > 2 && from.at(-1 - common) === to.at(-1 - common)) common += 1;
  return { from: from.slice(0, from.length - common), to: to.slice(0, to.length - common) };
};

/** The data types whose parts move, by the part that a path within one begins with. */
const PARTS = /^(coding|contentType|extension\()/;

/** True for a move within a data type: the same wherever it stands. */
const isInside = ({ from, to }: Move): boolean => {
  const common = inCommon(from, to);
  return common > 1 && PARTS.test(from[common] ?? '');
};

const inside = (move: Move): Move => {
  const common = inCommon(move.from, move.to);
  return { ...move, from: move.from.slice(common), to: move.to.slice(common) };
};

const inCommon = (from: Path, to: Path): number => {
  let common = 0;
  while (common < from.length && from[common] === to[common]) common += 1;
  return common;
};

/** What records of many kinds hold of the same things, a team or a place: told once. */
const embedded = (moves: readonly Move[]): readonly Move[] => {
  const kinds = new Map<string, Set<string>>();
  const ends = moves
    .filter(({ from, to }) => from.length > 2 && from[0] !== to[0])
    .map((it) => ({ ...it, kind: it.from[0] ?? '', from: it.from.slice(-2) }));
  for (const { kind, from, to } of ends) {
    const key = keyOf({ from, to });
    kinds.set(key, (kinds.get(key) ?? new Set()).add(kind));
  }
  return ends.filter((it) => (kinds.get(keyOf(it))?.size ?? 0) > 2).map(({ from, to, how }) => ({ from, to, how }));
};

const isEmbedded = ({ from, to }: Move, general: readonly Move[]): boolean =>
  from.length > 2 && general.some((it) => keyOf(it) === keyOf({ from: from.slice(-2), to }));

const keyOf = ({ from, to }: Pick<Move, 'from' | 'to'>): string => `${from.join('.')} ${to.join('.')}`;

const distinct = (moves: readonly Move[]): readonly Move[] => [
  ...new Map(moves.map((it) => [`${it.from.join('.')} ${it.to.join('.')} ${it.how}`, it])).values(),
];

const section = (kind: string, moves: readonly Move[], general: readonly Move[]): string => {
  if (moves.every((it) => it.how === 'reported')) return `## ${kind}\n\nNot mapped: an issue names it.\n`;
  const own = moves.filter(({ from, to }) => from.join('.') === to.join('.'));
  const others = moves.filter((it) => !own.includes(it) && !follows(it, moves, general));
  return `## ${kind}\n\n${table(
    others.map((it) => ({ ...it, from: it.from.slice(1) })),
    names(own),
  )}`;
};

/** True for a move that another of the same kind, of the whole it is part of, and one within a data type make together. */
const follows = ({ from, to }: Move, moves: readonly Move[], general: readonly Move[]): boolean =>
  general.some((it) => {
    const [source, goal] = [from.slice(0, -it.from.length), to.slice(0, -it.to.length)];
    return (
      keyOf({ from: [...source, ...it.from], to: [...goal, ...it.to] }) === keyOf({ from, to }) &&
      moves.some((other) => keyOf(other) === keyOf(cut(source, goal)))
    );
  });

const names = (moves: readonly Move[]): string =>
  [...new Set(moves.map(({ from }) => `\`${from.slice(1).join('.')}\``))].sort().join(', ');

const table = (moves: readonly Move[], same = ''): string =>
  `| source | UK Core | |\n| --- | --- | --- |\n${same === '' ? '' : `| ${same} | the same | |\n`}${rows(moves)}`;

const rows = (moves: readonly Move[]): string =>
  [...Map.groupBy(moves, ({ from }) => from.join('.'))]
    .sort(byName)
    .map(
      ([from, of]) =>
        `| \`${from}\` | ${[...new Set(of.map(target))].sort().join(', ')} | ${of.every((it) => it.how === 'translated') ? 'translated' : ''} |\n`,
    )
    .join('');

const target = ({ to, how }: Move): string => {
  if (how === 'reported') return 'an issue';
  const kept = to.find((it) => /extension\(source-(text|value)\)/.test(it));
  return `\`${kept === undefined ? to.join('.') : to.slice(0, to.indexOf(kept) + 1).join('.')}\``;
};

const rules = (all: readonly ValueRule[] = []): string =>
  `| paths | values | why |\n| --- | --- | --- |\n${all
    .map(
      ({ path, value, why }) =>
        `| ${list(path)
          .map((it) => `\`${String(it)}\``)
          .join(', ')} | ${value ? `\`${value.source.replaceAll('|', '\\|')}\`` : 'all'} | ${why} |\n`,
    )
    .join('')}`;

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, content] of await guides()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
