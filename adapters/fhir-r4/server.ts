import {
  type Call,
  type HttpResponse,
  readJson,
  SourceError,
  statusError,
  type Tools,
} from '../../src/adapter/index.ts';
import { isObject, type Json, objects } from '../../src/fhir/index.ts';

/** Where a request goes below the server's base: the segments of its path, and its parameters. */
export interface Target {
  readonly path: readonly string[];
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Set for a lookup of the patient. */
  readonly prepares?: true;
}

/** The interactions of an R4 server that are used here, each answer checked for what FHIR promises. */
export interface FhirServer {
  /** @returns the resource, or undefined where the server says that there is none. */
  readonly read: (target: Target, call: Call) => Promise<Json | undefined>;
  /** @returns a searchset, and the address of its next page below the server's base. */
  readonly search: (
    target: Target,
    call: Call,
  ) => Promise<{ readonly bundle: Json; readonly next: string | undefined }>;
  /** Reads back an address that `search` gave as `next`. */
  readonly targetOf: (address: string) => Target;
}

/** @see https://hl7.org/fhir/R4/http.html */
export const createServer = (
  { baseUrl, bearer }: { readonly baseUrl: string; readonly bearer: string | undefined },
  tools: Pick<Tools, 'http'>,
): FhirServer => {
  const http = tools.http(baseUrl);
  const base = new URL(baseUrl);
  const basePath = base.pathname.replace(/\/$/, '');

  const get = (target: Target, call: Call): Promise<HttpResponse> => {
    const headers = {
      Accept: 'application/fhir+json',
      'X-Correlation-ID': call.correlationId,
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
    };
    return http.send({ method: 'GET', headers, ...target }, call);
  };

  /** The next page is followed only to the very server that was asked: a link must not lead our credentials elsewhere. */
  const nextOf = (bundle: Json): string | undefined => {
    const link = objects(bundle['link']).find((it) => it['relation'] === 'next');
    if (!link) return undefined;
    const url = typeof link['url'] === 'string' ? URL.parse(link['url'], `${base.href.replace(/\/$/, '')}/`) : null;
    const below = url?.pathname === basePath || url?.pathname.startsWith(`${basePath}/`);
    if (!url || !below || url.origin !== base.origin || url.username !== '' || url.password !== '') {
      throw new SourceError('invalid-response');
    }
    return url.pathname.slice(basePath.length) + url.search;
  };

  return {
    read: async (target, call) => {
      const response = await get(target, call);
      return response.status === 404 || response.status === 410 ? undefined : resourceOf(response);
    },
    search: async (target, call) => {
      const bundle = resourceOf(await get(target, call));
      if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'searchset' || isFailure(bundle)) {
        throw new SourceError('invalid-response');
      }
      return { bundle, next: nextOf(bundle) };
    },
    targetOf: (address) => {
      const { pathname, searchParams } = new URL(base.origin + address);
      return {
        path: pathname
          .split('/')
          .filter((it) => it !== '')
          .map(decode),
        query: [...searchParams],
      };
    },
  };
};

const resourceOf = ({ status, body, retryAfter }: HttpResponse): Json => {
  if (status !== 200) throw statusError(status, retryAfter);
  const resource = readJson(body);
  if (!isObject(resource)) throw new SourceError('invalid-response');
  return resource;
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new SourceError('invalid-response');
  }
};

/** A searchset that holds nothing but the news of its own failure. */
const isFailure = (bundle: Json): boolean => {
  const resources = objects(bundle['entry']).flatMap((it) => objects(it['resource']));
  const issues = resources.flatMap((it) => objects(it['issue']));
  return (
    resources.every((it) => it['resourceType'] === 'OperationOutcome') &&
    issues.some((it) => it['severity'] === 'error' || it['severity'] === 'fatal')
  );
};
