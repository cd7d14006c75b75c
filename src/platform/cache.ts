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
