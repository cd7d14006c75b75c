import type { AdapterDefinition } from './adapter/index.ts';
import { createSealer } from './fhir/sealed-id.ts';
import { createTracer, type Tracer } from './identity/trace.ts';
import { connectTerminology } from './link/connect.ts';
import { type Config, ConfigError } from './platform/config.ts';
import type { Load } from './platform/load.ts';
import type { Log } from './platform/log.ts';
import { createRecall } from './search/recall.ts';
import type { SearchDeps } from './search/search.ts';
import type { Asking } from './sources/ask.ts';
import { connectSources, type Sources } from './sources/registry.ts';

export interface Wiring {
  readonly log: Log;
  /** Finds an adapter by its folder name. */
  readonly load: (folder: string) => Promise<AdapterDefinition | undefined>;
  /** Carries the bytes of sources' answers; without it nobody counts them. */
  readonly carried?: Pick<Load, 'hold'>;
}

/** What search and read need, whoever stands in front of them: our own door, or another host. @throws ConfigError */
export const connectWalk = async (
  config: Pick<
    Config,
    'sources' | 'identity' | 'terminology' | 'sealingKeys' | 'facade' | 'maxRecordsPerSource' | 'pages'
  >,
  { log, load, carried }: Wiring,
): Promise<SearchDeps> => {
  const sources = await connectSources(config.sources, load, carried);
  const asking = { now: Date.now, log };
  const tracer = config.identity && (await connectTracer(config.identity, sources, asking));
  const recall = createRecall(config.pages.maxBytes, asking);
  const close = async (): Promise<void> => {
    tracer?.close();
    recall.close();
    await sources.close();
  };
  return {
    ...asking,
    sources: { ...sources, close },
    tracer,
    recall,
    terminology: await connectTerminology(config.terminology, Date.now),
    sealer: createSealer(config.sealingKeys),
    facade: config.facade,
    maxRecords: config.maxRecordsPerSource,
  };
};

/** The tracer over the source that the config names. @throws ConfigError where that source does not trace */
const connectTracer = async (
  identity: NonNullable<Config['identity']>,
  sources: Sources,
  asking: Asking,
): Promise<Tracer> => {
  const source = sources.byId(identity.source);
  if (source?.capabilities.traces) return createTracer(source, identity, asking);
  await sources.close();
  throw new ConfigError(['identity.source: expected a source that traces NHS numbers; its adapter does not']);
};
