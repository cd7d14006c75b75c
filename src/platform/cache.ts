import NodeCache from 'node-cache';
import type { Cache } from '../adapter/index.ts';

/**
 * A cache in memory that hands out the very values it was given (no clones), bounded by number of keys. It holds tokens
 * and local ids, never clinical content.
 */
export const createCache = (maxKeys = 10_000): Cache & { readonly close: () => void } => {
  const cache = new NodeCache({ useClones: false, checkperiod: 60, maxKeys });
  return {
    get: cache.get.bind(cache),
    set: (key, value, seconds) => {
      // A full cache drops what it holds rather than failing the request.
      if (cache.keys().length >= maxKeys && !cache.has(key)) cache.flushAll();
      cache.set(key, value, seconds);
    },
    delete: (key) => void cache.del(key),
    close: () => cache.close(),
  };
};

/** A cache in memory of values with a weight, the very values it was given: the oldest make room for what comes. */
export interface SizedCache {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it put in
  readonly get: <T>(key: string) => T | undefined;
  readonly set: (key: string, value: unknown, about: { readonly seconds: number; readonly bytes: number }) => void;
  readonly delete: (key: string) => void;
  readonly clear: () => void;
  readonly heldBytes: () => number;
  readonly close: () => void;
}

/** Holds at most so many bytes; what alone is heavier is not kept. */
export const createSizedCache = (maxBytes: number): SizedCache => {
  const cache = new NodeCache({ useClones: false, checkperiod: 10 });
  const weights = new Map<string, number>();
  let held = 0;
  cache.on('del', (key: string) => {
    held -= weights.get(key) ?? 0;
    weights.delete(key);
  });
  return {
    get: cache.get.bind(cache),
    set: (key, value, { seconds, bytes }) => {
      cache.del(key);
      if (bytes > maxBytes) return;
      for (const oldest of weights.keys()) {
        if (held + bytes <= maxBytes) break;
        cache.del(oldest);
      }
      cache.set(key, value, seconds);
      weights.set(key, bytes);
      held += bytes;
    },
    delete: (key) => void cache.del(key),
    clear: () => {
      cache.del(cache.keys());
    },
    heldBytes: () => held,
    close: () => {
      cache.close();
    },
  };
};
