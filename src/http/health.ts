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

/** Asks every source how it is, all at once; `fail` where one cannot serve. */
export const sourceStatuses = async (
  sources: readonly ConfiguredSource[],
  deps: Asking,
  call: Call,
): Promise<{ readonly status: 'pass' | 'warn' | 'fail'; readonly checks: Readonly<Record<string, Check>> }> => {
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
