/** An answer that stands in for later ones. */
export interface Kept {
  /** Its own: another answer has another number, be it word for word the same. */
  readonly number: number;
  /** How long it may stand in, in epoch milliseconds. */
  readonly until: number;
}

const all = new WeakMap<object, Kept>();
let count = 0;

/** Marks an answer as one that stands in for later ones. */
export const markKept = (asked: object, until: number): void => {
  count += 1;
  all.set(asked, { number: count, until });
};

/** What an answer is kept as; undefined for one that is good for one time only. */
export const keptAs = (asked: object): Kept | undefined => all.get(asked);
