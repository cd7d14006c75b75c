import { type Call, MAX_AHEAD, type Page, type Source, type SourceQuery } from '../../adapter/index.ts';
import type { Guard } from '../../sources/guard.ts';

/** The pages of one answer, some of them asked for before the walk comes to them. */
export interface Pages {
  /**
   * The page at a cursor, and from now on those that are expected after it, as far as the source has free places.
   * @throws SourceError of that page alone.
   */
  readonly take: (cursor: string | undefined, expected: readonly string[]) => Promise<Page>;
  /** Ends what is under way: nobody comes to it any more. */
  readonly letGo: () => void;
}

interface Ahead {
  readonly page: Promise<Page>;
  /** Its own: the bytes of pages that are used weigh as long as the call. */
  readonly stop: AbortController;
}

/** Once the walk comes to another page than those expected, that answer is followed page by page. */
export const createPages = (
  search: NonNullable<Source['search']>,
  query: SourceQuery,
  { guard, call }: { readonly guard: Pick<Guard, 'beside'>; readonly call: Call },
): Pages => {
  const underWay = new Map<string | undefined, Ahead>();
  let expectsRightly = true;

  const ask = (cursor: string | undefined, own: Call): Promise<Page> =>
    search(cursor === undefined ? query : { ...query, cursor }, own);

  const askAhead = (cursor: string): void => {
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const page = guard.beside(() => ask(cursor, { ...call, signal }));
    if (!page) return;
    // How a page fares to which nobody comes is nobody's concern.
    page.catch(() => undefined);
    underWay.set(cursor, { page, stop });
  };

  const letGo = (): void => {
    for (const { stop } of underWay.values()) stop.abort();
    underWay.clear();
  };

  return {
    take: (cursor, expected) => {
      const known = underWay.get(cursor);
      underWay.delete(cursor);
      if (!known && underWay.size > 0) {
        expectsRightly = false;
        letGo();
      }
      const page = known?.page ?? ask(cursor, call);
      for (const it of expectsRightly ? expected : []) if (underWay.size < MAX_AHEAD && !underWay.has(it)) askAhead(it);
      return page;
    },
    letGo,
  };
};
