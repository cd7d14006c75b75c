export interface LoadSettings {
  /** Requests let in at a time. */
  readonly maxRequests: number;
  /** Bytes of sources' answers held at a time. */
  readonly maxBytes: number;
}

/** How much the process carries: what has been let in, and the bytes of sources' answers that it holds. */
export interface Load {
  /** @returns what to call when the request is over; undefined where no more can be let in now. */
  readonly enter: () => (() => void) | undefined;
  /** Bytes that came from a source: they weigh until the signal of the request ends. */
  readonly hold: (bytes: number, until: AbortSignal) => void;
  readonly heldBytes: () => number;
}

/** How much of the mean each request that ends makes up. */
const WEIGHT = 0.1;

/**
 * Lets requests in as long as their bytes have room: each is taken to need what requests needed lately, since its sources
 * have only begun to answer. One that finds nobody else is always let in.
 */
export const createLoad = ({ maxRequests, maxBytes }: LoadSettings): Load => {
  let requests = 0;
  let held = 0;
  let mean = 0;
  let unaccounted = 0;

  /** What came is everybody's who is there, in equal parts: many may be answered before the first of them leaves. */
  const leave = (): void => {
    const own = unaccounted / requests;
    unaccounted -= own;
    mean += WEIGHT * (own - mean);
    requests -= 1;
  };
  return {
    enter: () => {
      const expected = Math.max(held, (requests + 1) * mean);
      if (requests > 0 && (requests >= maxRequests || expected > maxBytes)) return undefined;
      requests += 1;
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
    hold: (bytes, until) => {
      unaccounted += bytes;
      if (until.aborted) return;
      held += bytes;
      until.addEventListener('abort', () => (held -= bytes), { once: true });
    },
    heldBytes: () => held,
  };
};

/** One that carries anything: for tests of single parts, and for tools. */
export const boundlessLoad: Pick<Load, 'hold'> = { hold: () => undefined };
