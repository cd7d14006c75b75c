import { setTimeout } from 'node:timers/promises';
import { type Call, SourceError } from '../../src/adapter/index.ts';

/**
 * Lets so many calls begin in any second, in the order in which they came; the others wait, as far as their time goes.
 * @throws SourceError `throttled` where a call's turn would come after its deadline; `timeout` where it is given up meanwhile
 */
export const createPace = (perSecond: number, now: () => number): ((call: Call) => Promise<void>) => {
  /** When each of the last calls began, or will. */
  const begun: number[] = [];
  return async ({ signal, deadline }) => {
    const time = now();
    const turn = begun.length < perSecond ? time : Math.max(time, (begun[begun.length - perSecond] ?? 0) + 1000);
    if (turn >= deadline) throw new SourceError('throttled', { retryAfter: Math.ceil((turn - time) / 1000) });
    begun.push(turn);
    if (begun.length > perSecond) begun.shift();
    if (turn > time)
      await setTimeout(turn - time, undefined, { signal }).catch(() => {
        throw new SourceError('timeout');
      });
  };
};
