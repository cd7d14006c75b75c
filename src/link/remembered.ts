const MAX_KNOWN = 10_000;
/** Longer ones are notes: they do not repeat, and would fill the memory. */
const MAX_LENGTH = 200;

/**
 * A pure reading of a text that knows what it has read: what records say repeats itself, within an answer and from one to the
 * next. Bounded, and emptied whole, since to read a text again costs little.
 */
export const remembered = <T>(read: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > MAX_LENGTH) return read(text);
    let found = known.get(text);
    if (found === undefined && !known.has(text)) {
      found = read(text);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(text, found);
    }
    return found as T;
  };
};
