import type { TypeOffer } from '../offer.ts';
import type { Route } from '../routes.ts';
import { type Api, type Described, idOf, named, pathFor, tagOf } from './naming.ts';
import { EXAMPLE_PATIENT, headerParameters, searchParametersFor } from './parameters.ts';
import { responses } from './responses.ts';
import { ref } from './schemas.ts';

/** The searches of a route, one for each type: by GET with every parameter, or with a form. */
export const describeSearches = (route: Route, api: Api): readonly Described[] =>
  route.takes === 'form' ? postedSearches(route, api) : searches(route, api);

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

/** The types that a route searches: its own, or all that are searched. */
const searched = ({ type }: Route, types: readonly TypeOffer[]): readonly TypeOffer[] =>
  types.filter((it) => it.search && (type === undefined || type === it.type));
