import { type Child, startChild } from '../child.ts';
import { duel, ratios, type Rounds } from '../duel.ts';
import { startFacade } from '../facade.ts';
import type { Stretch } from '../load.ts';
import { ratioRow, type Row } from '../report.ts';
import { allTypes, oneType } from '../searches.ts';
import { setStub, startStub } from '../sources.ts';
import type { StubSettings } from '../stub.ts';
import type { Part, Run } from './row.ts';

const SMALL = { gpBytes: 50_000, gpEntryBytes: 2000 };
const ONE_MB = { gpBytes: 1_000_000 };
const FIVE_MB = { gpBytes: 5_000_000 };

const CONNECTIONS = 8;

/** Searches of which nothing is kept, against fanning out, parsing all and writing a page. */
export const coldParts: readonly Part[] = [
  {
    rows: ['1'],
    name: 'one type',
    measure: async (run) => [
      ...(await cold(run, { search: oneType, size: ONE_MB, row: '1', goal: 'one type of 1 MB', limits: { CPU: 0.9 } })),
      ...(run.isQuick
        ? []
        : await cold(run, { search: oneType, size: FIVE_MB, row: '1', goal: 'one type of 5 MB', limits: { CPU: 1 } })),
    ],
  },
  {
    rows: ['2'],
    name: 'all types',
    measure: async (run) => [
      ...(await cold(run, {
        search: allTypes,
        size: ONE_MB,
        row: '2',
        goal: 'all types of 1 MB',
        limits: { CPU: 1.3, p50: 1.3 },
      })),
      ...(await cold(run, {
        search: allTypes,
        size: SMALL,
        row: '2',
        goal: 'all types of 50 KB',
        limits: { CPU: 2, p50: 2 },
      })),
    ],
  },
];

const MEASURES = {
  CPU: (it) => it.cpuMs,
  p50: (it) => it.p50,
  p99: (it) => it.p99,
} as const satisfies Readonly<Record<string, (stretch: Stretch) => number>>;
type Measure = keyof typeof MEASURES;

interface Cold {
  readonly search: typeof oneType;
  readonly size: StubSettings;
  readonly row: string;
  readonly goal: string;
  readonly limits: Readonly<Partial<Record<Measure, number>>>;
}

/** All measures of us by `raw`; and what a straightforward facade costs, to see the room there is. */
const cold = async ({ effort, isQuick }: Run, { search, size, row, goal, limits }: Cold): Promise<readonly Row[]> => {
  const servers = await contest(!isQuick, size, (children, stub) =>
    duel(
      children.map((child) => ({ child, ...search })),
      { connections: CONNECTIONS, effort, stub },
    ),
  );
  const [, measures] = [servers, Object.keys(MEASURES) as readonly Measure[]];
  return [
    ...measures.map((measure, at) =>
      ratioRow(
        {
          row,
          goal: `${goal}: ${measure} by raw`,
          ...(limits[measure] !== undefined && { limit: limits[measure] }),
          ...(at === 0 && { servers }),
        },
        ratios(servers, MEASURES[measure]),
      ),
    ),
    ...(isQuick
      ? []
      : [ratioRow({ row, goal: `${goal}: CPU of naive by raw` }, ratios(servers, MEASURES.CPU, ['naive', 'raw']))]),
  ];
};

/** Sources of a size, and `raw`, us and perhaps `naive` over them, for as long as a contest takes. */
const contest = async (
  withNaive: boolean,
  size: StubSettings,
  measure: (children: readonly Child[], stub: Child) => Promise<Rounds>,
): Promise<Rounds> => {
  const stub = await startStub();
  const children: Child[] = [];
  try {
    await setStub(stub, size);
    children.push(await startChild('bench/raw.ts', { name: 'raw', args: ['raw', stub.base] }));
    children.push(await startFacade(stub.base));
    if (withNaive) children.push(await startChild('bench/naive.ts', { name: 'naive', args: [stub.base] }));
    return await measure(children, stub);
  } finally {
    await Promise.all([...children, stub].map((it) => it.stop()));
  }
};
