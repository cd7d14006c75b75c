import type { SourceError } from '../adapter/index.ts';

/** What became of asking one source: a value or a failure, never thrown. */
export type Asked<T> = { readonly fetchedAt: number; readonly latencyMs: number } & (
  | {
      readonly value: T;
      /** Why it is an earlier answer: how the source failed now. */ readonly insteadOf?: SourceError;
    }
  | { readonly error: SourceError }
);
