import type { AdapterDefinition } from '../../src/adapter/index.ts';
import { type App, startApp } from '../../src/app.ts';
import { type Config, parseConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { testActor } from './call.ts';

const SECRET = 'PCR_TEST_SEALING_KEY';

/** One source of a test: an adapter, made or by folder name, and what its config entry says. */
export interface TestSource {
  readonly id: string;
  readonly adapter: AdapterDefinition | string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly required?: boolean;
  readonly deadlineMs?: number;
  readonly guard?: Partial<Config['sources'][number]['guard']>;
  readonly cache?: Partial<Config['sources'][number]['cache']>;
}

/** The whole facade on a port of its own over the sources given: real HTTP in, whatever the sources speak out. */
export const startTestApp = async (sources: readonly TestSource[], more: Partial<Config> = {}): Promise<App> => {
  const { config, load } = testConfig(sources, more);
  return startApp(config, { log: silentLog, load });
};

/** A config with these sources, and what finds their adapters. */
export const testConfig = (
  sources: readonly TestSource[],
  more: Partial<Config> = {},
): { readonly config: Config; readonly load: typeof loadAdapter } => {
  process.env[SECRET] ??= 'a secret of the tests, and long enough';
  const config = parseConfig(
    {
      listen: { port: 0 },
      sealingKeys: [{ version: 1, secret: { env: SECRET } }],
      deadlineMs: 1000,
      facade: { ods: 'X99999', name: 'Test facade' },
      actor: testActor,
      ...more,
      sources: sources.map(({ id, adapter, settings = {}, required = false, deadlineMs, guard, cache }) => ({
        id,
        adapter: typeof adapter === 'string' ? adapter : id,
        title: `${id} record`,
        organisation: { ods: 'A99001', name: `Organisation of ${id}` },
        required,
        ...(deadlineMs !== undefined && { deadlineMs }),
        ...(guard && { guard }),
        ...(cache && { cache }),
        settings,
      })),
    },
    'test',
  );
  const made = new Map(
    sources.flatMap(({ id, adapter }) => (typeof adapter === 'string' ? [] : [[id, adapter] as const])),
  );
  return { config, load: async (name) => made.get(name) ?? loadAdapter(name) };
};
