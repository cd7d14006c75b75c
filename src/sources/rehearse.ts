import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type Call,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type Source,
  SourceError,
  type SourceErrorKind,
  type SourceQuery,
  type Tools,
} from '../adapter/index.ts';
import { addressOf } from '../platform/http-client.ts';

/** One request to a source as it would be sent, without what is secret: headers, secrets of the settings, the body of a preparation. */
export interface UpstreamRequest {
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly body?: string;
}

export interface Rehearsal {
  /** What was really sent, to know the rest: preparations whose answers were not at hand. */
  readonly sent: readonly UpstreamRequest[];
  /** What a search would send now, up to the first page of each of its queries. */
  readonly requests: readonly UpstreamRequest[];
  /** Why a search would not come so far. */
  readonly failed: SourceErrorKind | undefined;
}

/** Finds out what a source would be asked for some queries, without asking it for anything of the record. */
export type Rehearse = (queries: readonly SourceQuery[], call: Call) => Promise<Rehearsal>;

export interface Rehearsing {
  /** Connects the adapter over other tools. */
  readonly connect: (tools: Tools) => Source;
  /** Those of the source itself: what is remembered there is known here. */
  readonly tools: Tools;
  readonly secrets: readonly string[];
}

/**
 * Runs the adapter itself over a client that writes requests down and does not answer them; only preparations are sent. It
 * runs twice: once so that all preparations are made, and once more to see which of them a search would make again.
 */
export const createRehearse = ({ connect, tools, secrets }: Rehearsing): Rehearse => {
  const clients = new Map<string, HttpClient>();
  const clientOf = (baseUrl: string): HttpClient => {
    let client = clients.get(baseUrl);
    if (!client) clients.set(baseUrl, (client = tools.http(baseUrl)));
    return client;
  };

  return async (queries, call) => {
    const replies = new Map<string, Promise<HttpResponse>>();
    const sent: UpstreamRequest[] = [];

    const run = async (): Promise<Omit<Rehearsal, 'sent'>> => {
      const stage = createStage(queries.length);
      const send = (baseUrl: string, request: HttpRequest, own: Call): Promise<HttpResponse> => {
        const shown = show(new URL(baseUrl), request, secrets);
        stage.note(shown);
        if (!request.prepares) return NEVER;
        const key = JSON.stringify([shown, request.body]);
        let reply = replies.get(key);
        if (!reply) {
          sent.push(shown);
          replies.set(key, (reply = clientOf(baseUrl).send(request, own)));
        }
        return stage.waitFor(reply);
      };
      const source = connect({ ...tools, http: (baseUrl) => ({ send: (it, own) => send(baseUrl, it, own) }) });
      for (const query of queries) stage.play(source.search?.(query, call));
      await stage.quiet();
      await source.close?.();
      return stage.result();
    };
    await run();
    return { sent, ...(await run()) };
  };
};

/** The answer to a request for a part of the record. */
const NEVER = new Promise<never>(() => undefined);

/** How long nothing must happen where a query has asked for nothing yet, in milliseconds. */
const QUIET_MS = 50;

/** Watches some queries until each has ended, or waits for an answer that never comes. */
const createStage = (queries: number) => {
  const requests: UpstreamRequest[] = [];
  let failed: SourceErrorKind | undefined;
  let waiting = 0;
  let ended = 0;
  let moves = 0;
  return {
    note: (request: UpstreamRequest): void => {
      moves += 1;
      requests.push(request);
    },
    waitFor: async <T>(reply: Promise<T>): Promise<T> => {
      waiting += 1;
      try {
        return await reply;
      } finally {
        waiting -= 1;
        moves += 1;
      }
    },
    play: (query: Promise<unknown> = Promise.resolve()): void => {
      const end = (error?: unknown): void => {
        moves += 1;
        ended += 1;
        if (error !== undefined) failed ??= error instanceof SourceError ? error.kind : 'invalid-response';
      };
      query.then(() => end(), end);
    },
    quiet: async (): Promise<void> => {
      for (let before = -1; before !== moves || waiting > 0;) {
        before = moves;
        // Queries that ask at once do so before the event loop turns; one that signs first, say, takes longer.
        await (requests.length + ended >= queries && waiting === 0 ? setImmediate() : setTimeout(QUIET_MS));
      }
    },
    result: () => ({ requests, failed }),
  };
};

const show = (
  base: URL,
  { method, path, query, body, prepares }: HttpRequest,
  secrets: readonly string[],
): UpstreamRequest => {
  const written = secrets.flatMap((it) => [
    it,
    encodeURIComponent(it),
    new URLSearchParams([['', it]]).toString().slice(1),
  ]);
  const hide = (text: string): string => written.reduce((it, secret) => it.replaceAll(secret, HIDDEN), text);
  const url = addressOf(base, { path, ...(query && { query }) });
  return { method, url: hide(url.href), ...(body !== undefined && !prepares && { body: hide(body) }) };
};

const HIDDEN = '***';
