import type { Call } from '../adapter/index.ts';
import { FaultError, type FhirResource, type Json, type ResourceType } from '../fhir/index.ts';
import { createOperations } from '../operations/operations.ts';
import { createRead } from '../read/read.ts';
import type { Pairs } from '../search/pairs.ts';
import { servedBy } from '../search/plan.ts';
import { createSearchReader } from '../search/read-search.ts';
import { safeName } from '../search/request.ts';
import { createSearch, type SearchDeps } from '../search/search.ts';
import { servedType } from '../search/served-type.ts';
import type { Preferences } from './call.ts';
import type { Definitions } from './definitions.ts';
import { capabilityStatement } from './metadata.ts';
import { parameterPairs } from './parameters.ts';
import type { FhirAction } from './routes.ts';

/** An interaction as it was asked for: at the door, or by an entry of a batch. */
export interface Asked {
  /** The parts of the address: `type`, `id`, `operation`. */
  readonly params: Readonly<Record<string, string>>;
  readonly pairs: Pairs;
  readonly prefer: Preferences;
  /** The resource that was posted. */
  readonly body?: Json | undefined;
}

/** What an interaction gives back, to be written in the form that the caller wants. */
export interface Outgoing {
  readonly status: number;
  readonly resource: FhirResource;
}

export type Interaction = (asked: Asked, call: Call) => Promise<Outgoing> | Outgoing;

export interface InteractionDeps extends SearchDeps {
  readonly definitions: Definitions;
  readonly version: string;
  /** The URL of the FHIR base; known once the facade listens. */
  readonly base: () => string;
}

/** Every FHIR interaction, of whatever carries it: a batch runs the same ones as the door. */
export const createInteractions = (deps: InteractionDeps): Readonly<Record<FhirAction, Interaction>> => {
  const { sources, definitions, version, base } = deps;
  const search = createSearch(deps);
  const read = createRead(deps);
  const operations = createOperations(deps);
  const readSearch = createSearchReader(deps);
  const started = new Date(deps.now()).toISOString();
  const types = servedBy(sources.all);

  const typed = (type = ''): ResourceType => servedType(type, types);

  return {
    metadata: (asked) => {
      allowOnly(asked, ['mode']);
      return ok(capabilityStatement(sources.all, { version, date: started, url: base() }));
    },
    search: ({ params, pairs, prefer: { handling, completeness } }, call) => {
      const request = readSearch(typed(params['type']), pairs, { handling, base: base() });
      return search(request, { base: base(), completeness }, call);
    },
    read: (asked, call) => {
      allowOnly(asked);
      const { params, prefer } = asked;
      const options = { base: base(), completeness: prefer.completeness };
      return read(typed(params['type']), String(params['id']), { options, call });
    },
    operation: (
      { params: { operation: name = '', type, id }, pairs, prefer: { handling, completeness }, body },
      call,
    ) =>
      operations(
        { name, type, id, pairs: [...pairs, ...parameterPairs(body)], handling },
        { base: base(), completeness },
        call,
      ),
    batch: () => {
      throw new FaultError('notImplemented', 'Batches are not built yet.');
    },
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
};

const ok = (resource: FhirResource): Outgoing => ({ status: 200, resource });

/** Refuses the parameters of an address that takes hardly any. @throws FaultError 400 */
const allowOnly = ({ pairs, prefer }: Asked, allowed: readonly string[] = []): void => {
  const stray = pairs.find(([name]) => !['_format', '_pretty', ...allowed].includes(name))?.[0];
  if (stray !== undefined && prefer.handling === 'strict') {
    throw new FaultError('notSupported', 'This address does not take that parameter.', safeName(stray));
  }
};
