import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { FaultError, isResourceType, type ResourceType } from '../fhir/index.ts';
import type { Config } from '../platform/config.ts';
import { createRead } from '../read/read.ts';
import { openPage } from '../search/page.ts';
import { type Pairs, parseSearch, safeName, type SearchRequest } from '../search/request.ts';
import { createSearch, type SearchDeps } from '../search/search.ts';
import {
  correlationIdOf,
  createCall,
  formPairs,
  header,
  type Preferences,
  queryPairs,
  readPreferences,
} from './call.ts';
import type { Definitions } from './definitions.ts';
import { createFailure } from './failure.ts';
import { release, sourceStatuses } from './health.ts';
import { capabilityStatement, servedTypes } from './metadata.ts';
import { requireJson } from './negotiate.ts';
import { SAFE_HEADERS, sendJson, sendResource } from './respond.ts';
import { type Action, FHIR_BASE, ROUTES } from './routes.ts';

export interface DoorDeps extends SearchDeps {
  readonly config: Pick<Config, 'deadlineMs' | 'maxBodyBytes' | 'actor' | 'publicBase'>;
  readonly definitions: Definitions;
  readonly version: string;
  /** Where the facade listens, as `http://host:port`; known once it does. */
  readonly origin: () => string;
}

type Handler = (request: Request, response: Response, type: string) => Promise<void> | void;

/** The door: every request comes in here and every answer leaves here. Express is known nowhere else. */
export const createDoor = (deps: DoorDeps): Express => {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(mirror, logged(deps));
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
  const types: ReadonlySet<string> = new Set(servedTypes(sources.all));
  const ids = sources.all.map((it) => it.id);
  const base = (): string => `${config.publicBase ?? deps.origin()}${FHIR_BASE}`;
  const callOf = (request: Request, response: Response) => createCall(request, response, { ...config, now: deps.now });

  const typed = (type: string): ResourceType => {
    if (!/^[A-Z][A-Za-z]+$/.test(type)) throw new FaultError('notFound', 'There is nothing at this address.');
    if (isResourceType(type) && types.has(type)) return type;
    throw new FaultError('notSupported', 'This resource type is not served; /metadata lists those that are.');
  };

  /** A search, or the next page of one: a token holds all of its parameters. */
  const readSearch = (type: ResourceType, pairs: Pairs, handling: Preferences['handling']): SearchRequest => {
    const now = deps.now();
    const unseal = (of: string, id: string) => deps.sealer.unseal(of, id, ids);
    const token = pairs.find(([name]) => name === '_page')?.[1];
    if (token === undefined) return parseSearch(type, pairs, { handling, now, unseal });
    if (pairs.some(([name]) => name !== '_page' && name !== '_format')) {
      throw new FaultError('invalid', 'A page token holds all parameters; no others stand beside it.', '_page');
    }
    const { query, served } = openPage(deps.sealer, type, { token, now });
    return parseSearch(type, query, { handling, now, unseal, served });
  };

  const answerSearch = async (request: Request, response: Response, type: string): Promise<void> => {
    const pairs = [...queryPairs(request), ...(typeof request.body === 'string' ? formPairs(request.body) : [])];
    requireJson(request.headers.accept, pairs);
    const { handling, completeness } = readPreferences(request);
    const parsed = readSearch(typed(type), pairs, handling);
    const { status, resource } = await search(parsed, { base: base(), completeness }, callOf(request, response));
    sendResource(response, status, resource);
  };

  return {
    ping: (_request, response) => sendJson(response, 200, release(version)),
    status: async (request, response) => {
      const { status, checks } = await sourceStatuses(sources.all, deps, callOf(request, response));
      sendJson(response, status === 'fail' ? 503 : 200, { status, ...release(version), checks });
    },
    metadata: (request, response) => {
      fewPairs(request, ['mode']);
      sendResource(response, 200, capabilityStatement(sources.all, { version, date: started, url: base() }));
    },
    search: answerSearch,
    searchByPost: (request, response, type) => {
      if (typeof request.body !== 'string' && hasBody(request)) {
        throw new FaultError('unsupportedMediaType', 'A search is posted as application/x-www-form-urlencoded.');
      }
      return answerSearch(request, response, type);
    },
    read: async (request, response, type) => {
      fewPairs(request);
      const { completeness } = readPreferences(request);
      const options = { base: base(), completeness };
      const { status, resource } = await read(typed(type), String(request.params['id']), {
        options,
        call: callOf(request, response),
      });
      sendResource(response, status, resource);
    },
    notBuilt: () => {
      throw new FaultError('notImplemented', 'This interaction of the guide is not built yet.');
    },
    definition: (request, response, type) => {
      fewPairs(request);
      sendResource(response, 200, definitions.byId(type, String(request.params['id'])));
    },
    definitions: (request, response, type) => {
      const url = fewPairs(request, ['url']).find(([name]) => name === 'url')?.[1];
      sendResource(response, 200, definitions.search(type, url, base()));
    },
  };
};

/** The parameters of an address that takes hardly any. @throws FaultError 400 for another, 406 for a form we cannot answer in */
const fewPairs = (request: Request, allowed: readonly string[] = []): Pairs => {
  const pairs = queryPairs(request);
  requireJson(request.headers.accept, pairs);
  const stray = pairs.find(([name]) => !['_format', '_pretty', ...allowed].includes(name))?.[0];
  if (stray !== undefined && readPreferences(request).handling === 'strict') {
    throw new FaultError('notSupported', 'This address does not take that parameter.', safeName(stray));
  }
  return pairs;
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
