import type { Json } from '../../fhir/index.ts';
import type { TypeOffer } from '../offer.ts';
import { FHIR_BASE, type Route } from '../routes.ts';
import type { SharedFilters } from './parameters.ts';

/** What is described. */
export interface Api {
  readonly types: readonly TypeOffer[];
  readonly shared: SharedFilters;
}

/** One operation of the document. */
export interface Described {
  readonly path: string;
  readonly operation: Json;
}

/** The tag of the guide's addresses. */
export const GUIDE = 'The guide’s own addresses';

/** What every operation has to be called by. */
export const named = (operationId: string, summary: string, tag: string): Json => ({
  operationId,
  summary,
  tags: [tag],
});

/** The path of a route for one type. */
export const pathFor = ({ path }: Route, type: string): string => path.replace(':type', type);
const isGuide = ({ path }: Route): boolean => !path.startsWith(`${FHIR_BASE}/`);
/** Under which heading an operation stands. */
export const tagOf = (route: Route, type: string): string => (isGuide(route) ? GUIDE : type);
/** What an operation is called in code: the guide's own addresses have the same ones again. */
export const idOf = (verb: string, route: Route, type: string): string =>
  `${verb}${type}${isGuide(route) ? 'AsInGuide' : ''}`;

/** The id in a path. */
export const idParameter = (example?: string): Json => ({
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 64 },
  ...(example !== undefined && { example }),
});
