import { createSizedCache } from '../platform/cache.ts';
import { type Kept, keptAs } from '../sources/kept.ts';
import { weightOf } from '../sources/weight.ts';
import type { Result } from './ask/fan-out.ts';

/** What is made of the answers of sources, and whether making it again would give the same. */
export interface Made<T> {
  readonly value: T;
  /** False where something went wrong that may go right the next time. */
  readonly isWhole: boolean;
}

/** What was made of answers that are kept, kept beside them: the same question to the very same answers is the same page. */
export interface Recall {
  /** @param question all that shapes what is made, beside the answers. */
  readonly of: <T>(results: readonly Result[], question: unknown, make: () => Promise<Made<T>>) => Promise<T>;
  readonly close: () => void;
}

/**
 * Recalls nothing that was made of an answer which is not kept itself, and nothing for longer than the first of the answers
 * is kept. Answers are kept for each caller apart, and so is what is made of them.
 * @param maxBytes as {@link weightOf} estimates them: what a page shares with its answers stands for what is written of it.
 */
export const createRecall = (maxBytes: number, { now }: { readonly now: () => number }): Recall => {
  const cache = createSizedCache(maxBytes);
  return {
    of: async <T>(results: readonly Result[], question: unknown, make: () => Promise<Made<T>>): Promise<T> => {
      const answers = keptAnswers(results);
      if (!answers) return (await make()).value;
      const key = JSON.stringify([answers.map((it) => it.number), question]);
      const before = cache.get<T>(key);
      if (before !== undefined) return before;
      const { value, isWhole } = await make();
      const seconds = (Math.min(...answers.map((it) => it.until)) - now()) / 1000;
      if (isWhole && seconds > 0) cache.set(key, value, { seconds, bytes: weightOf(value) });
      return value;
    },
    close: cache.close,
  };
};

/** The answers behind some results; undefined where one of them failed, is good for one time only, or none was asked. */
const keptAnswers = (results: readonly Result[]): readonly Kept[] | undefined => {
  const asked = results.filter((it) => it.outcome !== 'not-asked');
  const answers = asked.flatMap((it) => (it.outcome === 'answered' ? it.parts.map(keptAs) : [undefined]));
  return answers.length > 0 && answers.every((it) => it !== undefined) ? answers : undefined;
};
