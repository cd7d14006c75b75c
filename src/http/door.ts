import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { FaultError, type FhirResource, type ResourceType } from '../fhir/index.ts';
import type { Config } from '../platform/config.ts';
import type { Load } from '../platform/load.ts';
import { createRead } from '../read/read.ts';
import { halfHourOf, openPage } from '../search/page.ts';
import type { Pairs } from '../search/pairs.ts';
import { servedBy } from '../search/plan.ts';
import { parseSearch, safeName, type SearchRequest } from '../search/request.ts';
import { createSearch, type SearchDeps } from '../search/search.ts';
import { servedType } from '../search/served-type.ts';
import { createAdmission } from './admission.ts';
import {
  correlationIdOf,
  createCall,
  formPairs,
  header,
  type Preferences,
  queryPairs,
  readPreferences,
} from './call.ts';
import { createCors } from './cors.ts';
import type { Definitions } from './definitions.ts';
import { createFailure } from './failure.ts';
import { release, sourceStatuses } from './health.ts';
import { capabilityStatement } from './metadata.ts';
import { negotiate } from './negotiate.ts';
import { SAFE_HEADERS, sendJson, sendResource } from './respond.ts';
import { type Action, FHIR_BASE, ROUTES } from './routes.ts';

export interface DoorDeps extends SearchDeps {
  readonly config: Pick<Config, 'deadlineMs' | 'maxBodyBytes' | 'actor' | 'publicBase' | 'corsOrigins'>;
  readonly definitions: Definitions;
  readonly version: string;
  readonly load: Load;
  /** True from the moment the process is to end: what is under way is finished, and nothing new is wanted. */
  readonly stopping: () => boolean;
  /** Where the facade listens, as `http://host:port`; known once it does. */
  readonly origin: () => string;
}

type Handler = (request: Request, response: Response, type: string) => Promise<void> | void;

/** The door: every request comes in here and every answer leaves here. Express is known nowhere else. */
export const createDoor = (deps: DoorDeps): Express => {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(mirror, logged(deps), createCors(deps.config.corsOrigins), createAdmission(deps.load));
  const actions = createActions(deps);
  const body = express.text({
    type: 'application/x-www-form-urlencoded',
    limit: deps.config.maxBodyBytes,
    inflate: false,
  });
  for (const path of new Set(ROUTES.map((it) => it.path))) {
    const route = app.route(path);
    const here = ROUTES.filter((it) => it.path === path);
    for (const { method, action, type } of here) {
      const handle: RequestHandler = (request, response) =>
        actions[action](request, response, type ?? String(request.params['type'] ?? ''));
      if (method === 'GET') route.get(handle);
      else route.post(body, handle);
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

const createActions = (deps: DoorDeps): Readonly<Record<Action, Handler>> => {
  const { config, sources, definitions, version } = deps;
  const search = createSearch(deps);
  const read = createRead(deps);
  const started = new Date(deps.now()).toISOString();
  const types = servedBy(sources.all);
  const ids = sources.all.map((it) => it.id);
  const base = (): string => `${config.publicBase ?? deps.origin()}${FHIR_BASE}`;
  const callOf = (request: Request, response: Response) => createCall(request, response, { ...config, now: deps.now });

  const typed = (type: string): ResourceType => servedType(type, types);

  /** A search, or the next page of one: a token holds all of its parameters but those of the answer's form. */
  const readSearch = (type: ResourceType, pairs: Pairs, handling: Preferences['handling']): SearchRequest => {
    const now = deps.now();
    const unseal = (of: string, id: string) => deps.sealer.unseal(of, id, ids);
    const options = { handling, unseal, base: base(), served: types };
    const token = pairs.find(([name]) => name === '_page')?.[1];
    if (token === undefined) return parseSearch(type, pairs, { ...options, now: halfHourOf(now) });
    const format = pairs.filter(([name]) => name === '_format' || name === '_pretty');
    if (pairs.length > format.length + 1) {
      throw new FaultError('invalid', 'A page token holds all parameters; no others stand beside it.', '_page');
    }
    const { query, since, ...rest } = openPage(deps.sealer, type, { token, now });
    return parseSearch(type, [...query, ...format], { ...options, now: since, page: { token, ...rest } });
  };

  const answerSearch: FhirHandler = (request, response, { type, pairs }) => {
    const { handling, completeness } = readPreferences(request);
    const parsed = readSearch(typed(type), pairs, handling);
    return search(parsed, { base: base(), completeness }, callOf(request, response));
  };

  const fhir: Readonly<Record<Exclude<Action, 'ping' | 'status'>, FhirHandler>> = {
    metadata: (request, _, { pairs }) => {
      allowOnly(request, pairs, ['mode']);
      return ok(capabilityStatement(sources.all, { version, date: started, url: base() }));
    },
    search: answerSearch,
    searchByPost: (request, response, asked) => {
      if (typeof request.body !== 'string' && hasBody(request)) {
        throw new FaultError('unsupportedMediaType', 'A search is posted as application/x-www-form-urlencoded.');
      }
      return answerSearch(request, response, asked);
    },
    read: (request, response, { type, pairs }) => {
      allowOnly(request, pairs);
      const { completeness } = readPreferences(request);
      const options = { base: base(), completeness };
      return read(typed(type), String(request.params['id']), { options, call: callOf(request, response) });
    },
    notBuilt: () => {
      throw new FaultError('notImplemented', 'This interaction of the guide is not built yet.');
    },
    definition: (request, _, { type, pairs }) => {
      allowOnly(request, pairs);
      return ok(definitions.byId(type, String(request.params['id'])));
    },
    definitions: (request, _, { type, pairs }) => {
      allowOnly(request, pairs, ['url']);
      return ok(definitions.search(type, pairs.find(([name]) => name === 'url')?.[1], base()));
    },
  };

  return {
    ping: (_request, response) => sendJson(response, 200, release(version)),
    status: async (request, response) => {
      const { status, checks } = await sourceStatuses(sources.all, deps, callOf(request, response));
      const isReady = status !== 'fail' && !deps.stopping();
      sendJson(response, isReady ? 200 : 503, { status: isReady ? status : 'fail', ...release(version), checks });
    },
    ...mapValues(fhir, answering),
  };
};

/** What a FHIR interaction gives back, to be written in the form the caller wants. */
type FhirHandler = (
  request: Request,
  response: Response,
  asked: { readonly type: string; readonly pairs: Pairs },
) => Promise<Outgoing> | Outgoing;

interface Outgoing {
  readonly status: number;
  readonly resource: FhirResource;
}

const ok = (resource: FhirResource): Outgoing => ({ status: 200, resource });

/** Settles the form of the answer first, so that whatever goes wrong later is told in it too. */
const answering =
  (handle: FhirHandler): Handler =>
  async (request, response, type) => {
    const pairs = [...queryPairs(request), ...(typeof request.body === 'string' ? formPairs(request.body) : [])];
    const format = negotiate(request.headers.accept, pairs);
    response.locals['format'] = format;
    const { status, resource } = await handle(request, response, { type, pairs });
    await sendResource(request, response, { status, resource, format });
  };

const mapValues = <K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> =>
  Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, change(value)])) as Record<K, B>;

/** Refuses the parameters of an address that takes hardly any. @throws FaultError 400 */
const allowOnly = (request: Request, pairs: Pairs, allowed: readonly string[] = []): void => {
  const stray = pairs.find(([name]) => !['_format', '_pretty', ...allowed].includes(name))?.[0];
  if (stray !== undefined && readPreferences(request).handling === 'strict') {
    throw new FaultError('notSupported', 'This address does not take that parameter.', safeName(stray));
  }
};

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
