import type { Json } from '../../fhir/index.ts';
import { REQUEST_HEADERS } from '../headers.ts';
import { MODES } from '../metadata.ts';
import { FHIR_JSON, FHIR_XML } from '../negotiate.ts';
import type { TypeOffer } from '../offer.ts';
import type { Operation } from '../../operations/table.ts';
import { FHIR_BASE, type Route, ROUTES } from '../routes.ts';
import {
  EXAMPLE_PATIENT,
  formatParameters,
  headerParameters,
  operationParameters,
  searchParametersFor,
  type SharedFilters,
} from './parameters.ts';
import { plainResponse, resourceResponse, responses } from './responses.ts';
import { ref } from './schemas.ts';

export interface Api {
  readonly types: readonly TypeOffer[];
  readonly shared: SharedFilters;
}

/** Every route of the door as paths of the document, its types spelt out. */
export const pathsOf = (api: Api): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of ROUTES)
    for (const { path, operation } of DESCRIBE[route.action](route, api))
      (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operation;
  return paths;
};

interface Described {
  readonly path: string;
  readonly operation: Json;
}

/** One row per action: how a reader is told of its routes. */
const DESCRIBE: Readonly<Record<Route['action'], (route: Route, api: Api) => readonly Described[]>> = {
  ping: ({ path }) => [
    {
      path,
      operation: {
        ...named('ping', 'Alive, and what runs here', 'Service'),
        responses: { 200: plainResponse(ref('schemas', 'Release'), 'It is alive.') },
      },
    },
  ],
  status: ({ path }) => [
    {
      path,
      operation: {
        ...named('status', 'How each source is', 'Service'),
        responses: {
          200: plainResponse(ref('schemas', 'Status'), 'At least one source can serve.'),
          503: plainResponse(ref('schemas', 'Status'), 'None can.'),
        },
      },
    },
  ],
  openapi: ({ path }) => [
    {
      path,
      operation: {
        ...named('openapi', 'This document', 'Service'),
        responses: { 200: plainResponse({ type: 'object' }, 'OpenAPI 3.0.3.'), ...responses([304, 503]) },
      },
    },
  ],
  metadata: ({ path }) => [
    {
      path,
      operation: {
        ...named('metadata', 'What the configured sources can do', 'Definitions'),
        parameters: [
          { name: 'mode', in: 'query', description: 'Which part of it.', schema: { type: 'string', enum: MODES } },
          ...formatParameters(),
          ...headerParameters('If-None-Match'),
        ],
        responses: {
          200: resourceResponse('CapabilityStatement', 'A CapabilityStatement, or TerminologyCapabilities.'),
          ...responses([304, 400, 406, 503]),
        },
      },
    },
  ],
  definitions: ({ path, type = '' }) => [
    {
      path,
      operation: {
        ...named(`search${type}`, `Our own definitions: every ${type}`, 'Definitions'),
        parameters: [
          { name: 'url', in: 'query', description: 'The canonical of one.', schema: { type: 'string' } },
          ...formatParameters(),
        ],
        responses: { 200: ref('responses', 'SearchSet'), ...responses([304, 400, 406, 503]) },
      },
    },
  ],
  definition: ({ path, type = '' }) => [
    {
      path,
      operation: {
        ...named(`read${type}`, `One ${type} of our own`, 'Definitions'),
        parameters: [idParameter(), ...formatParameters()],
        responses: { 200: ref('responses', 'Resource'), ...responses([304, 400, 404, 406, 503]) },
      },
    },
  ],
  search: (route, api) => (route.takes === 'form' ? postedSearches(route, api) : searches(route, api)),
  read: (route, { types }) =>
    types.map(({ type, profile }) => ({
      path: pathFor(route, type),
      operation: {
        ...named(`read${type}`, `Read one ${type}`, type),
        ...(profile !== undefined && { externalDocs: { url: profile } }),
        parameters: [
          idParameter(type === 'Patient' ? EXAMPLE_PATIENT : undefined),
          ...formatParameters(),
          ...headerParameters('Prefer', 'If-None-Match', 'X-Request-ID', 'X-Correlation-ID'),
        ],
        responses: { 200: ref('responses', 'Resource'), ...responses([304, 400, 404, 406, 502, 503, 504]) },
      },
    })),
  operation: (route, { types }) =>
    types.flatMap(({ type, operations }) =>
      operations.filter((it) => isAt(route, it)).map((it) => described(route, { type, operation: it })),
    ),
  batch: ({ path }) => [
    {
      path,
      operation: {
        ...named(
          'batch',
          'Several reads, searches and operations at once; each entry succeeds or fails alone',
          'Batch',
        ),
        requestBody: resourceBody('Bundle', {
          resourceType: 'Bundle',
          type: 'batch',
          entry: [{ request: { method: 'GET', url: `AllergyIntolerance?patient=${EXAMPLE_PATIENT}` } }],
        }),
        parameters: [...formatParameters(), ...headerParameters('Prefer', 'X-Request-ID', 'X-Correlation-ID')],
        responses: {
          200: ref('responses', 'Resource'),
          ...responses([400, 406, 413, 415, 503]),
        },
      },
    },
  ],
  notBuilt: (route) => [
    {
      path: route.path,
      operation: {
        ...named(`guide${nameIn(route.path)}`, 'An interaction of the guide that is not built yet', GUIDE),
        responses: responses([406, 501, 503]),
      },
    },
  ],
};

const searches = (route: Route, { types, shared }: Api): readonly Described[] =>
  searched(route, types).map((it) => ({
    path: pathFor(route, it.type),
    operation: {
      ...named(idOf('search', route, it.type), `Search for the ${it.type} of one patient`, tagOf(route, it.type)),
      parameters: searchParametersFor(it, shared),
      responses: { 200: ref('responses', 'SearchSet'), ...responses([304, 400, 406, 502, 503, 504]) },
    },
  }));

const postedSearches = (route: Route, { types }: Api): readonly Described[] =>
  searched(route, types).map(({ type }) => {
    const patient = type === 'Patient' ? 'identifier' : 'patient';
    const schema = {
      type: 'object',
      description: 'The parameters that the search by GET has.',
      properties: { [patient]: { type: 'string' } },
      additionalProperties: { type: 'string' },
    };
    return {
      path: pathFor(route, type),
      operation: {
        ...named(idOf('post', route, `${type}Search`), 'The same search, its parameters in a form', tagOf(route, type)),
        requestBody: {
          content: { 'application/x-www-form-urlencoded': { schema, example: { [patient]: EXAMPLE_PATIENT } } },
        },
        parameters: headerParameters('Prefer', 'X-Request-ID', 'X-Correlation-ID'),
        responses: { 200: ref('responses', 'SearchSet'), ...responses([400, 406, 413, 415, 502, 503, 504]) },
      },
    };
  });

/** True where the operations of a route's level and method are. */
const isAt = ({ path, method }: Route, { level, methods }: Operation): boolean =>
  methods.includes(method) &&
  level === (path.includes(':id') ? 'instance' : path.includes(':type') ? 'type' : 'system');

const described = (
  route: Route,
  { type, operation }: { readonly type: string; readonly operation: Operation },
): Described => ({
  path: pathFor(route, type).replace(':operation', operation.name),
  operation: {
    ...named(idOf(route.method.toLowerCase(), route, `${type}${pascal(operation.name)}`), operation.title, type),
    description: operation.doc,
    ...(route.method === 'POST' && { requestBody: resourceBody('Parameters') }),
    parameters: [
      ...(operation.level === 'instance' ? [idParameter(type === 'Patient' ? EXAMPLE_PATIENT : undefined)] : []),
      ...(route.method === 'GET' ? operationParameters(operation) : []),
      ...formatParameters(),
      ...headerParameters(...Object.keys(REQUEST_HEADERS)),
    ],
    responses: {
      200: ref('responses', operation.returns === 'Bundle' ? 'SearchSet' : 'Resource'),
      ...responses([...(route.method === 'GET' ? [304] : [413, 415]), 400, 406, 502, 503, 504]),
    },
  },
});

const pascal = (name: string): string => name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());

/** A resource that is posted, in either form; an example says more than its schema would. */
const resourceBody = (type: string, example?: Json): Json => ({
  description: `A ${type}.`,
  content: {
    [FHIR_JSON]: { schema: ref('schemas', 'Resource'), ...(example && { example }) },
    [FHIR_XML]: { schema: ref('schemas', 'Resource') },
  },
});

const GUIDE = 'The guide’s own addresses';

const named = (operationId: string, summary: string, tag: string): Json => ({ operationId, summary, tags: [tag] });

/** The types that a route searches: its own, or all that are searched. */
const searched = ({ type }: Route, types: readonly TypeOffer[]): readonly TypeOffer[] =>
  types.filter((it) => it.search && (type === undefined || type === it.type));

const pathFor = ({ path }: Route, type: string): string => path.replace(':type', type);
const isGuide = ({ path }: Route): boolean => !path.startsWith(`${FHIR_BASE}/`);
const tagOf = (route: Route, type: string): string => (isGuide(route) ? GUIDE : type);
const idOf = (verb: string, route: Route, type: string): string => `${verb}${type}${isGuide(route) ? 'AsInGuide' : ''}`;
const nameIn = (path: string): string => path.split('/').at(-1) ?? '';

const idParameter = (example?: string): Json => ({
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 64 },
  ...(example !== undefined && { example }),
});
