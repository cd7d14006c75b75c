/** Those who wait for a turn, first come first served. */
const waiting: (() => void)[] = [];

/**
 * Waits for a turn of the event loop that nobody else works in. Whatever takes a millisecond or more begins so: of a burst of
 * requests each then works for a moment, in between come signals, timers and those who were asked nothing hard.
 */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(next);
  });

/** One turn each time round: what is released together works together. */
const next = (): void => {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
};
