import { randomUUID } from 'node:crypto';
import {
  type AdapterDefinition,
  type Capabilities,
  type Capability,
  parseFields,
  secretsOf,
  type Source,
  type Tools,
} from '../adapter/index.ts';
import { isResourceType } from '../fhir/index.ts';
import { createCache } from '../platform/cache.ts';
import { ConfigError, type SourceConfig } from '../platform/config.ts';
import { createHttpClient } from '../platform/http-client.ts';
import { boundlessLoad, type Load } from '../platform/load.ts';
import { createGuard, type Guard } from './guard.ts';
import { createRehearse, type Rehearse } from './rehearse.ts';
import { createShare, type Share } from './share.ts';

/** A source with all that asking it needs. */
export interface ConfiguredSource extends Pick<
  SourceConfig,
  'id' | 'title' | 'organisation' | 'required' | 'deadlineMs'
> {
  readonly adapter: Pick<AdapterDefinition, 'name' | 'map'>;
  readonly capabilities: Capabilities;
  readonly source: Source;
  readonly guard: Guard;
  /** What it would be asked, without asking it; undefined for a source that was connected by hand. */
  readonly rehearse?: Rehearse;
  readonly share: Share;
}

export interface Sources {
  readonly all: readonly ConfiguredSource[];
  readonly byId: (id: string) => ConfiguredSource | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Connects every configured source. Nothing is called yet.
 * @param find finds an adapter by its folder name.
 * @throws ConfigError with one line per unknown adapter, wrong setting, or capability without its method.
 */
export const connectSources = async (
  configured: readonly SourceConfig[],
  find: (folder: string) => Promise<AdapterDefinition | undefined>,
  load: Pick<Load, 'hold'> = boundlessLoad,
): Promise<Sources> => {
  const faults: string[] = [];
  const connected: (ConfiguredSource & { readonly close: () => Promise<void> })[] = [];
  for (const [at, config] of configured.entries()) {
    const path = `sources[${at}]`;
    const adapter = await find(config.adapter);
    if (!adapter) {
      faults.push(`${path}.adapter: expected the name of a folder in adapters/; there is no ${config.adapter}`);
      continue;
    }
    const settings = parseFields(adapter.settings, config.settings, `${path}.settings`);
    if ('faults' in settings) {
      faults.push(...settings.faults);
      continue;
    }
    const source = connect(adapter, config, { settings: settings.value as never, load });
    faults.push(...broken(adapter, source).map((it) => `${path}.adapter: ${it}`));
    connected.push(source);
  }
  if (faults.length > 0) {
    await Promise.all(connected.map((it) => it.close()));
    throw new ConfigError(faults);
  }
  return createSources(connected, () => Promise.all(connected.map((it) => it.close())).then(() => undefined));
};

/** A registry over sources that are connected already. */
export const createSources = (all: readonly ConfiguredSource[], close = () => Promise.resolve()): Sources => {
  const byId = new Map(all.map((it) => [it.id, it]));
  return { all, byId: (id) => byId.get(id), close };
};

const connect = (
  adapter: AdapterDefinition,
  { id, title, organisation, required, deadlineMs, guard, cache }: SourceConfig,
  { settings, load }: { readonly settings: never; readonly load: Pick<Load, 'hold'> },
): ConfiguredSource & { readonly close: () => Promise<void> } => {
  const { tools, close } = createTools(load);
  const source = adapter.connect(settings, tools);
  const share = createShare(cache, { now: Date.now });
  return {
    id,
    title,
    organisation,
    required,
    deadlineMs,
    adapter,
    capabilities: adapter.capabilities(settings),
    source,
    guard: createGuard(guard, { now: Date.now }),
    rehearse: createRehearse({
      connect: (own) => adapter.connect(settings, own),
      tools,
      secrets: secretsOf(adapter.settings, settings),
    }),
    share,
    close: async () => {
      await source.close?.();
      share.close();
      close();
    },
  };
};

const createTools = (load: Pick<Load, 'hold'>): { readonly tools: Tools; readonly close: () => void } => {
  const cache = createCache();
  const clients: { readonly close: () => void }[] = [];
  const http: Tools['http'] = (baseUrl) => {
    const client = createHttpClient(baseUrl, load);
    clients.push(client);
    return client;
  };
  return {
    tools: { http, cache, now: Date.now, uuid: randomUUID },
    close: () => {
      cache.close();
      clients.forEach((it) => it.close());
    },
  };
};

const METHODS = ['search', 'read'] as const satisfies readonly (keyof Capability & keyof Source)[];

/** A method stands exactly where a capability says so. */
const broken = (adapter: AdapterDefinition, { source, capabilities }: ConfiguredSource): string[] => [
  ...Object.keys(capabilities.types).flatMap((it) =>
    isResourceType(it) ? [] : [`${adapter.name} claims ${it}, which is no resource type`],
  ),
  ...METHODS.flatMap((method) => {
    const claimed = Object.values(capabilities.types).some((it) => it[method]);
    if (claimed === (source[method] !== undefined)) return [];
    return [
      `${adapter.name} ${claimed ? 'claims' : 'does not claim'} ${method} and has ${claimed ? 'no' : 'a'} method for it`,
    ];
  }),
  ...((capabilities.traces ?? false) === (source.trace !== undefined)
    ? []
    : [
        `${adapter.name} ${capabilities.traces ? 'claims' : 'does not claim'} trace and has ${capabilities.traces ? 'no' : 'a'} method for it`,
      ]),
  ...Object.keys(source).flatMap((it) =>
    ['search', 'read', 'trace', 'health', 'close'].includes(it) ? [] : [`${adapter.name} has an unknown method ${it}`],
  ),
];
