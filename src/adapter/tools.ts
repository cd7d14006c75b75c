/** One request's context, passed last to everything that waits. */
export interface Call {
  readonly signal: AbortSignal;
  /** Epoch milliseconds by which the caller wants an answer. */
  readonly deadline: number;
  readonly correlationId: string;
  readonly actor: Actor;
  /** The caller wants what the source says now, not what was kept of it. */
  readonly fresh?: boolean;
}

/** On whose behalf a source is asked; GP Connect writes it into its audit. */
export interface Actor {
  readonly organisation: { readonly ods: string; readonly name: string };
  readonly practitioner?:
    | {
        readonly id: string;
        readonly family: string;
        readonly given: string;
        readonly sdsUserId: string;
        readonly sdsRoleProfileId: string;
      }
    | undefined;
  readonly device: { readonly id: string; readonly model: string; readonly version: string };
}

/** What the facade lends to an adapter. */
export interface Tools {
  /** A hardened client bound to one base URL; keep-alive, no redirects, byte caps, JSON kept as bytes. */
  readonly http: (baseUrl: string) => HttpClient;
  /** A small cache of this source's own: tokens and local patient ids, never clinical content. */
  readonly cache: Cache;
  readonly now: () => number;
  readonly uuid: () => string;
}

export interface HttpClient {
  /**
   * Sends one request below the base URL.
   * @throws SourceError `timeout` or `unavailable` where no whole answer came. Every status is an answer.
   */
  readonly send: (request: HttpRequest, call: Call) => Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path segments below the base URL, each encoded by the client. */
  readonly path: readonly string[];
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Set where the answer is needed to know what to ask, and is no part of the record: a token, the source's own id of the
   * patient. `$explain` really sends such requests, and no others.
   */
  readonly prepares?: true;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whole seconds of a `Retry-After`, where the source sent one that can be read. */
  readonly retryAfter?: number;
}

export interface Cache {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it put in
  readonly get: <T>(key: string) => T | undefined;
  readonly set: (key: string, value: unknown, seconds: number) => void;
  readonly delete: (key: string) => void;
}
