/** Words that are remembered; beyond it each is worked out again. */
const MAX_REMEMBERED = 1000;

/** Answers for words that are few and come by the thousand, systems and urls, worked out once each. Never for a patient's. */
export const remembered = <T>(find: (word: string) => T): ((word: string) => T) => {
  const known = new Map<string, T>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined || known.has(word)) return before as T;
    const found = find(word);
    if (known.size < MAX_REMEMBERED) known.set(word, found);
    return found;
  };
};
