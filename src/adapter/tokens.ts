import { isObject } from '../fhir/index.ts';
import { SourceError, statusError } from './errors.ts';
import type { Cache, Call, HttpClient, HttpResponse } from './tools.ts';
import { readJson } from './json.ts';
import { createSingleFlight } from './single-flight.ts';

/** Access tokens of one client. */
export interface Tokens {
  /** @throws SourceError where none can be had */
  readonly get: (call: Call) => Promise<string>;
  /** Lets go of a token that was not taken. One that has been replaced meanwhile stays. */
  readonly drop: (token: string) => void;
}

/** How an authorisation server is asked by OAuth 2 client credentials. */
export interface TokenRequest {
  readonly client: Pick<HttpClient, 'send'>;
  /** Below the client's base; none where that is the address of the tokens itself. */
  readonly path: readonly string[];
  readonly cache: Cache;
  /** What the client proves itself with, made anew for each request. */
  readonly proof: () => ClientProof;
  /** What an answer that is no token means; by its status where left out. */
  readonly errorOf?: (response: HttpResponse) => SourceError;
}

/** Beside the grant: form fields, or what the `Authorization` header holds. */
export interface ClientProof {
  readonly form?: Readonly<Record<string, string>>;
  readonly authorization?: string;
}

const KEY = 'token';
/** A token is not used in its last seconds: it would end on its way. */
const MARGIN_SECONDS = 30;

/**
 * Fetches a token by client credentials when there is none: once for all who wait for it.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export const createTokens = (how: TokenRequest): Tokens => {
  const { cache } = how;
  const flight = createSingleFlight<string>();
  const obtain = async (call: Call): Promise<string> => {
    const { token, seconds } = await requestToken(how, call);
    cache.set(KEY, token, Math.max(1, seconds - MARGIN_SECONDS));
    return token;
  };
  return {
    get: async (call) => cache.get<string>(KEY) ?? (await flight.join(KEY, () => obtain(call), call)),
    drop: (token) => {
      if (cache.get(KEY) === token) cache.delete(KEY);
    },
  };
};

/** What an API answers under a token; where it does not take the one at hand, what it answers under a new one. */
export const underToken = async (
  tokens: Tokens,
  send: (token: string) => Promise<HttpResponse>,
  call: Call,
): Promise<HttpResponse> => {
  const token = await tokens.get(call);
  const response = await send(token);
  if (response.status !== 401) return response;
  tokens.drop(token);
  return send(await tokens.get(call));
};

/** A client's id and secret in HTTP Basic, both form-encoded first (RFC 6749, 2.3.1). */
export const basicProof = ({
  clientId,
  clientSecret,
}: {
  readonly clientId: string;
  readonly clientSecret: string;
}): ClientProof => {
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
};

const requestToken = async (
  { client, path, proof, errorOf = ({ status, retryAfter }) => statusError(status, retryAfter) }: TokenRequest,
  call: Call,
): Promise<{ readonly token: string; readonly seconds: number }> => {
  const { form = {}, authorization } = proof();
  const response = await client.send(
    {
      method: 'POST',
      path,
      headers: {
        ...(authorization !== undefined && { Authorization: authorization }),
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
      prepares: true,
    },
    call,
  );
  if (response.status !== 200) throw errorOf(response);
  const body = readJson(response.body);
  const { access_token: token, expires_in: given } = isObject(body) ? body : {};
  // Some servers, the NHS England API platform among them, write the number as a string.
  const seconds = typeof given === 'number' || typeof given === 'string' ? Number(given) : NaN;
  if (typeof token !== 'string' || token === '' || Number.isNaN(seconds)) throw new SourceError('invalid-response');
  return { token, seconds };
};
