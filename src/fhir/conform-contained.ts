import { type Draft, type Place, strange } from './conform-place.ts';
import { isResourceType } from './definitions/index.ts';
import { isObject, type Json, objects } from './types.ts';

/** dom-2, dom-4, dom-5: a contained resource holds no others and has no version, time or security label of its own. */
export const withoutStanding = ({ contained, meta, ...rest }: Json, place: Place): Json => {
  strange('invariant', place, { name: 'contained', value: contained });
  if (!isObject(meta)) return meta === undefined ? rest : { ...rest, meta };
  const { versionId, lastUpdated, security, ...others } = meta;
  for (const [name, value] of Object.entries({ versionId, lastUpdated, security })) {
    strange('invariant', place, { name: `meta.${name}`, value });
  }
  return { ...rest, meta: others };
};

const NONE: ReadonlyMap<string, string> = new Map();

/** The types of contained resources by id. */
export const containedTypes = (resource: Json): ReadonlyMap<string, string> =>
  resource['contained'] === undefined
    ? NONE
    : new Map(
        objects(resource['contained'])
          .filter(({ id, resourceType }) => typeof id === 'string' && isResourceType(resourceType))
          .map(({ id, resourceType }) => [id as string, resourceType as string]),
      );

/** dom-3: a contained resource to which nothing in the resource refers is kept as leaves. */
export const settleContained = (out: Draft, place: Place): void => {
  const all = out['contained'] as readonly Draft[];
  let kept = all;
  for (let before: readonly Draft[] = []; before.length !== kept.length;) {
    before = kept;
    const named = fragments([{ ...out, contained: kept }, place.kept]);
    kept = kept.filter((it) => named.has(`#${String(it['id'])}`) || fragments(it).has('#'));
  }
  for (const [index, it] of all.entries())
    if (!kept.includes(it)) strange('invariant', place, { name: `contained[${index}]`, value: it });
  out['contained'] = kept.length > 0 ? kept : undefined;
};

/** Every string below that begins with `#`: a reference or canonical into the resource itself. */
const fragments = (node: unknown, found = new Set<string>()): Set<string> => {
  if (typeof node === 'string') {
    if (node.startsWith('#')) found.add(node);
  } else if (typeof node === 'object' && node !== null) {
    for (const it of Object.values(node)) fragments(it, found);
  }
  return found;
};
