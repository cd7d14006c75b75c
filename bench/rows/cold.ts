import { type Measure, MEASURES, naive, raw, us, withServers } from '../arena.ts';
import { duel, ratios } from '../duel.ts';
import { SHORT } from '../payload.ts';
import { ratioRow, type Row } from '../report.ts';
import { allTypes, oneType } from '../searches.ts';
import type { StubSettings } from '../stub.ts';
import type { Part, Run } from './row.ts';

const ONE_MB = { gpBytes: 1_000_000 };
const FIVE_MB = { gpBytes: 5_000_000 };
/** The same size in entries that are mostly structure instead of words. */
const DENSE = { gpBytes: 1_000_000, gpEntryBytes: 2000 };
const CONNECTIONS = 8;

interface Contest {
  readonly goal: string;
  readonly search: typeof oneType;
  readonly size: StubSettings;
  readonly limits: Readonly<Partial<Record<Measure, number>>>;
  /** Left out of `--quick`. */
  readonly isSlow?: boolean;
}

const ONE_TYPE: readonly Contest[] = [
  { goal: 'one type of 1 MB', search: oneType, size: ONE_MB, limits: { CPU: 0.9 } },
  { goal: 'one type of 5 MB', search: oneType, size: FIVE_MB, limits: { CPU: 1 }, isSlow: true },
  { goal: 'one type of 1 MB in small entries', search: oneType, size: DENSE, limits: {}, isSlow: true },
];
const ALL_TYPES: readonly Contest[] = [
  { goal: 'all types of 1 MB', search: allTypes, size: ONE_MB, limits: { CPU: 1.3, p50: 1.3 }, isSlow: true },
  { goal: 'all types of 50 KB', search: allTypes, size: SHORT, limits: { CPU: 2, p50: 2 } },
];

/** Searches of which nothing is kept, against fanning out, parsing all and writing a page. */
export const coldParts: readonly Part[] = [
  { rows: ['1'], name: 'one type', measure: (run) => contests(run, '1', ONE_TYPE) },
  { rows: ['2'], name: 'all types', measure: (run) => contests(run, '2', ALL_TYPES) },
];

const contests = async (run: Run, row: string, all: readonly Contest[]): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const it of all) if (!run.isQuick || it.isSlow !== true) rows.push(...(await contest(run, row, it)));
  return rows;
};

/** All measures of us by `raw`; and what a straightforward facade costs, to see the room there is. */
const contest = async (
  { effort, isQuick }: Run,
  row: string,
  { search, size, goal, limits }: Contest,
): Promise<readonly Row[]> => {
  const servers = await withServers([raw, us, ...(isQuick ? [] : [naive])], size, (children, stub) =>
    duel(
      children.map((child) => ({ child, ...search })),
      { connections: CONNECTIONS, effort, stub },
    ),
  );
  const measured = (Object.keys(MEASURES) as readonly Measure[]).map((measure) => {
    const limit = limits[measure];
    const about = { row, goal: `${goal}: ${measure} by raw`, ...(limit !== undefined && { limit }) };
    return ratioRow({ ...about, ...(measure === 'CPU' && { servers }) }, ratios(servers, MEASURES[measure]));
  });
  const room = ratioRow({ row, goal: `${goal}: CPU of naive by raw` }, ratios(servers, MEASURES.CPU, ['naive', 'raw']));
  return isQuick ? measured : [...measured, room];
};
