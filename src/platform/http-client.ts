import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance } from 'axios';
import { type Call, type HttpClient, type HttpRequest, SourceError } from '../adapter/index.ts';
import { boundlessLoad, type Load } from './load.ts';
import { overNode } from './over-node.ts';

/** The largest answer read from a source, in bytes on the wire; beyond it the answer is refused whole. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A client bound to one base URL. It follows no redirect, uses no proxy of the environment, asks for no compression,
 * reads at most {@link MAX_BYTES}, and obeys the call's signal from connect to last byte.
 * @param load carries the bytes of answers until the call is over.
 */
export const createHttpClient = (
  baseUrl: string,
  load: Pick<Load, 'hold'> = boundlessLoad,
): HttpClient & { readonly close: () => void } => {
  const base = new URL(baseUrl);
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  const instance = axios.create({
    adapter: overNode(agents),
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    headers: { common: { 'Accept-Encoding': 'identity', 'User-Agent': 'patient-core-records-api' } },
  });
  return {
    send: (request, call) => send({ instance, base, load }, request, call),
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};

const send = async (
  { instance, base, load }: { instance: AxiosInstance; base: URL; load: Pick<Load, 'hold'> },
  { method, path, query = [], headers = {}, body }: HttpRequest,
  { signal }: Call,
): ReturnType<HttpClient['send']> => {
  const url = addressOf(base, { path, query });
  try {
    const response = await instance.request<Readable>({ method, url: url.href, headers, data: body, signal });
    const encoding = String(response.headers['content-encoding'] ?? 'identity');
    const length = Number(response.headers['content-length'] ?? 0);
    if (encoding !== 'identity' || length > MAX_BYTES) {
      response.data.destroy();
      throw new SourceError('invalid-response');
    }
    const bytes = await readAll(response.data);
    load.hold(bytes.length, signal);
    const retryAfter = secondsOf(response.headers['retry-after'], response.headers['date']);
    return {
      status: response.status,
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
      body: bytes,
      ...(retryAfter !== undefined && { retryAfter }),
    };
  } catch (error) {
    throw error instanceof SourceError ? error : transportError(error, signal);
  }
};

/** Where a request goes. @throws RangeError for a path with a step in it */
export const addressOf = (base: URL, { path, query = [] }: Pick<HttpRequest, 'path' | 'query'>): URL => {
  const url = new URL(base);
  url.pathname = [url.pathname.replace(/\/$/, ''), ...path.map(encodeSegment)].join('/');
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url;
};

/** The most seconds that FHIR can write. */
const MAX_SECONDS = 2 ** 31 - 1;

/** A `Retry-After`, which is a number of seconds or a date: that is measured from the source's own, whose clock it is by. */
const secondsOf = (retryAfter: unknown, date: unknown): number | undefined => {
  if (typeof retryAfter !== 'string' || !/^\d+$| GMT$/.test(retryAfter)) return undefined;
  const seconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter)
    : Math.ceil((Date.parse(retryAfter) - Date.parse(String(date))) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), MAX_SECONDS);
};

/** The whole body, or none of it. @throws SourceError `invalid-response` where it is larger than is read */
const readAll = (body: Readable): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > MAX_BYTES) body.destroy(new SourceError('invalid-response'));
    });
    body.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)));
    body.once('error', reject);
  });

/**
 * A segment stays one segment. `.` and `..` cannot: URLs read them as steps, written with `%2E` as well. `$` stays readable,
 * as FHIR operations write it.
 */
const encodeSegment = (segment: string): string => {
  if (segment === '.' || segment === '..') throw new RangeError('expected a path segment, not a step in the path');
  return encodeURIComponent(segment).replace(/%24/g, '$');
};

const transportError = (error: unknown, signal: AbortSignal): SourceError => {
  if (signal.aborted) return new SourceError('timeout');
  const { code } = error as NodeJS.ErrnoException;
  return new SourceError(code === 'ETIMEDOUT' ? 'timeout' : 'unavailable');
};
