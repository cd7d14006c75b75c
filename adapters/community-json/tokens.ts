import { type Cache, type Call, type HttpClient, readJson, SourceError } from '../../src/adapter/index.ts';
import { isObject } from '../../src/fhir/index.ts';
import { errorOf } from './errors.ts';
import type { CommunitySettings } from './settings.ts';

/** Access tokens of the client. */
export interface Tokens {
  readonly get: (call: Call) => Promise<string>;
  /** Lets go of a token that the API did not take. One that has been replaced meanwhile stays. */
  readonly drop: (token: string) => void;
}

const KEY = 'token';
/** A token is not used in its last seconds: it would end on its way. */
const MARGIN_SECONDS = 30;

/** Fetches a token by OAuth 2 client credentials when there is none: once for all who wait for it. */
export const createTokens = (
  settings: Pick<CommunitySettings, 'clientId' | 'clientSecret'>,
  { client, cache }: { readonly client: HttpClient; readonly cache: Cache },
): Tokens => {
  let pending: Promise<string> | undefined;

  const obtain = async (call: Call): Promise<string> => {
    const { token, seconds } = await requestToken(settings, client, call);
    cache.set(KEY, token, Math.max(1, seconds - MARGIN_SECONDS));
    return token;
  };

  const get = async (call: Call): Promise<string> => {
    const known = cache.get<string>(KEY);
    if (known !== undefined) return known;
    const others = pending;
    if (!others) return (pending = obtain(call).finally(() => (pending = undefined)));
    try {
      return await others;
    } catch (error) {
      // The call that asked ran out of its own time; ours may have some left.
      if (error instanceof SourceError && error.kind === 'timeout' && !call.signal.aborted) return get(call);
      throw error;
    }
  };

  return {
    get,
    drop: (token) => {
      if (cache.get(KEY) === token) cache.delete(KEY);
    },
  };
};

const requestToken = async (
  { clientId, clientSecret }: Pick<CommunitySettings, 'clientId' | 'clientSecret'>,
  client: HttpClient,
  call: Call,
): Promise<{ readonly token: string; readonly seconds: number }> => {
  // RFC 6749 2.3.1: both halves are form-encoded before they are joined.
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const response = await client.send(
    {
      method: 'POST',
      path: ['oauth', 'token'],
      headers: {
        Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      prepares: true,
    },
    call,
  );
  if (response.status !== 200) throw errorOf(response);
  const body = readJson(response.body);
  const { access_token: token, expires_in: seconds } = isObject(body) ? body : {};
  if (typeof token !== 'string' || token === '' || typeof seconds !== 'number')
    throw new SourceError('invalid-response');
  return { token, seconds };
};
