import { turn } from './turn.ts';

/** For how long work may go on before others get their turn, in milliseconds. */
const SLICE_MS = 2;

/** Does work that is cut into steps, a few milliseconds a turn: however long it is, nobody else waits for it. */
export const inSlices = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (;;) {
    await turn();
    for (const until = performance.now() + SLICE_MS; performance.now() < until;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  }
};

/** Does all the steps of a work at once. */
export const atOnce = <T>(work: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};
