import { FaultError, type FhirResource, type ResourceType } from '../fhir/index.ts';
import { createOperations } from '../operations/operations.ts';
import { asksForSummary, createSummarySearch } from '../operations/summary-search.ts';
import { createSummary, summarisedBy } from '../operations/summary.ts';
import { createRead } from '../read/read.ts';
import { servedBy } from '../search/ask/plan.ts';
import { createSearchReader } from '../search/request/read-search.ts';
import { safeName } from '../search/request/request.ts';
import { createSearch, type SearchDeps } from '../search/search.ts';
import { servedType } from '../search/request/served-type.ts';
import { createBatch } from './batch.ts';
import type { Definitions } from './definitions.ts';
import type { Asked, Interaction, Outgoing } from './interaction.ts';
import { createMetadata } from './metadata.ts';
import { parameterPairs } from './parameters.ts';
import type { FhirAction } from './routes.ts';

export interface InteractionDeps extends SearchDeps {
  readonly definitions: Definitions;
  readonly version: string;
  /** The URL of the FHIR base; known once the facade listens. */
  readonly base: () => string;
  /** Whether browsers may read answers. */
  readonly cors: boolean;
}

/** Every FHIR interaction, of whatever carries it: a batch runs the same ones as the door. */
export const createInteractions = (deps: InteractionDeps): Readonly<Record<FhirAction, Interaction>> => {
  const { sources, definitions, version, base } = deps;
  const search = createSearch(deps);
  const read = createRead(deps);
  const operations = createOperations(deps);
  const summary = createSummary(deps);
  const summarySearch = createSummarySearch(deps);
  const readSearch = createSearchReader(deps);
  const metadata = createMetadata({
    version,
    sources: sources.all,
    codeSystems: definitions.ofType('CodeSystem'),
    date: new Date(deps.now()).toISOString(),
    cors: deps.cors,
    isOwnDoor: true,
  });
  const types = servedBy(sources.all);

  const typed = (type = ''): ResourceType => servedType(type, types);

  const interactions: Readonly<Record<FhirAction, Interaction>> = {
    metadata: (asked) => {
      allowOnly(asked, ['mode']);
      return ok(metadata(asked.pairs.find(([name]) => name === 'mode')?.[1] ?? 'full', base()));
    },
    search: ({ params, pairs, prefer: { handling, completeness, merge } }, call) => {
      const options = { base: base(), completeness, merge };
      if (asksForSummary(params['type'] ?? '', pairs))
        return summarySearch(readSearch('Composition', pairs, { handling, base: base() }), options, call);
      return search(readSearch(typed(params['type']), pairs, { handling, base: base() }), options, call);
    },
    read: async (asked, call) => {
      allowOnly(asked);
      const { params, prefer } = asked;
      const options = { base: base(), completeness: prefer.completeness };
      const patient = params['type'] === 'Composition' ? summarisedBy(String(params['id']), deps) : undefined;
      if (patient) {
        const made = await summary({ patient }, options, call);
        return 'status' in made ? made : ok(made.composition);
      }
      return read(typed(params['type']), String(params['id']), { options, call });
    },
    operation: (
      { params: { operation: name = '', type, id }, pairs, prefer: { handling, completeness, merge }, body },
      call,
    ) =>
      operations(
        { name, type, id, pairs: [...pairs, ...parameterPairs(body)], handling },
        { base: base(), completeness, merge },
        call,
      ),
    batch: createBatch({
      base,
      interaction: (action) => interactions[action],
      unexpected: (error, { correlationId }) =>
        deps.log.warn('request.failed', { correlationId, route: 'batch', error }),
    }),
    notBuilt: () => {
      throw new FaultError('notImplemented', 'This interaction of the guide is not built yet.');
    },
    definition: (asked) => {
      allowOnly(asked);
      return ok(definitions.byId(String(asked.params['type']), String(asked.params['id'])));
    },
    definitions: (asked) => {
      allowOnly(asked, ['url']);
      const url = asked.pairs.find(([name]) => name === 'url')?.[1];
      return ok(definitions.search(String(asked.params['type']), url, base()));
    },
  };
  return interactions;
};

const ok = (resource: FhirResource): Outgoing => ({ status: 200, resource });

/** Refuses the parameters of an address that takes hardly any. @throws FaultError 400 */
const allowOnly = ({ pairs, prefer }: Asked, allowed: readonly string[] = []): void => {
  const stray = pairs.find(([name]) => !['_format', '_pretty', ...allowed].includes(name))?.[0];
  if (stray !== undefined && prefer.handling === 'strict') {
    throw new FaultError('notSupported', 'This address does not take that parameter.', safeName(stray));
  }
};
