import {
  BulkheadRejectedError,
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type IBreaker,
} from 'cockatiel';
import { SourceError, type SourceErrorKind } from '../adapter/index.ts';
import { createRetryBudget } from './retry-budget.ts';

/** How much one source is asked at a time, and when it is left alone. */
export interface GuardSettings {
  /** Questions under way at a time, with the pages asked for ahead; further ones wait their turn. */
  readonly concurrent: number;
  /** Questions that may wait; one more is told `throttled` at once. */
  readonly queued: number;
  /** Failures in a row after which the source is left alone; 0: never, nor after a `Retry-After` of its own. */
  readonly failures: number;
  /** How long it is left alone before one question tries it, in milliseconds. */
  readonly restMs: number;
}

export type Circuit = 'closed' | 'open' | 'half-open';

/** Stands before one source, so that a source in trouble is spared and its callers are told at once. */
export interface Guard {
  /**
   * Works within the guard, once more where no whole answer came and there is reason to hope.
   * @throws SourceError of the work; `unavailable` while the source is left alone, `throttled` where too many wait or the
   * source asked for time.
   */
  readonly run: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** Does a part of work that runs already, in a place that is free; undefined where none is. It counts for nothing else. */
  readonly beside: <T>(part: () => Promise<T>) => Promise<T> | undefined;
  /** Leaves the source alone from now on for a while: it answered about another patient. */
  readonly distrust: () => void;
  readonly circuit: () => Circuit;
}

/** What counts against a source. That it refuses or knows nothing does not. */
const COUNTED: ReadonlySet<SourceErrorKind> = new Set(['timeout', 'unavailable', 'invalid-response', 'wrong-patient']);
/** A source that asks for time gets at most this much, in seconds. */
const MAX_REST_SECONDS = 60;

/** A source about whom nothing is known yet. @param now epoch milliseconds */
export const createGuard = (
  { concurrent, queued, failures, restMs }: GuardSettings,
  { now }: { readonly now: () => number },
): Guard => {
  const places = bulkhead(concurrent, queued);
  const retries = createRetryBudget();
  const judge = createJudge(failures);
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof SourceError && COUNTED.has(error.kind)),
    { halfOpenAfter: restMs, breaker: judge.breaker },
  );
  let opened = 0;
  breaker.onBreak(() => (opened = now()));
  let restUntil = 0;

  const once = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const left = restUntil - now();
    if (left > 0) throw new SourceError('throttled', { retryAfter: Math.ceil(left / 1000) });
    // While one question tries the source, others do not wait for what becomes of it.
    const isLeftAlone = breaker.state === CircuitState.HalfOpen || isOpen(breaker.state, opened + restMs - now());
    if (isLeftAlone) throw new SourceError('unavailable', { retryAfter: secondsOf(opened + restMs - now()) });
    return breaker.execute(() => work().catch(judge.note), signal);
  };

  return {
    run: async (work, signal) => {
      retries.earn();
      try {
        return await places.execute(async () => {
          try {
            return await once(work, signal);
          } catch (error) {
            if (signal.aborted || !isWorthAnother(error) || !retries.spend()) throw error;
            return once(work, signal);
          }
        }, signal);
      } catch (error) {
        if (error instanceof BulkheadRejectedError) throw new SourceError('throttled', { retryAfter: 1 });
        if (
          failures > 0 &&
          error instanceof SourceError &&
          error.kind === 'throttled' &&
          error.retryAfter !== undefined
        )
          restUntil = Math.max(restUntil, now() + Math.min(error.retryAfter, MAX_REST_SECONDS) * 1000);
        throw error;
      }
    },
    beside: (part) => (places.executionSlots > 0 ? places.execute(part) : undefined),
    distrust: () => {
      void breaker.execute(() => judge.note(new SourceError('wrong-patient'))).catch(() => undefined);
    },
    circuit: () => CIRCUITS[breaker.state],
  };
};

const CIRCUITS: Readonly<Record<CircuitState, Circuit>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

const isOpen = (state: CircuitState, leftMs: number): boolean => state === CircuitState.Open && leftMs > 0;

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** A connection that broke may have been an old one; a source that names a time, or answered, is not asked again at once. */
const isWorthAnother = (error: unknown): boolean =>
  error instanceof SourceError && error.kind === 'unavailable' && error.retryAfter === undefined;

/** Failures in a row break the circuit; an answer about another patient breaks it at once. */
const createJudge = (failures: number): { readonly breaker: IBreaker; readonly note: (error: unknown) => never } => {
  const inner = new ConsecutiveBreaker(Math.max(1, failures));
  let distrusted = false;
  return {
    breaker: {
      state: undefined,
      success: () => inner.success(),
      failure: () => {
        const breaks = inner.failure() || distrusted;
        distrusted = false;
        return failures > 0 && breaks;
      },
    },
    note: (error) => {
      distrusted ||= error instanceof SourceError && error.kind === 'wrong-patient';
      throw error;
    },
  };
};
