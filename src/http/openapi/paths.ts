import type { Json } from '../../fhir/index.ts';
import { MODES } from '../metadata.ts';
import { type Route, ROUTES } from '../routes.ts';
import { type Api, type Described, GUIDE, idParameter, named, pathFor } from './naming.ts';
import { describeOperations, resourceBody } from './operations.ts';
import { EXAMPLE_PATIENT, formatParameters, headerParameters } from './parameters.ts';
import { plainResponse, resourceResponse, responses } from './responses.ts';
import { ref } from './schemas.ts';
import { describeSearches } from './searches.ts';

/** Every route of the door as paths of the document, its types spelt out. */
export const pathsOf = (api: Api): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of ROUTES)
    for (const { path, operation } of DESCRIBE[route.action](route, api))
      (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operation;
  return paths;
};

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
  search: describeSearches,
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
  operation: describeOperations,
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
          200: ref('responses', 'Bundle'),
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

const nameIn = (path: string): string => path.split('/').at(-1) ?? '';
