import {
  type Cache,
  type Call,
  type HttpClient,
  type HttpRequest,
  readJson,
  SourceError,
} from '../../src/adapter/index.ts';
import { errorOf } from './errors.ts';
import type { CommunitySettings } from './settings.ts';
import { createTokens } from './tokens.ts';

type Target = Pick<HttpRequest, 'path' | 'query' | 'prepares'>;

/** The API behind its token: what a GET below `api/v2` answers, as JSON. */
export interface Api {
  /** @throws SourceError for every answer other than 200. */
  readonly get: (target: Target, call: Call) => Promise<unknown>;
}

/** An API that asks for a token when it has none, and once more when the one it has is not taken. */
export const createApi = (
  settings: CommunitySettings,
  deps: { readonly client: HttpClient; readonly cache: Cache },
): Api => {
  const tokens = createTokens(settings, deps);
  return {
    get: async ({ path, ...rest }, call) => {
      for (let attempts = 2; attempts > 0; attempts--) {
        const token = await tokens.get(call);
        const headers = { Authorization: `Bearer ${token}`, 'X-Correlation-ID': call.correlationId };
        const request = { ...rest, method: 'GET', path: ['api', 'v2', ...path], headers } as const;
        const response = await deps.client.send(request, call);
        if (response.status === 200) return readJson(response.body);
        if (response.status !== 401) throw errorOf(response);
        tokens.drop(token);
      }
      throw new SourceError('refused');
    },
  };
};
