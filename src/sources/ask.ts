import { type Call, SourceError } from '../adapter/index.ts';
import type { Log } from '../platform/log.ts';
import type { Asked } from './asked.ts';
import type { ConfiguredSource } from './registry.ts';

/** The part of a request's time that sources may use; the rest is for merging and writing. */
const SOURCE_SHARE = 0.85;

export interface Asking {
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Asks one source behind its guard and within its share of the time, under one signal of its own. An adapter that ignores
 * the signal is left behind; one that throws anything but a SourceError is a broken answer.
 */
export const ask = async <T>(
  { id, deadlineMs, guard }: ConfiguredSource,
  work: (call: Call) => Promise<T>,
  { call, now, log }: Asking & { readonly call: Call },
): Promise<Asked<T>> => {
  const fetchedAt = now();
  const budget = Math.max(0, Math.min((call.deadline - fetchedAt) * SOURCE_SHARE, deadlineMs ?? Infinity));
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), budget);
  const signal = AbortSignal.any([call.signal, limit.signal]);
  const { correlationId } = call;
  const own = { ...call, signal, deadline: fetchedAt + budget };
  const attempt = (): Promise<T> =>
    Promise.race([work(own), aborted(signal)]).catch((error: unknown) => {
      // That the caller went away says nothing of the source.
      throw call.signal.aborted ? new Error('abandoned') : error;
    });
  try {
    const value = await Promise.race([guard.run(attempt, signal), aborted(signal)]);
    return { value, fetchedAt, latencyMs: now() - fetchedAt };
  } catch (thrown) {
    const error = signal.aborted ? new SourceError('timeout') : asSourceError(thrown);
    const ms = now() - fetchedAt;
    if (error !== thrown && error.kind !== 'timeout') {
      log.warn('source.broken', {
        correlationId,
        sourceId: id,
        error: thrown instanceof Error ? thrown.name : typeof thrown,
      });
    }
    log.warn('source.failed', { correlationId, sourceId: id, kind: error.kind, ms });
    return { error, fetchedAt, latencyMs: ms };
  } finally {
    clearTimeout(timer);
  }
};

const asSourceError = (thrown: unknown): SourceError =>
  thrown instanceof SourceError ? thrown : new SourceError('invalid-response');

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new SourceError('timeout'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
