import { ask, load, type LoadOptions, type Stretch, type Target } from './load.ts';
import { patients } from './payload.ts';

/** What every server measured in each round, by its name. */
export type Rounds = readonly Readonly<Record<string, Stretch>>[];

/** How thoroughly a run measures. */
export interface Effort {
  readonly rounds: number;
  /** How long each server is asked in a round, about. */
  readonly seconds: number;
  readonly warmSeconds: number;
}

export interface DuelOptions extends Pick<LoadOptions, 'connections' | 'stub'> {
  readonly effort: Effort;
}

/** A server of a duel, and how many patients take turns there. */
export interface Contender extends Target {
  /** 1 for an answer that is kept; else many more than are asked for at a time, since one may lag. */
  readonly people?: number;
}

/** Servers take turns, round by round, after all have been warmed: what the machine does meanwhile, it does to all. */
export const duel = async (
  contenders: readonly Contender[],
  { effort, connections, stub }: DuelOptions,
): Promise<Rounds> => {
  const ready: { readonly target: Target; readonly options: LoadOptions }[] = [];
  for (const target of contenders) {
    const { people = connections * 8 } = target;
    const prepared = await prepare(target, people);
    const options = { ...prepared, connections, ...(stub && { stub }) };
    const perSecond = await warm(target, options, { seconds: effort.warmSeconds, requests: people });
    const amount = Math.max(connections * 3, Math.round(perSecond * effort.seconds));
    ready.push({ target, options: { ...options, amount } });
  }
  const rounds: Record<string, Stretch>[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    const own: Record<string, Stretch> = {};
    // The order turns, too: nobody always comes after the same.
    for (const { target, options } of round % 2 === 0 ? ready : ready.toReversed())
      own[target.child.name] = await load(target, options);
    rounds.push(own);
  }
  return rounds;
};

/** Entries that a search of the bench asks for. */
const PAGE = 50;

/**
 * Asks for some patients, and for the first of them again.
 * @param first number of the first patient
 * @returns the patients in turn, and what every answer about one is held to
 * @throws Error for an answer of another size, or that begins with another id the second time
 */
export const prepare = async (
  { child, path, headers = {} }: Pick<Target, 'child' | 'path' | 'headers'>,
  people: number,
  first?: number,
): Promise<Pick<LoadOptions, 'next' | 'isRight'>> => {
  const asked = patients(people, first);
  const some = asked.slice(0, 4);
  const answers: Answer[] = [];
  for (const patient of [...some, ...some.slice(0, 1)])
    answers.push(await answerOf(child.base + path(patient), headers));
  const [own, again] = [answers[0], answers.at(-1)];
  if (!own || again?.firstId !== own.firstId)
    throw new Error(`${child.name}: an answer begins with another id the second time`);
  if (!answers.every((it) => it.total === own.total && it.size === Math.min(PAGE, own.total)))
    throw new Error(`${child.name}: expected a page of ${own.total}, not ${answers.map((it) => it.size).join()}`);
  const marks = [`"total":${own.total}`, ...(own.isComplete ? [COMPLETE] : [])];
  let turn = 0;
  return {
    next: () => asked[turn++ % asked.length] ?? '',
    isRight: (text) => marks.every((it) => text.includes(it)),
  };
};

interface Answer {
  readonly total: number;
  readonly size: number;
  readonly firstId: string;
  readonly isComplete: boolean;
}

/** What a facade says that has reached all of its sources. */
const COMPLETE = '"code":"complete"';

interface Entry extends Readonly<Record<string, unknown>> {
  readonly resource?: { readonly id?: unknown };
  readonly search?: { readonly mode?: string };
}

const answerOf = async (url: string, headers: Readonly<Record<string, string>>): Promise<Answer> => {
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text.slice(0, 500)}`);
  const { total, entry } = JSON.parse(text) as { readonly total: number; readonly entry: readonly Entry[] };
  const matches = entry.filter((it) => (it.search?.mode ?? 'match') === 'match');
  return {
    total,
    size: matches.length,
    firstId: JSON.stringify(matches[0]?.resource?.id ?? matches[0]),
    isComplete: text.includes(COMPLETE),
  };
};

/** Asks at least so long and so often: for every patient once, so that local ids are known. */
export const warm = async (
  target: Pick<Target, 'child' | 'path'>,
  options: Omit<LoadOptions, 'amount'>,
  least: { readonly seconds: number; readonly requests: number },
): Promise<number> => {
  const start = performance.now();
  let perSecond = 0;
  for (let asked = 0; asked < least.requests || performance.now() - start < least.seconds * 1000;) {
    const amount = Math.max(options.connections, Math.round(perSecond * Math.min(1, least.seconds)));
    ({ perSecond } = await ask(target, { ...options, amount }));
    asked += amount;
  }
  return perSecond;
};

/** The ratio of one measure in each round, of one server by another. */
export const ratios = (
  rounds: Rounds,
  of: (stretch: Stretch) => number,
  [own, base]: readonly [string, string] = ['us', 'raw'],
): readonly number[] =>
  rounds.flatMap((it) => {
    const [ours, theirs] = [it[own], it[base]];
    return ours && theirs ? [of(ours) / of(theirs)] : [];
  });
