import type { AdapterDefinition } from './adapter/index.ts';
import { createSealer } from './fhir/sealed-id.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { SearchDeps } from './search/search.ts';
import { connectSources } from './sources/registry.ts';

/** What search and read need, whoever stands in front of them: our own door, or another host. @throws ConfigError */
export const connectWalk = async (
  config: Pick<Config, 'sources' | 'sealingKeys' | 'facade' | 'maxRecordsPerSource'>,
  { log, load }: { readonly log: Log; readonly load: (folder: string) => Promise<AdapterDefinition | undefined> },
): Promise<SearchDeps> => ({
  sources: await connectSources(config.sources, load),
  sealer: createSealer(config.sealingKeys),
  facade: config.facade,
  maxRecords: config.maxRecordsPerSource,
  now: Date.now,
  log,
});
