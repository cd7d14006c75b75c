import { pino } from 'pino';

/** Everything the product ever logs: an event and its flat fields. Never a body, query, header, identifier or name. */
export interface LogEvents {
  readonly 'server.ready': { readonly port: number; readonly sources: number; readonly pid: number };
  readonly 'server.stopping': { readonly signal: string };
  readonly 'request.done': {
    readonly correlationId: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  };
  readonly 'request.failed': { readonly correlationId: string; readonly route: string; readonly error: string };
  readonly 'source.answered': {
    readonly correlationId: string;
    readonly sourceId: string;
    readonly records: number;
    readonly ms: number;
  };
  readonly 'source.failed': {
    readonly correlationId: string;
    readonly sourceId: string;
    readonly kind: string;
    readonly ms: number;
  };
  readonly 'source.broken': { readonly correlationId: string; readonly sourceId: string; readonly error: string };
}

export interface Log {
  readonly info: <E extends keyof LogEvents>(event: E, fields: LogEvents[E]) => void;
  readonly warn: <E extends keyof LogEvents>(event: E, fields: LogEvents[E]) => void;
}

/** JSON lines on stderr. */
export const createLog = (level: string = process.env['LOG_LEVEL'] ?? 'info'): Log => {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return {
    info: (event, fields) => logger.info(fields as object, event),
    warn: (event, fields) => logger.warn(fields as object, event),
  };
};

/** A log that says nothing: for tests and commands. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined };
