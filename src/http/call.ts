import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Actor, Call } from '../adapter/index.ts';
import type { MergeMode } from '../search/request/merge-mode.ts';
import type { Pairs } from '../search/request/pairs.ts';
import type { ParseOptions } from '../search/request/request.ts';

/** What a caller prefers, of the preferences we honour; any other is ignored, as RFC 7240 asks. */
export interface Preferences {
  readonly handling: ParseOptions['handling'];
  readonly completeness: 'strict' | 'lenient';
  /** Undefined where the caller has no preference. */
  readonly merge: MergeMode | undefined;
}

/** One for all: each would be made with a stack of its own, at the end of every request. */
const GONE = new DOMException('The request has ended.', 'AbortError');

/** The context of one request: its time, and a signal that ends with the connection. */
export const createCall = (
  request: Request,
  response: Response,
  { deadlineMs, actor, now }: { readonly deadlineMs: number; readonly actor: Actor; readonly now: () => number },
): Call => {
  const gone = new AbortController();
  response.once('close', () => gone.abort(GONE));
  return {
    signal: gone.signal,
    deadline: now() + deadlineMs,
    correlationId: correlationIdOf(request),
    actor,
    fresh: wantsFresh(request),
  };
};

/** @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1 */
const wantsFresh = ({ headers }: Request): boolean =>
  /(?:^|[,\s])(?:no-cache|no-store|max-age=0)(?:$|[,\s])/i.test(headers['cache-control'] ?? '');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const correlationIds = new WeakMap<Request, string>();

/** What ties a request's log lines together: the caller's correlation id if it is a UUID, which says nothing; else one of ours. */
export const correlationIdOf = (request: Request): string => {
  let id = correlationIds.get(request);
  if (id === undefined) {
    const given = header(request, 'x-correlation-id');
    correlationIds.set(request, (id = given !== undefined && UUID.test(given) ? given : randomUUID()));
  }
  return id;
};

/** A request header that may be mirrored: printable, without spaces, of a sane length. */
export const header = (request: Request, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
};

const MERGE_MODES: readonly MergeMode[] = ['none', 'link', 'collapse'];

/** @see https://www.rfc-editor.org/rfc/rfc7240 */
export const readPreferences = (request: Request): Preferences => {
  const given = String(request.headers['prefer'] ?? '')
    .split(/[,;]/)
    .map((it) => it.toLowerCase().replace(/["\s]/g, ''));
  return {
    handling: given.includes('handling=lenient') ? 'lenient' : 'strict',
    completeness: given.includes('completeness=strict') ? 'strict' : 'lenient',
    merge: MERGE_MODES.find((it) => given.includes(`merge=${it}`)),
  };
};

/** The query of a request's URL, in order: FHIR repeats parameters and gives meaning to their order. */
export const queryPairs = (request: Request): Pairs => {
  const at = request.originalUrl.indexOf('?');
  return at < 0 ? [] : formPairs(request.originalUrl.slice(at + 1));
};

/** The pairs of a form; a name without a value has an empty one. */
export const formPairs = (form: string): Pairs =>
  [...new URLSearchParams(form)].map(([name, value]) => [name, value] as const);
