import type { Call } from '../adapter/index.ts';
import type { FhirResource, ResourceType } from '../fhir/index.ts';
import { halfHourOf, openPage } from '../search/page.ts';
import type { Pairs } from '../search/request/pairs.ts';
import { searchedBy } from '../search/ask/plan.ts';
import { createSearchReader, readPage } from '../search/request/read-search.ts';
import type { SearchDeps, SearchOptions } from '../search/search.ts';
import { createEverything, everythingPage } from './everything.ts';
import { createExplain } from './explain.ts';
import { findOperation, patientOfInstance, readParameters } from './request.ts';
import { createSummary, toDocument } from './summary.ts';
import type { Operation, OperationName } from './table.ts';

/** An operation as it was asked for. */
export interface OperationCall {
  readonly name: string;
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly pairs: Pairs;
  readonly handling: 'strict' | 'lenient';
}

interface OperationAnswer {
  readonly status: number;
  readonly resource: FhirResource;
}

type Answering<T> = (asked: T, options: SearchOptions, call: Call) => Promise<OperationAnswer>;
type Handler = Answering<OperationCall & { readonly operation: Operation }>;

/** Runs an operation of the table. @throws FaultError 404 for one that is not there, 400 for one that is asked for wrongly */
export const createOperations = (deps: SearchDeps): Answering<OperationCall> => {
  const handlers = createHandlers(deps);
  const searched: ReadonlySet<string> = searchedBy(deps.sources.all);
  return (asked, options, call) => {
    const operation = findOperation(asked, (type) => searched.has(type));
    return handlers[operation.name]({ ...asked, operation }, options, call);
  };
};

const createHandlers = (deps: SearchDeps): Readonly<Record<OperationName, Handler>> => {
  const everything = createEverything(deps);
  const summary = createSummary(deps);
  const explain = createExplain(deps);
  const readSearch = createSearchReader(deps);
  return {
    explain: ({ type, pairs, handling }, options, call) =>
      explain(readSearch(type as ResourceType, pairs, { handling, base: options.base }), options, call),
    summary: async ({ operation, id, pairs, handling }, options, call) => {
      const patient = patientOfInstance(id);
      const { ignored } = readParameters(operation, pairs, handling);
      const made = await summary({ patient, ignored }, options, call);
      return 'status' in made ? made : { status: 200, resource: toDocument(made, options.base) };
    },
    everything: ({ operation, id, pairs, handling }, options, call) => {
      const patient = patientOfInstance(id);
      const now = deps.now();
      const asked = readPage(pairs);
      if (!asked) {
        const request = readParameters(operation, pairs, handling);
        return everything({ ...request, patient, page: undefined, now: halfHourOf(now) }, options, call);
      }
      const { token, format } = asked;
      const { query, served, since, merge } = openPage(deps.sealer, everythingPage(patient), { token, now });
      const request = readParameters(operation, [...query, ...format], handling);
      return everything({ ...request, patient, page: { token, served, merge }, now: since }, options, call);
    },
  };
};
