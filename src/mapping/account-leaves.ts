import { digits, isNumber, isObject } from '../fhir/index.ts';

type Keys = readonly (string | number)[];

/** One value of a document: a text, a number by its digits, a boolean. */
export interface Leaf {
  /** Without indexes: `Observation.component.valueQuantity.value`. A resource in a Bundle begins a path of its own. */
  readonly path: string;
  readonly keys: Keys;
  readonly value: string;
  readonly isNumber?: true;
}

/**
 * Every value below a node, extensions named by the last segment of their url and contained resources by their type.
 * Empty texts are no values, nor is the type of a resource that is not contained: it begins the path.
 * @param skip nodes that are left out with all that is below them.
 */
export const leavesOf = (node: unknown, path: string, skip?: (node: object) => boolean): readonly Leaf[] => {
  const found: Leaf[] = [];
  const walk = (value: unknown, at: string, keys: Keys): void => {
    if (value === undefined || value === null) return;
    if (typeof value === 'string') {
      if (value.trim() !== '') found.push({ path: at, keys, value });
    } else if (isNumber(value)) found.push({ path: at, keys, value: digits(value), isNumber: true });
    else if (typeof value === 'boolean') found.push({ path: at, keys, value: String(value) });
    else if (Array.isArray(value)) value.forEach((it, index) => walk(it, at, [...keys, index]));
    else if (isObject(value) && !skip?.(value)) {
      const inside = nameOf(value, at);
      for (const key in value)
        if (key !== 'resourceType' || inside !== at)
          walk(value[key], key === 'resource' ? resourcePath(value[key], inside) : `${inside}.${key}`, [...keys, key]);
    }
  };
  walk(node, path, []);
  return found;
};

const nameOf = ({ url, resourceType }: Readonly<Record<string, unknown>>, path: string): string => {
  if (typeof url === 'string' && /extension$/i.test(path)) return `${path}(${url.slice(url.lastIndexOf('/') + 1)})`;
  return typeof resourceType === 'string' && path.endsWith('.contained') ? `${path}(${resourceType})` : path;
};

const resourcePath = (node: unknown, above: string): string =>
  isObject(node) && typeof node['resourceType'] === 'string' ? node['resourceType'] : `${above}.resource`;

/** A copy without one value, or with another in its place; what does not lead to it is shared. */
export const changedAt = (node: unknown, [key, ...rest]: Keys, value?: string): unknown => {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    if (rest.length === 0 && value === undefined) return node.filter((_, index) => index !== key);
    return node.with(key as number, changedAt(node[key as number], rest, value));
  }
  const { [key as string]: inner, ...others } = node as Record<string, unknown>;
  if (rest.length === 0 && value === undefined) return others;
  return { ...(node as object), [key]: changedAt(inner, rest, value) };
};

/** A copy without any of some values. */
export const withoutLeaves = (node: unknown, leaves: readonly Pick<Leaf, 'keys'>[]): unknown =>
  leaves.toReversed().reduce((it, { keys }) => changedAt(it, keys), node);

/** What stands in for a value, to see whether the output shows it. */
export const ALTERED = 'altered';

/** How often each value stands at each path. */
export type Bag = ReadonlyMap<string, number>;

const SEPARATOR = '\u0000';
const keyOf = (path: string, value: string): string => path + SEPARATOR + value;
export const pathOf = (key: string): string => key.slice(0, key.indexOf(SEPARATOR));
export const valueOf = (key: string): string => key.slice(key.indexOf(SEPARATOR) + 1);

export const bagOf = (leaves: Iterable<Pick<Leaf, 'path' | 'value'>>): Bag => {
  const bag = new Map<string, number>();
  for (const { path, value } of leaves) count(bag, keyOf(path, value));
  return bag;
};

export const count = <K>(into: Map<K, number>, key: K, by = 1): void => void into.set(key, (into.get(key) ?? 0) + by);

/** What one bag holds more of than another. */
export const difference = (more: Bag, less: Bag): Bag => {
  const out = new Map<string, number>();
  for (const [key, by] of more) {
    const left = by - (less.get(key) ?? 0);
    if (left > 0) out.set(key, left);
  }
  return out;
};

/** The keys where an altered value stands in the very place where a leaf's own value stood. */
export const placesOf = (value: string, altered: Bag, whole: Bag): readonly string[] =>
  [...difference(altered, whole).keys()]
    .map((key) =>
      keyOf(
        pathOf(key),
        valueOf(key).replace(ALTERED, () => value),
      ),
    )
    .filter((key) => whole.has(key));

/** How often a bag holds a value, wherever it stands. */
export const timesOf = (value: string, bag: Bag): number => {
  let times = 0;
  for (const [key, by] of bag) if (valueOf(key) === value) times += by;
  return times;
};
