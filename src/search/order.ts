import type { ResourceType } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import { clinicalDateOf } from './clinical-date.ts';
import type { Held } from './held.ts';
import { KINDS } from './parameter/match/index.ts';
import type { SortKey } from './request/shape.ts';
import { readStamped } from './parameter/stamped.ts';

type Key = string | number | undefined;

interface By {
  readonly read: (held: Held) => Key;
  readonly descending: boolean;
}

/**
 * Sorts by search parameters: of several values the lowest counts, of descending ones the highest; a missing value comes
 * last either way. Equals, and what nobody asked to be sorted, stand as in {@link mostRecentFirst}.
 * @param idOf the logical id, for whoever sorts by it.
 * @see https://hl7.org/fhir/R4/search.html#sort
 */
export const sortBy = (
  held: readonly Held[],
  keys: readonly SortKey[],
  { type, idOf }: { readonly type: ResourceType; readonly idOf: (held: Held) => string },
): readonly Held[] =>
  inOrder(
    held,
    keys.map((key) => ({ read: key.code === '_id' ? idOf : keyReader(type, key), descending: key.descending })),
  );

/**
 * The most recent first by clinical date, what has none last; of one time by source, as they first stand, and local id. So
 * the order is that of the records, whatever order a source or the network gives them in.
 */
export const mostRecentFirst = (held: readonly Held[]): readonly Held[] => inOrder(held, []);

/** Lists first, for what they say of the rest, then type by type, each with the most recent first. */
export const typeByType = (held: readonly Held[]): readonly Held[] =>
  inOrder(held, [
    { read: ({ local }) => Number(local.type !== 'List'), descending: false },
    { read: ({ local }) => local.type, descending: false },
  ]);

const inOrder = (held: readonly Held[], asked: readonly By[]): readonly Held[] => {
  const ranks = new Map([...new Set(held.map((it) => it.source))].map((it, at) => [it, at]));
  const by: readonly By[] = [
    ...asked,
    { read: clinicalDateOf, descending: true },
    { read: ({ source }) => ranks.get(source), descending: false },
    { read: ({ local }) => local.localId, descending: false },
  ];
  return held
    .map((it) => ({ it, keys: by.map(({ read }) => read(it)) }))
    .sort((a, b) => compareAll(a.keys, b.keys, by))
    .map(({ it }) => it);
};

const keyReader = (type: ResourceType, { code, descending }: SortKey): By['read'] => {
  const parameter = searchParametersOf(type)[code];
  const sortKey = parameter && KINDS[parameter.type]?.sortKey;
  if (!sortKey) return () => undefined;
  const extract = readStamped(parameter);
  return (held) => {
    const found = extract(held)
      .map(sortKey)
      .filter((it) => it !== undefined);
    return found.sort(compare)[descending ? found.length - 1 : 0];
  };
};

const compareAll = (a: readonly Key[], b: readonly Key[], by: readonly By[]): number => {
  for (let at = 0; at < by.length; at++) {
    const [one, other] = [a[at], b[at]];
    if (one === other) continue;
    if (one === undefined) return 1;
    if (other === undefined) return -1;
    const order = compare(one, other);
    return by[at]?.descending ? -order : order;
  }
  return 0;
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
