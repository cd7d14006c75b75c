/** Package entry "./fwoa": our services dressed as those of FHIR Works on AWS, so that a host of it can mount the facade. */
import { randomUUID } from 'node:crypto';
import type {
  Bundle,
  Capabilities,
  History,
  Persistence,
  Search,
  SearchCapabilities,
  SearchCapabilityStatement,
} from 'fhir-works-on-aws-interface';
import type { AdapterDefinition, Call } from './adapter/index.ts';
import type { CapabilityStatement } from './fhir/index.ts';
import { createBundle } from './fwoa/bundle.ts';
import { notAllowed, wrongVersion } from './fwoa/errors.ts';
import { createPersistence } from './fwoa/persistence.ts';
import { createSearchService } from './fwoa/search.ts';
import { loadDefinitions } from './http/definitions.ts';
import { createMetadata } from './http/metadata.ts';
import type { Config } from './platform/config.ts';
import { createLog, type Log } from './platform/log.ts';
import { loadAdapter } from './sources/load.ts';
import { connectWalk } from './walk.ts';
import pkg from '../package.json' with { type: 'json' };

export { UpstreamError } from './fwoa/errors.ts';

/** What a FHIR Works host puts into its `FhirConfig`. */
export interface FhirWorks {
  readonly search: Search;
  readonly persistence: Persistence;
  readonly capabilities: Capabilities;
  readonly history: History;
  readonly bundle: Bundle;
  /** Lets go of every source. */
  readonly close: () => Promise<void>;
}

export interface FhirWorksOptions {
  /** The host's own FHIR base URL. */
  readonly base: string;
  readonly log?: Log;
  readonly load?: (folder: string) => Promise<AdapterDefinition | undefined>;
}

/** The facade over the configured sources, without a door of its own. @throws ConfigError */
export const createFhirWorks = async (
  config: Omit<Config, 'listen'>,
  { base, log = createLog(), load = loadAdapter }: FhirWorksOptions,
): Promise<FhirWorks> => {
  const walk = await connectWalk(config, { log, load });
  const metadata = createMetadata({
    version: pkg.version,
    date: new Date(walk.now()).toISOString(),
    sources: walk.sources.all,
    codeSystems: (await loadDefinitions()).ofType('CodeSystem'),
    cors: false,
    isOwnDoor: false,
  });
  // FHIR Works tells its services of no deadline and of no caller who went away.
  const callOf = (): Call => ({
    signal: new AbortController().signal,
    deadline: walk.now() + config.deadlineMs,
    correlationId: randomUUID(),
    actor: config.actor,
  });
  const persistence = createPersistence({ ...walk, callOf, base });
  const noHistory = notAllowed('Sources are asked for what they hold now; there is no history.');
  return {
    search: createSearchService({
      ...walk,
      callOf,
      uuid: randomUUID,
      capabilities: () => searchesOf(metadata('full', base) as CapabilityStatement),
    }),
    persistence,
    capabilities: {
      capabilities: ({ fhirVersion, mode }) =>
        fhirVersion === '4.0.1'
          ? Promise.resolve({ message: 'success', resource: metadata(mode, base) })
          : wrongVersion(),
    },
    history: { instanceHistory: noHistory, typeHistory: noHistory, globalHistory: noHistory },
    bundle: createBundle(persistence),
    close: () => walk.sources.close(),
  };
};

/** What can be searched, by type: the part of the statement that FHIR Works puts into its own. */
const searchesOf = ({ rest = [] }: CapabilityStatement): SearchCapabilityStatement =>
  Object.fromEntries(
    rest.flatMap(({ resource = [] }) =>
      resource.map(({ type, searchParam = [], searchInclude = [], searchRevInclude = [] }) => [
        type,
        { searchParam: searchParam as SearchCapabilities['searchParam'], searchInclude, searchRevInclude },
      ]),
    ),
  );
