import type { Json } from '../../fhir/index.ts';
import { type Operation, OPERATIONS } from '../../operations/table.ts';
import { REQUEST_HEADERS } from '../headers.ts';
import { FHIR_JSON, FHIR_XML } from '../negotiate.ts';
import type { Route } from '../routes.ts';
import { type Api, type Described, idParameter, named, pathFor } from './naming.ts';
import { EXAMPLE_PATIENT, formatParameters, headerParameters, operationParameters } from './parameters.ts';
import { responses } from './responses.ts';
import { ref } from './schemas.ts';

/** The operations of a route; one that every searched type has is described once. */
export const describeOperations = (route: Route, { types }: Api): readonly Described[] =>
  OPERATIONS.filter((it) => isAt(route, it)).flatMap((operation: Operation) => {
    const own = types.filter((it) => it.operations.includes(operation)).map((it) => it.type);
    return operation.types === 'searched'
      ? [described(route, { type: ANY, operation, parameters: [typeParameter(own), ...ANYTHING] })]
      : own.map((type) => described(route, { type, operation, parameters: [] }));
  });

const ANY = '{type}';

/** The type in a path. */
const typeParameter = (types: readonly string[]): Json => ({
  name: 'type',
  in: 'path',
  required: true,
  schema: { type: 'string', enum: types },
});

/** The parameters of the type's search, which stand there. */
const ANYTHING: readonly Json[] = [
  {
    name: 'parameters',
    in: 'query',
    description: 'The parameters of a search for the type.',
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    example: { patient: EXAMPLE_PATIENT },
  },
];

/** True where the operations of a route's level and method are. */
const isAt = ({ path, method }: Route, { level, methods }: Operation): boolean =>
  methods.includes(method) &&
  level === (path.includes(':id') ? 'instance' : path.includes(':type') ? 'type' : 'system');

const described = (
  route: Route,
  {
    type,
    operation,
    parameters,
  }: { readonly type: string; readonly operation: Operation; readonly parameters: readonly Json[] },
): Described => ({
  path: pathFor(route, type).replace(':operation', operation.name),
  operation: {
    ...named(
      `${route.method.toLowerCase()}${type === ANY ? '' : type}${pascal(operation.name)}`,
      operation.title,
      type === ANY ? 'Every type' : type,
    ),
    description: operation.doc,
    ...(route.method === 'POST' && { requestBody: resourceBody('Parameters') }),
    parameters: [
      ...parameters,
      ...(operation.level === 'instance' ? [idParameter(type === 'Patient' ? EXAMPLE_PATIENT : undefined)] : []),
      ...(route.method === 'GET' ? operationParameters(operation) : []),
      ...formatParameters(),
      ...headerParameters(
        ...Object.keys(REQUEST_HEADERS).filter((it) => route.method === 'GET' || it !== 'If-None-Match'),
      ),
    ],
    responses: {
      200: ref('responses', RETURNS[operation.returns].response),
      ...responses([
        ...(route.method === 'GET' ? [304] : [413, 415]),
        400,
        406,
        503,
        ...RETURNS[operation.returns].statuses,
      ]),
    },
  },
});

/** What an operation gives back, and with which statuses beside those of any. What gives Parameters asks no source. */
const RETURNS: Readonly<
  Record<Operation['returns'], { readonly response: string; readonly statuses: readonly number[] }>
> = {
  searchset: { response: 'SearchSet', statuses: [502, 504] },
  document: { response: 'Bundle', statuses: [502, 504] },
  Parameters: { response: 'Resource', statuses: [] },
};

const pascal = (name: string): string => name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());

/** A resource that is posted, in either form; an example says more than its schema would. */
export const resourceBody = (type: string, example?: Json): Json => ({
  description: `A ${type} resource.`,
  content: {
    [FHIR_JSON]: { schema: ref('schemas', 'Resource'), ...(example && { example }) },
    [FHIR_XML]: { schema: ref('schemas', 'Resource') },
  },
});
