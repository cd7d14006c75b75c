import { type Child, startChild } from './child.ts';
import { startFacade } from './facade.ts';
import type { Stretch } from './load.ts';
import { startStub, setStub } from './sources.ts';
import type { StubSettings } from './stub.ts';

/** Starts a server of a contest over the sources of a stub. */
export type Start = (stub: string) => Promise<Child>;

export const raw: Start = (stub) => startChild('bench/raw.ts', { name: 'raw', args: ['raw', stub] });
export const naive: Start = (stub) => startChild('bench/naive.ts', { name: 'naive', args: [stub] });
export const us: Start = (stub) => startFacade(stub);

/** Servers over sources that behave so, for as long as measuring them takes. */
export const withServers = async <T>(
  starts: readonly Start[],
  settings: StubSettings,
  measure: (servers: readonly Child[], stub: Child) => Promise<T>,
): Promise<T> => {
  const stub = await startStub();
  const servers: Child[] = [];
  try {
    await setStub(stub, settings);
    for (const start of starts) servers.push(await start(stub.base));
    return await measure(servers, stub);
  } finally {
    await Promise.all([...servers, stub].map((it) => it.stop()));
  }
};

/** What is compared, of what a stretch cost. */
export const MEASURES = {
  CPU: (it) => it.cpuMs,
  p50: (it) => it.p50,
  p99: (it) => it.p99,
} as const satisfies Readonly<Record<string, (stretch: Stretch) => number>>;
export type Measure = keyof typeof MEASURES;
