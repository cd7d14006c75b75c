import { isObject, type Json } from '../../fhir/index.ts';

/** The values that a node holds somewhere below it, in their order. */
export type Extract = (node: Json) => readonly unknown[];

const NONE: readonly unknown[] = [];

/** The node. */
export const itself: Extract = (node) => [node];

/** What stands under a key: a list as it is, nothing copied. */
export const under =
  (key: string): Extract =>
  (node) => {
    const value = node[key];
    if (value === undefined || value === null) return NONE;
    return Array.isArray(value) ? those(value, isPresent) : [value];
  };

/** What stands below each value of the first. */
export const below =
  (first: Extract, second: Extract): Extract =>
  (node) => {
    const nodes = first(node);
    if (nodes.length === 0) return NONE;
    const [only] = nodes;
    if (nodes.length === 1) return isObject(only) ? second(only) : NONE;
    return nodes.flatMap((it) => (isObject(it) ? second(it) : NONE));
  };

/** What any of them finds, in their order: the kinds of a choice, the parts of a union. */
export const either = (extracts: readonly Extract[]): Extract => {
  const [only] = extracts;
  if (only && extracts.length === 1) return only;
  return (node) => {
    let found = NONE;
    for (const extract of extracts) {
      const more = extract(node);
      if (more.length > 0) found = found.length === 0 ? more : [...found, ...more];
    }
    return found;
  };
};

/** The values of it for which something holds. */
export const where =
  (extract: Extract, holds: (value: unknown) => boolean): Extract =>
  (node) =>
    those(extract(node), holds);

/** The list itself where all hold, as nearly always. */
const those = (values: readonly unknown[], holds: (value: unknown) => boolean): readonly unknown[] =>
  values.every(holds) ? values : values.filter(holds);

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
