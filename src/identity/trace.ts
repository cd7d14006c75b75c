import { type Call, createSingleFlight, type Trace } from '../adapter/index.ts';
import type { NhsNumber } from '../fhir/index.ts';
import { createCache } from '../platform/cache.ts';
import { type Asking, ask } from '../sources/ask.ts';
import type { Asked } from '../sources/asked.ts';
import { markKept } from '../sources/kept.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** Traces NHS numbers at one identity source. */
export interface Tracer {
  readonly source: ConfiguredSource;
  /** Never throws: that a number could not be traced is an answer. */
  readonly trace: (nhsNumber: NhsNumber, call: Call) => Promise<Asked<Trace>>;
  /** What is remembered of a number, without asking. */
  readonly known: (nhsNumber: NhsNumber) => Trace | undefined;
  readonly quarantineAt: number;
  readonly close: () => void;
}

export interface TracerSettings {
  readonly cacheSeconds: number;
  readonly quarantineAt: number;
}

/** Numbers that are remembered at most. */
const MAX_TRACES = 10_000;

/**
 * Makes a tracer that asks as seldom as it can, since identity services allow few calls: an answer is remembered, and
 * those who ask for one number at a time share one call. Failures are not remembered: a service that is asked too often is
 * left alone by its guard.
 */
export const createTracer = (
  source: ConfiguredSource,
  { cacheSeconds, quarantineAt }: TracerSettings,
  deps: Asking,
): Tracer => {
  const cache = createCache(MAX_TRACES);
  const flight = createSingleFlight<Asked<Trace>>();

  const remember = (nhsNumber: NhsNumber, asked: Asked<Trace>): void => {
    if ('error' in asked || cacheSeconds === 0) return;
    markKept(asked, deps.now() + cacheSeconds * 1000);
    cache.set(nhsNumber, asked, cacheSeconds);
    // Who is found under an old number is known under the new one as well.
    if (asked.value.outcome === 'found') cache.set(asked.value.nhsNumber, asked, cacheSeconds);
  };

  /** One call for all who wait for it: it is nobody's to cancel, and ends by its own deadline. */
  const start = async (nhsNumber: NhsNumber, call: Call): Promise<Asked<Trace>> => {
    const work = source.source.trace as NonNullable<typeof source.source.trace>;
    const shared = { ...call, signal: new AbortController().signal };
    const asked = await ask(source, (own) => work(nhsNumber, own), { ...deps, call: shared });
    remember(nhsNumber, asked);
    return asked;
  };

  const trace: Tracer['trace'] = async (nhsNumber, call) =>
    cache.get<Asked<Trace>>(nhsNumber) ?? flight.join(nhsNumber, () => start(nhsNumber, call), call);
  const known: Tracer['known'] = (nhsNumber) => {
    const asked = cache.get<Asked<Trace>>(nhsNumber);
    return asked && 'value' in asked ? asked.value : undefined;
  };
  return { source, trace, known, quarantineAt, close: cache.close };
};
