import { type Child, CORE, startChild } from './child.ts';
import type { StubCounts, StubSettings } from './stub.ts';

/** Starts the stub sources, on the core of the load. */
export const startStub = (): Promise<Child> => startChild('bench/stub.ts', { name: 'stub', core: CORE.load });

/** What the stub counted since it was set. */
export const countsOf = async ({ base }: Child): Promise<StubCounts & { readonly total: number }> => {
  const counts = (await (await fetch(`${base}/_stub`)).json()) as StubCounts;
  return { ...counts, total: counts.calls.gp + counts.calls.acute + counts.calls.community };
};

/** Sets how the sources behave, and its counts to nothing; what is left out is as it was at the start. */
export const setStub = async ({ base }: Child, settings: StubSettings): Promise<void> => {
  await fetch(`${base}/_stub`, { method: 'PUT', body: JSON.stringify(settings) });
};
