/**
 * `npm run soak [-- --minutes N]`: the real facade at four fifths of what it can do, for ten minutes, while its sources fail at
 * random: hung, slow, dripping, reset, cut off. In the end its heap is flat, nothing it opened is left, and every answer that
 * was not whole is explained by what was done to its sources.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Bundle, type OperationOutcome, ourExtension } from '../src/fhir/index.ts';
import { type FaultProxy, startFaultProxy, type TcpFault } from '../test/support/fault-proxy.ts';
import { ask } from './load.ts';
import { CORE, pin } from './child.ts';
import { prepare } from './duel.ts';
import { startFacade } from './facade.ts';
import { patients } from './payload.ts';
import { allTypes, oneType } from './searches.ts';
import { setStub, startStub } from './sources.ts';
import type { SourceName, StubSettings } from './stub.ts';

const SOURCES = ['gp', 'acute', 'community'] as const satisfies readonly SourceName[];
const SIZE = { gpBytes: 200_000 };
const LOAD = 0.8;
/** How long sources behave in one way. */
const SPELL_MS = 5000;
/** A source that failed may be left alone for so long. */
const RECOVERY_MS = 40_000;
/** The heap may be so much larger in the end than after the first minute. */
const GROWTH = 1.1;
const MOST_AT_ONCE = 200;

type Trouble = TcpFault | 'slow' | 'mute';
const TROUBLES: readonly Trouble[] = ['hang', 'drip', 'reset', 'cut', 'slow', 'mute'];
/** How many sources are in trouble at a time: as often none as one. */
const AT_ONCE = [0, 0, 1, 1, 2, 3];
const MANNERS: Readonly<Partial<Record<Trouble, StubSettings['gp']>>> = { slow: { ms: 300 }, mute: { hang: true } };

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
pin(process.pid, CORE.load);

/** The same troubles in every run. */
const chance = (
  (seed: number) => () =>
    (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
)(42);
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;

const stub = await startStub();
await setStub(stub, SIZE);
const port = Number(new URL(stub.base).port);
const proxies = Object.fromEntries(
  await Promise.all(SOURCES.map(async (it) => [it, await startFaultProxy(port)] as const)),
) as Record<SourceName, FaultProxy>;
const facade = await startFacade(
  Object.fromEntries(SOURCES.map((it) => [it, `http://127.0.0.1:${proxies[it].port}`])) as Record<SourceName, string>,
  { ofSources: Object.fromEntries(SOURCES.map((it) => [it, { deadlineMs: 1000 }])), env: { LOG_LEVEL: 'silent' } },
);

/** What each source is in, and when it was last. */
const now: Record<SourceName, Trouble> = { gp: 'none', acute: 'none', community: 'none' };
const troubled: Record<SourceName, number> = { gp: 0, acute: 0, community: 0 };
let counts: Record<string, number> = {};
const unexplained: string[] = [];
const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
const isExplained = ({ source }: { readonly source: string }): boolean =>
  Date.now() - troubled[source as SourceName] < RECOVERY_MS;

interface Failed {
  readonly source: string;
  readonly status: string;
}

/** What an answer says of its sources: those that did not answer, or not in full, and how they fared. */
const failedIn = (resource: Bundle | OperationOutcome): readonly Failed[] => {
  const outcome = resource.resourceType === 'Bundle' ? resource.entry?.at(-1)?.resource : resource;
  return ((outcome as OperationOutcome | undefined)?.issue ?? [])
    .filter((it) => it.severity !== 'information')
    .flatMap((it) => {
      const parts = it.extension?.find(({ url }) => url === ourExtension('ledger'))?.extension ?? [];
      const source = parts.find(({ url }) => url === 'source')?.valueCode;
      return source === undefined ? [] : [{ source, status: it.details?.coding?.[0]?.code ?? '' }];
    });
};

const askOnce = async (path: string): Promise<void> => {
  try {
    const response = await fetch(facade.base + path);
    const resource = (await response.json()) as Bundle | OperationOutcome;
    const failed = failedIn(resource);
    count(`${response.status}${failed.length > 0 ? ' partial' : ''}`);
    const isAllowed = [200, 502, 503, 504].includes(response.status);
    if (isAllowed && failed.every(isExplained)) return;
    const sources = failed.map((it) => `${it.source} ${it.status}${isExplained(it) ? '' : '!'}`);
    unexplained.push(`${response.status}: ${sources.join(', ')}`);
  } catch (error) {
    unexplained.push(error instanceof Error ? error.message : 'failed');
  }
};

const misbehave = async (): Promise<void> => {
  const some = SOURCES.toSorted(() => chance() - 0.5).slice(0, oneOf(AT_ONCE));
  const manners: Record<string, unknown> = { ...SIZE };
  for (const source of SOURCES) {
    const trouble = some.includes(source) ? oneOf(TROUBLES) : 'none';
    if (trouble !== 'none') troubled[source] = Date.now() + SPELL_MS;
    const manner = MANNERS[trouble];
    if (manner) manners[source] = manner;
    if (trouble === now[source]) continue;
    now[source] = trouble;
    proxies[source].set(trouble === 'slow' || trouble === 'mute' ? 'none' : trouble);
    // Connections that are kept would go on as they were.
    proxies[source].drop();
  }
  await setStub(stub, manners);
};

const print = (...columns: readonly (string | number)[]): void =>
  void process.stdout.write(`${columns.map((it) => String(it).padEnd(14)).join('')}\n`);

const searches = [oneType, allTypes];
const paths = patients(64).flatMap((patient) => searches.map((it) => it.path(patient)));
const target = { child: facade, path: oneType.path };
const prepared = await prepare(target, 64);
await ask(target, { ...prepared, connections: 8, amount: 100 });
const { perSecond } = await ask(target, { ...prepared, connections: 8, amount: 200 });
const rate = perSecond * LOAD;
await setTimeout(1000);
const before = await facade.rest();
print('minute', 'heap MB', 'handles', 'answers');

let inFlight = 0;
const heaps: number[] = [];
const started = Date.now();
for (let minute = 1; minute <= minutes; minute++) {
  let spellEnds = 0;
  for (let asked = 0; Date.now() < started + minute * 60_000; asked++) {
    if (Date.now() > spellEnds) {
      await misbehave();
      spellEnds = Date.now() + SPELL_MS;
    }
    if (inFlight < MOST_AT_ONCE) {
      inFlight += 1;
      void askOnce(oneOf(paths)).finally(() => (inFlight -= 1));
    }
    await setTimeout(1000 / rate);
  }
  // What is under way is no leak.
  while (inFlight > 0) await setTimeout(50);
  const { heap, handles } = await facade.rest();
  heaps.push(heap);
  const all = Object.values(handles).reduce((sum, it) => sum + it, 0);
  print(minute, heap.toFixed(1), all, JSON.stringify(counts));
  counts = {};
}

await setStub(stub, SIZE);
for (const it of SOURCES) {
  proxies[it].set('none');
  proxies[it].drop();
}
while (inFlight > 0) await setTimeout(100);
await setTimeout(6000);
const after = await facade.rest();
const growth = (heaps.at(-1) ?? NaN) / (heaps[0] ?? NaN);
const left = Object.entries(after.handles).filter(([kind, number]) => number > (before.handles[kind] ?? 0));
print('heap', `${growth.toFixed(2)} of the first minute`, growth <= GROWTH ? 'met' : 'missed');
print(
  'handles',
  left.map(([kind, number]) => `${number} ${kind}`).join(', ') || 'none left',
  left.length === 0 ? 'met' : 'missed',
);
print(
  'unexplained',
  String(unexplained.length),
  unexplained.length === 0 ? 'met' : [...new Set(unexplained)].slice(0, 5).join('; '),
);
if (growth > GROWTH || left.length > 0 || unexplained.length > 0) process.exitCode = 1;
await facade.stop();
await stub.stop();
await Promise.all(SOURCES.map((it) => proxies[it].close()));
