import {
  basicProof,
  type Cache,
  type Call,
  createTokens,
  type HttpClient,
  type HttpRequest,
  readJson,
  underToken,
} from '../../src/adapter/index.ts';
import { errorOf } from './errors.ts';
import type { CommunitySettings } from './settings.ts';

type Target = Pick<HttpRequest, 'path' | 'query' | 'prepares'>;

/** The API behind its token: what a GET below `api/v2` answers, as JSON. */
export interface Api {
  /** @throws SourceError for every answer other than 200. */
  readonly get: (target: Target, call: Call) => Promise<unknown>;
}

/** An API that asks for a token when it has none, and once more when the one it has is not taken. */
export const createApi = (
  settings: CommunitySettings,
  { client, cache }: { readonly client: HttpClient; readonly cache: Cache },
): Api => {
  const tokens = createTokens({ client, cache, path: ['oauth', 'token'], proof: () => basicProof(settings), errorOf });
  return {
    get: async ({ path, ...rest }, call) => {
      const send = (token: string) => {
        const headers = { Authorization: `Bearer ${token}`, 'X-Correlation-ID': call.correlationId };
        return client.send({ ...rest, method: 'GET', path: ['api', 'v2', ...path], headers }, call);
      };
      const response = await underToken(tokens, send, call);
      if (response.status !== 200) throw errorOf(response);
      return readJson(response.body);
    },
  };
};
