import type { Call } from './tools.ts';
import { SourceError } from './errors.ts';

/** Lets those who want the same at the same time wait for one piece of work. */
export interface SingleFlight<T> {
  /** Waits for the work that is under way under a key, else begins it. */
  readonly join: (key: string, work: () => Promise<T>, call: Pick<Call, 'signal'>) => Promise<T>;
  /** Begins anew: who joins from now on waits for this. */
  readonly begin: (key: string, work: () => Promise<T>) => Promise<T>;
}

/** Holds what is under way, and nothing that is over. */
export const createSingleFlight = <T>(): SingleFlight<T> => {
  const flights = new Map<string, Promise<T>>();
  const begin: SingleFlight<T>['begin'] = (key, work) => {
    const own = work().finally(() => {
      if (flights.get(key) === own) flights.delete(key);
    });
    flights.set(key, own);
    return own;
  };
  const join: SingleFlight<T>['join'] = async (key, work, call) => {
    const others = flights.get(key);
    if (!others) return begin(key, work);
    try {
      return await others;
    } catch (error) {
      // Whoever began it ran out of their own time; ours may have some left.
      if (error instanceof SourceError && error.kind === 'timeout' && !call.signal.aborted)
        return join(key, work, call);
      throw error;
    }
  };
  return { join, begin };
};
