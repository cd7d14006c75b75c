import type { AdapterDefinition } from './adapter/index.ts';
import { createSealer } from './fhir/sealed-id.ts';
import type { Config } from './platform/config.ts';
import { connectTerminology } from './link/connect.ts';
import type { Load } from './platform/load.ts';
import type { Log } from './platform/log.ts';
import type { SearchDeps } from './search/search.ts';
import { connectSources } from './sources/registry.ts';

export interface Wiring {
  readonly log: Log;
  /** Finds an adapter by its folder name. */
  readonly load: (folder: string) => Promise<AdapterDefinition | undefined>;
  /** Carries the bytes of sources' answers; without it nobody counts them. */
  readonly carried?: Pick<Load, 'hold'>;
}

/** What search and read need, whoever stands in front of them: our own door, or another host. @throws ConfigError */
export const connectWalk = async (
  config: Pick<Config, 'sources' | 'sealingKeys' | 'facade' | 'maxRecordsPerSource' | 'terminology'>,
  { log, load, carried }: Wiring,
): Promise<SearchDeps> => ({
  sources: await connectSources(config.sources, load, carried),
  sealer: createSealer(config.sealingKeys),
  facade: config.facade,
  terminology: await connectTerminology(config.terminology, Date.now),
  maxRecords: config.maxRecordsPerSource,
  now: Date.now,
  log,
});
