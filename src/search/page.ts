import { FaultError } from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import type { Held } from './held.ts';
import type { MergeMode } from './request/merge-mode.ts';
import type { Pairs } from './request/pairs.ts';

/**
 * Where a walk through pages stands. How many of each source's matches were served is all it needs: what a source gives
 * is put in the same order each time, so a source that is lost on the way, or comes back, moves nobody else's place.
 */
export interface Position {
  /** The parameters of the search, every shaping one among them. */
  readonly query: Pairs;
  readonly served: Readonly<Record<string, number>>;
  /** The time that the first page took for now, in epoch milliseconds: what is approximately then stays the same. */
  readonly since: number;
  /** The sources that are still to be asked, where others have answered already; all where left out. */
  readonly only?: readonly string[] | undefined;
  /** How the walk began: what is a match depends on it. */
  readonly merge?: MergeMode | undefined;
}

interface Token {
  readonly t: string;
  readonly q: Pairs;
  readonly s: Readonly<Record<string, number>>;
  readonly o?: readonly string[] | undefined;
  readonly m?: MergeMode | undefined;
  /** Epoch seconds. */
  readonly n: number;
  readonly x: number;
}

const USE = 'page';
const HALF_HOUR = 1_800_000;
/** Half hours that a token is good for beside the one it was made in. */
const LIFETIME = 2;
/** Longer ones fit no address. */
const MAX_TOKEN = 8000;

/** The half hour that a time is in: within it the same search has the same tokens, and so the same ETag. */
export const halfHourOf = (now: number): number => Math.floor(now / HALF_HOUR) * HALF_HOUR;

/**
 * Seals a position: opaque, self-contained, good on every instance, for an hour at least.
 * @throws FaultError 400 where the parameters are too long for the address of a next page.
 */
export const sealPage = (
  sealer: Pick<Sealer, 'sealText'>,
  type: string,
  { position, now }: { readonly position: Position; readonly now: number },
): string => {
  const { query, served, since, only, merge } = position;
  const expires = halfHourOf(now) + (LIFETIME + 1) * HALF_HOUR;
  const token: Token = { t: type, q: query, s: served, o: only, m: merge, n: since / 1000, x: expires / 1000 };
  const sealed = sealer.sealText(USE, JSON.stringify(token));
  if (sealed.length > MAX_TOKEN)
    throw new FaultError(
      'value',
      'These parameters are too long for a search in pages; ask for all, without _count.',
      '_count',
    );
  return sealed;
};

/** Opens a page token. @throws FaultError 400 for one that was not made here, is for another type, or is too old */
export const openPage = (
  sealer: Pick<Sealer, 'unsealText'>,
  type: string,
  { token, now }: { readonly token: string; readonly now: number },
): Position => {
  const text = sealer.unsealText(USE, token);
  const opened = text === undefined ? undefined : (JSON.parse(text) as Token);
  if (opened?.t !== type) throw new FaultError('value', 'Expected a page token as a next link gave it.', '_page');
  if (opened.x * 1000 < now) throw new FaultError('value', 'This page token is too old; search again.', '_page');
  return { query: opened.q, served: opened.s, since: opened.n * 1000, only: opened.o, merge: opened.m };
};

/** One page of matches, and where the next one begins; undefined on the last. */
export const takePage = <T extends Pick<Held, 'source'>>(
  matches: readonly T[],
  count: number | undefined,
  served: Readonly<Record<string, number>>,
): { readonly page: readonly T[]; readonly next: Readonly<Record<string, number>> | undefined } => {
  const passed: Record<string, number> = {};
  const left = matches.filter(({ source }) => (passed[source] = (passed[source] ?? 0) + 1) > (served[source] ?? 0));
  const page = count === undefined ? left : left.slice(0, count);
  if (page.length === left.length || page.length === 0) return { page, next: undefined };
  const next = { ...served };
  for (const { source } of page) next[source] = (next[source] ?? 0) + 1;
  return { page, next };
};
