import { familyOf } from './facets.ts';
import { CROWD } from './pairs.ts';

/**
 * Which types bear on what is said of some: links join records of one family, so the others need not be read. A family that
 * is large enough to be crowded bears on all, since the account of the answer says whether it is.
 */
export const bearingOn = (shown: readonly string[], all: readonly string[]): ((type: string) => boolean) => {
  const families = new Set(shown.map(familyOf));
  const sizes = new Map<string, number>();
  for (const family of all.map(familyOf)) {
    const size = (sizes.get(family) ?? 0) + 1;
    sizes.set(family, size);
    if (size > CROWD) families.add(family);
  }
  return (type) => families.has(familyOf(type));
};
