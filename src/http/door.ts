import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { FaultError } from '../fhir/index.ts';
import type { Config } from '../platform/config.ts';
import type { Load } from '../platform/load.ts';
import type { Pairs } from '../search/request/pairs.ts';
import type { SearchDeps } from '../search/search.ts';
import { createAdmission } from './admission.ts';
import { correlationIdOf, createCall, formPairs, header, queryPairs, readPreferences } from './call.ts';
import { createCors } from './cors.ts';
import type { Definitions } from './definitions.ts';
import { createFailure } from './failure.ts';
import { createStatuses, release } from './health.ts';
import type { Interaction } from './interaction.ts';
import { createInteractions } from './interactions.ts';
import { negotiate } from './negotiate.ts';
import { createDocument } from './openapi/document.ts';
import { readPosted } from './posted.ts';
import { SAFE_HEADERS, sendDocument, sendJson, sendResource } from './respond.ts';
import { FHIR_BASE, type FhirAction, type PlainAction, type Route, ROUTES } from './routes.ts';

export interface DoorDeps extends SearchDeps {
  readonly config: Omit<Config, 'listen' | 'sources' | 'sealingKeys'>;
  readonly definitions: Definitions;
  readonly version: string;
  readonly load: Load;
  /** True from the moment the process is to end: what is under way is finished, and nothing new is wanted. */
  readonly stopping: () => boolean;
  /** Where the facade listens, as `http://host:port`; known once it does. */
  readonly origin: () => string;
}

type Handler = (request: Request, response: Response, route: Route) => Promise<void> | void;

/** The door: every request comes in here and every answer leaves here. Express is known nowhere else. */
export const createDoor = (deps: DoorDeps): Express => {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(mirror, logged(deps), createCors(deps.config.corsOrigins), createAdmission(deps.load));
  const actions = createActions(deps);
  const limits = { limit: deps.config.maxBodyBytes, inflate: false };
  const readers = {
    form: express.text({ type: 'application/x-www-form-urlencoded', ...limits }),
    resource: express.raw({ type: () => true, ...limits }),
  };
  for (const path of new Set(ROUTES.map((it) => it.path))) {
    const route = app.route(path);
    const here = ROUTES.filter((it) => it.path === path);
    for (const it of here) {
      const handle: RequestHandler = (request, response) => actions[it.action](request, response, it);
      if (it.method === 'GET') route.get(handle);
      else route.post(...(it.takes ? [readers[it.takes]] : []), handle);
    }
    route.all((_request, response) => {
      response.setHeader('Allow', here.map((it) => (it.method === 'GET' ? 'GET, HEAD' : it.method)).join(', '));
      throw new FaultError('methodNotAllowed', 'This method is not served here.');
    });
  }
  app.use(() => {
    throw new FaultError('notFound', 'There is nothing at this address.');
  });
  app.use(createFailure(deps.log));
  return app;
};

const createActions = (deps: DoorDeps): Readonly<Record<PlainAction | FhirAction, Handler>> => {
  const { config, sources, version } = deps;
  const root = (): string => config.publicBase ?? deps.origin();
  const base = (): string => `${root()}${FHIR_BASE}`;
  const callOf = (request: Request, response: Response) => createCall(request, response, { ...config, now: deps.now });
  const interactions = createInteractions({ ...deps, base, cors: config.corsOrigins.length > 0 });
  const statuses = createStatuses(sources.all, deps);
  const document = createDocument(sources.all, { version, config });

  /** Settles the form of the answer first, so that whatever goes wrong later is told in it too. */
  const answering =
    (interact: Interaction): Handler =>
    async (request, response, route) => {
      const startedAt = performance.now();
      const pairs = [...queryPairs(request), ...postedPairs(request, route)];
      const format = negotiate(request.headers.accept, pairs);
      response.locals['format'] = format;
      const body = route.takes === 'resource' ? await postedResource(request) : undefined;
      const params = { ...(request.params as Record<string, string>), ...(route.type && { type: route.type }) };
      const asked = { params, pairs, prefer: readPreferences(request), form: format.form, body };
      const { status, resource, merge } = await interact(asked, callOf(request, response));
      // Said only to who asked, and by what was done: RFC 7240 leaves it to the server to honour a preference.
      if (asked.prefer.merge !== undefined && merge !== undefined)
        response.setHeader('Preference-Applied', `merge=${merge}`);
      await sendResource(request, response, { status, resource, format, startedAt });
    };

  return {
    ping: (_request, response) => sendJson(response, 200, release(version)),
    status: async (request, response) => {
      const { status, checks } = await statuses(callOf(request, response));
      const isReady = status !== 'fail' && !deps.stopping();
      sendJson(response, isReady ? 200 : 503, { status: isReady ? status : 'fail', ...release(version), checks });
    },
    openapi: (request, response) => sendDocument(request, response, document(root())),
    ...mapValues(interactions, answering),
  };
};

const mapValues = <K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> =>
  Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, change(value)])) as Record<K, B>;

/** The parameters in the body of a posted search. @throws FaultError 415 for another body */
const postedPairs = (request: Request, { takes }: Route): Pairs => {
  if (takes !== 'form') return [];
  if (typeof request.body === 'string') return formPairs(request.body);
  if (hasBody(request))
    throw new FaultError('unsupportedMediaType', 'A search is posted as application/x-www-form-urlencoded.');
  return [];
};

/** The resource in the body; undefined where there is none. */
const postedResource = async ({ body, headers }: Request) =>
  Buffer.isBuffer(body) && body.length > 0 ? readPosted(body, headers['content-type']) : undefined;

/** A body is announced by its length, or comes in chunks. */
const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Mirrors the caller's ids and makes every answer safe to show. */
const mirror: RequestHandler = (request, response, next) => {
  for (const name of ['X-Request-ID', 'X-Correlation-ID']) {
    const value = header(request, name.toLowerCase());
    if (value !== undefined) response.setHeader(name, value);
  }
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
  next();
};

/** One line per request: the route's pattern, never the URL. */
const logged =
  ({ log, now }: DoorDeps): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    const start = now();
    response.once('finish', () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      if (route === '/_ping') return;
      log.info('request.done', {
        correlationId: correlationIdOf(request),
        route: `${request.method} ${route}`,
        status: response.statusCode,
        ms: now() - start,
      });
    });
    next();
  };
