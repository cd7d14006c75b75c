import type { Call } from '../adapter/index.ts';
import { type Asking, ask } from '../sources/ask.ts';
import type { Circuit } from '../sources/guard.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

export interface Release {
  readonly version: string;
  readonly revision: string;
  readonly releaseId: string;
  readonly commitId: string;
}

/** What runs here; set when the image is built. */
export const release = (version: string): Release => ({
  version,
  revision: process.env['REVISION'] ?? '',
  releaseId: process.env['RELEASE_ID'] ?? '',
  commitId: process.env['COMMIT_ID'] ?? '',
});

interface Check {
  readonly status: 'pass' | 'fail';
  readonly timeout: 'true' | 'false';
  readonly outcome: string;
  readonly latencyMs: number;
  /** Whether searches ask the source now: not while its circuit is open. */
  readonly circuit: Circuit;
}

export interface Statuses {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly checks: Readonly<Record<string, Check>>;
}

/**
 * Asks every source how it is. Whoever asks while that is under way shares its answer, so that no number of callers takes a
 * source's places from searches; that one of them goes away ends it for none.
 */
export const createStatuses = (
  sources: readonly ConfiguredSource[],
  deps: Asking,
): ((call: Call) => Promise<Statuses>) => {
  let underWay: Promise<Statuses> | undefined;
  const askAll = async (call: Call): Promise<Statuses> => {
    const over = new AbortController();
    try {
      return await sourceStatuses(sources, deps, { ...call, signal: over.signal });
    } finally {
      underWay = undefined;
      over.abort();
    }
  };
  return (call) => (underWay ??= askAll(call));
};

/** All at once; `fail` where none can serve, `warn` where one cannot. */
const sourceStatuses = async (sources: readonly ConfiguredSource[], deps: Asking, call: Call): Promise<Statuses> => {
  const checks = await Promise.all(
    sources.map(async (source): Promise<[string, Check]> => {
      const asked = await ask(source, (own) => source.source.health(own), { ...deps, call });
      const kind = 'error' in asked ? asked.error.kind : undefined;
      return [
        source.id,
        {
          status: kind === undefined ? 'pass' : 'fail',
          timeout: kind === 'timeout' ? 'true' : 'false',
          outcome: kind ?? 'ok',
          latencyMs: Math.round(asked.latencyMs),
          circuit: source.guard.circuit(),
        },
      ];
    }),
  );
  const failed = checks.filter(([, it]) => it.status === 'fail').length;
  return {
    status: failed === 0 ? 'pass' : failed === checks.length ? 'fail' : 'warn',
    checks: Object.fromEntries(checks),
  };
};
