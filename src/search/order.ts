import type { ResourceType } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import type { Held } from './held.ts';
import { KINDS } from './parameter/match/index.ts';
import type { SortKey } from './request/shape.ts';
import { readStamped } from './parameter/stamped.ts';

type Key = string | number | undefined;

/**
 * Sorts by search parameters: of several values the lowest counts, of descending ones the highest; a missing value comes
 * last either way; equals keep their order.
 * @param idOf the logical id, for whoever sorts by it.
 * @see https://hl7.org/fhir/R4/search.html#sort
 */
export const sortBy = (
  held: readonly Held[],
  keys: readonly SortKey[],
  { type, idOf }: { readonly type: ResourceType; readonly idOf: (held: Held) => string },
): readonly Held[] => {
  if (keys.length === 0) return held;
  const readers = keys.map((key) => (key.code === '_id' ? idOf : keyReader(type, key)));
  return held
    .map((it) => ({ it, keys: readers.map((read) => read(it)) }))
    .sort((a, b) => compareAll(a.keys, b.keys, keys))
    .map(({ it }) => it);
};

const keyReader = (type: ResourceType, { code, descending }: SortKey): ((held: Held) => Key) => {
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

const compareAll = (a: readonly Key[], b: readonly Key[], keys: readonly SortKey[]): number => {
  for (const [at, { descending }] of keys.entries()) {
    const [one, other] = [a[at], b[at]];
    if (one === undefined && other === undefined) continue;
    if (one === undefined) return 1;
    if (other === undefined) return -1;
    const order = compare(one, other);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
