import { type Json, objects } from '../../src/fhir/index.ts';

type Parameters = readonly (readonly [name: string, value: string])[];

/** A page that is not the last: by which parameters it was asked for, the how manieth it is, and the address of the next one. */
export interface Turn {
  readonly asked: Parameters;
  readonly number: number;
  readonly next: string;
}

/**
 * The addresses that follow that of the next page, where they can be foretold: links count, whatever they call it, by pages
 * or by matches, and the server says how many matches there are, or which page is the last.
 * @param most how many are told at most
 */
export const addressesAfter = (bundle: Json, { asked, number, next }: Turn, most: number): readonly string[] => {
  const size = objects(bundle['entry']).filter(isMatch).length;
  const counter = counterIn(parametersOf(next), asked, size);
  if (!counter) return [];
  const { total } = bundle;
  const left = typeof total === 'number' ? Math.ceil(total / size) - number - 1 : pagesUntilLast(bundle, counter);
  return Array.from({ length: Math.min(Math.max(0, left), most) }, (_, at) => withCount(next, counter, at + 1));
};

const isMatch = (entry: Json): boolean => {
  const [search] = objects(entry['search']);
  return (search?.['mode'] ?? 'match') === 'match';
};

/** The parameter that counts, what it says in the address of the next page, and by how much it grows. */
interface Counter {
  readonly name: string;
  readonly count: number;
  readonly step: number;
}

const counterIn = (next: Parameters, asked: Parameters, size: number): Counter | undefined => {
  const counters = next.flatMap(([name, value]): Counter[] => {
    if (!/^\d{1,9}$/.test(value)) return [];
    const count = Number(value);
    const step = asked.some(([it]) => it === name) ? grown(name, next, asked) : begun(count, size);
    return step === 1 || step === size ? [{ name, count, step }] : [];
  });
  return counters.length === 1 ? counters[0] : undefined;
};

/** By how much a parameter grew, where nothing else changed. */
const grown = (name: string, next: Parameters, asked: Parameters): number | undefined => {
  const countIn = (it: Parameters): number => Number(it.find(([own]) => own === name)?.[1]);
  const othersIn = (it: Parameters): string => JSON.stringify(it.filter(([own]) => own !== name));
  return othersIn(next) === othersIn(asked) ? countIn(next) - countIn(asked) : undefined;
};

/** The first page is asked for without a count: the next is page 2, or 1 from zero on, or begins after the matches so far. */
const begun = (count: number, size: number): number | undefined => {
  const steps = new Set([
    ...(count === 1 || count === 2 ? [1] : []),
    ...(count === size || count === size + 1 ? [size] : []),
  ]);
  return steps.size === 1 ? [...steps][0] : undefined;
};

const pagesUntilLast = (bundle: Json, { name, count, step }: Counter): number => {
  const link = objects(bundle['link']).find((it) => it['relation'] === 'last');
  const last = parametersOf(String(link?.['url'])).find(([it]) => it === name)?.[1] ?? '';
  return /^\d{1,9}$/.test(last) ? Math.floor((Number(last) - count) / step) : 0;
};

const queryOf = (address: string): string => address.split('?')[1] ?? '';

const parametersOf = (address: string): Parameters => [...new URLSearchParams(queryOf(address))];

/** An address some pages on, otherwise written as the server wrote it. */
const withCount = (address: string, { name, count, step }: Counter, pages: number): string => {
  const query = queryOf(address)
    .split('&')
    .map((it) => (new URLSearchParams(it).has(name) ? it.replace(/\d+$/, String(count + pages * step)) : it));
  return `${address.split('?')[0]}?${query.join('&')}`;
};
