import { setImmediate } from 'node:timers/promises';

/** For how long work may go on before others get their turn, in milliseconds. */
const SLICE_MS = 2;

/** Does work that is cut into steps, a few milliseconds at a time: however long it is, nobody else waits for it. */
export const inSlices = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (let until = performance.now() + SLICE_MS; ;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + SLICE_MS;
  }
};

/** Does all the steps of a work at once. */
export const atOnce = <T>(work: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};
