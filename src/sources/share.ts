import { type Call, SourceError, type SourceErrorKind } from '../adapter/index.ts';
import { createSizedCache } from '../platform/cache.ts';
import type { Asked } from './asked.ts';
import { keptAs, markKept } from './kept.ts';
import { weightOf } from './weight.ts';

export interface ShareSettings {
  /** How long a whole answer is kept, in seconds; 0: no longer than it is under way. */
  readonly seconds: number;
  /** How much longer it may stand in for an answer that the source fails to give. */
  readonly staleSeconds: number;
  /** The most that is kept, in bytes as {@link weightOf} estimates them. */
  readonly maxBytes: number;
}

/** One question to a source, and what it takes to answer it. */
export interface Question<T> {
  /** What is asked, without on whose behalf: that is always part of the question. */
  readonly key: readonly unknown[];
  readonly work: (call: Call) => Promise<Asked<T>>;
  /** False for an answer that must not stand in for a later one. */
  readonly isWhole: (value: T) => boolean;
}

/** `kept`: answered before; `under-way`: being asked by another; `none`: the source is asked. */
export type Shared = 'kept' | 'under-way' | 'none';

/** Lets those who ask one source the same at the same time, or soon after, share one answer. */
export interface Share {
  /** Whether a question would be answered without asking the source anew. */
  readonly stateOf: (key: Question<unknown>['key'], call: Pick<Call, 'actor' | 'fresh'>) => Shared;
  /** Whoever goes away leaves the others their answer; a failure is told to all who wait, and never kept. */
  readonly ask: <T>(question: Question<T>, call: Call) => Promise<Asked<T>>;
  /** Nothing that the source said until now can be trusted. */
  readonly forget: () => void;
  readonly close: () => void;
}

/** @param now epoch milliseconds */
export const createShare = (
  { seconds, staleSeconds, maxBytes }: ShareSettings,
  { now }: { readonly now: () => number },
): Share => {
  const flights = new Map<string, Flight<unknown>>();
  const kept = seconds + staleSeconds > 0 ? createSizedCache(maxBytes) : undefined;
  const isWithin = (asked: object, moreSeconds: number): boolean =>
    now() < (keptAs(asked)?.until ?? 0) + moreSeconds * 1000;
  const isFresh = (asked: object): boolean => isWithin(asked, 0);
  const mayStandIn = (key: string, asked: object): boolean => isWithin(asked, staleSeconds) && kept?.get(key) === asked;

  const start = <T>(key: string, { work, isWhole }: Question<T>, call: Call): Flight<T> => {
    const flight = createFlight(work, call, { now, onEnd: () => flights.get(key) === flight && flights.delete(key) });
    flights.set(key, flight);
    void flight.answer.then((asked) => {
      // One that was forgotten on the way, or overtaken by a fresher one, is not kept.
      if (flights.get(key) !== flight) return;
      flights.delete(key);
      if (!kept) return;
      if ('error' in asked) return STANDS_IN.has(asked.error.kind) ? undefined : kept.delete(key);
      if (!isWhole(asked.value)) return;
      kept.set(key, asked, { seconds: seconds + staleSeconds, bytes: weightOf(asked.value) });
      markKept(asked, now() + seconds * 1000);
    });
    return flight;
  };

  return {
    stateOf: (question, call) => {
      const key = keyFor(question, call);
      if (call.fresh) return 'none';
      const before = kept?.get<object>(key);
      return before && isFresh(before) ? 'kept' : flights.has(key) ? 'under-way' : 'none';
    },
    ask: async <T>(question: Question<T>, call: Call): Promise<Asked<T>> => {
      const key = keyFor(question.key, call);
      const before = call.fresh ? undefined : kept?.get<Asked<T>>(key);
      if (before && isFresh(before)) return before;
      const under = call.fresh ? undefined : (flights.get(key) as Flight<T> | undefined);
      const flight = under && under.deadline <= call.deadline ? under : start(key, question, call);
      const asked = await flight.join(call);
      return 'error' in asked && before && STANDS_IN.has(asked.error.kind) && mayStandIn(key, before)
        ? { ...before, latencyMs: asked.latencyMs, insteadOf: asked.error }
        : asked;
    },
    forget: () => {
      flights.clear();
      kept?.clear();
    },
    close: () => kept?.close(),
  };
};

/** How a source fails that said nothing about the patient: what it said before may stand in. */
const STANDS_IN: ReadonlySet<SourceErrorKind> = new Set(['timeout', 'unavailable', 'throttled', 'invalid-response']);

const keyFor = (key: readonly unknown[], { actor }: Pick<Call, 'actor'>): string => JSON.stringify([actor, ...key]);

/** A question under way. */
interface Flight<T> {
  readonly answer: Promise<Asked<T>>;
  readonly deadline: number;
  readonly join: (call: Call) => Promise<Asked<T>>;
}

/** Goes on while anybody waits, whoever began it. Its signal ends with the last request, as the bytes of an answer weigh. */
const createFlight = <T>(
  work: Question<T>['work'],
  call: Call,
  { now, onEnd }: { readonly now: () => number; readonly onEnd: () => void },
): Flight<T> => {
  const end = new AbortController();
  const answer = work({ ...call, signal: end.signal });
  let waiting = 0;
  return {
    answer,
    deadline: call.deadline,
    join: ({ signal }) => {
      const since = now();
      waiting += 1;
      const left = new Promise<Asked<T>>((resolve) => {
        const leave = (): void => {
          resolve({ error: new SourceError('timeout'), fetchedAt: since, latencyMs: now() - since });
          waiting -= 1;
          if (waiting > 0) return;
          onEnd();
          end.abort();
        };
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave, { once: true });
      });
      return Promise.race([answer, left]);
    },
  };
};
