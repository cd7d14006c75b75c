/** How many retries there may be beside the first tries, and how many may come at once. */
const SHARE = 0.2;
const AT_ONCE = 10;

/** Lets a fifth of all questions be asked again: when everything fails, asking twice would only make it worse. */
export const createRetryBudget = (): { readonly earn: () => void; readonly spend: () => boolean } => {
  let left = AT_ONCE;
  return {
    /** A question is asked. */
    earn: () => {
      left = Math.min(AT_ONCE, left + SHARE);
    },
    /** @returns whether it may be asked again. */
    spend: () => {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
