import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** A CommonJS package that is large and seldom needed: it is loaded when it is first used, not when the facade starts. */
export const whenUsed = (name: string): (() => unknown) => {
  let loaded: unknown;
  return () => (loaded ??= load(name) as unknown);
};
