import type { SourceRecord } from '../../src/adapter/index.ts';
import { contentId, isObject, type Json, list, objects, text } from '../../src/fhir/index.ts';
import { codings, SNOMED } from './codes.ts';
import { without } from './objects.ts';

/** A contained resource on its way to becoming a record of its own. */
export interface Hoisted {
  readonly kind: string;
  readonly id: string;
  readonly body: Json;
}

/**
 * Takes out of a resource what only seems to belong to it: the allergies of an "Ended allergies" List, which exist
 * nowhere else, and contained resources to which nothing points. References follow them. What is pointed at stays.
 * @param taken the body of another record with the same kind and id, if there is one.
 */
export const hoist = (
  { kind, id, body }: SourceRecord<Json>,
  taken: (kind: string, id: string) => Json | undefined,
): { readonly body: Json; readonly hoisted: readonly Hoisted[] } => {
  const contained = objects(body['contained']);
  const leaving = whoLeaves(body, contained);
  if (leaving.size === 0) return { body, hoisted: [] };

  const places = new Map([...leaving].map((it) => [it, placeOf(it, id, taken)]));
  const moved = new Map([['#', `${kind}/${id}`]]);
  for (const [it, place] of places)
    if (text(it['id']) !== undefined) moved.set(`#${String(it['id'])}`, `${place.kind}/${place.id}`);
  const staying = list(body['contained']).filter((it) => !leaving.has(it as Json));
  const own = new Map([...moved].filter(([from]) => from !== '#'));
  return {
    body: {
      ...(redirect(without(body, 'contained'), own) as Json),
      ...(staying.length > 0 && { contained: staying.map((it) => redirect(it, own)) }),
    },
    hoisted: [...places].map(([it, place]) => ({ ...place, body: redirect(it, moved) as Json })),
  };
};

/** Those that leave, and all that they point at, because a `#` reference reaches no further than its own resource. */
const whoLeaves = (body: Json, contained: readonly Json[]): ReadonlySet<Json> => {
  const isEnded = codings(body['code']).some((it) => it['code'] === SNOMED.endedAllergies);
  const pointedAt = new Set([body, ...contained].flatMap((it) => [...pointers(it)]));
  const leaving = new Set(
    contained.filter(
      (it) => (isEnded && it['resourceType'] === 'AllergyIntolerance') || !pointedAt.has(`#${String(it['id'])}`),
    ),
  );
  for (const one of leaving) {
    const pointed = new Set(pointers(one));
    for (const it of contained) if (pointed.has(`#${String(it['id'])}`)) leaving.add(it);
  }
  return leaving;
};

/** Its own id where no other record has it; else one that names the resource it was contained in. */
const placeOf = (
  resource: Json,
  container: string,
  taken: (kind: string, id: string) => Json | undefined,
): { readonly kind: string; readonly id: string } => {
  const kind = text(resource['resourceType']) ?? 'contained';
  const content = JSON.stringify(resource);
  const id = text(resource['id']) ?? contentId(content);
  const other = taken(kind, id);
  return { kind, id: other === undefined || JSON.stringify(other) === content ? id : `${container}-${id}` };
};

/** Every reference below a node to something contained beside it. */
function* pointers(node: unknown, top = true): Generator<string> {
  if (Array.isArray(node)) for (const it of node) yield* pointers(it, false);
  if (!isObject(node)) return;
  const { reference } = node;
  if (typeof reference === 'string' && reference.startsWith('#')) yield reference;
  for (const key in node) if (!(top && key === 'contained')) yield* pointers(node[key], false);
}

/** A tree with some references changed; what holds none of them is handed back as it is. */
const redirect = (node: unknown, moved: ReadonlyMap<string, string>): unknown => {
  if (Array.isArray(node)) {
    const next = node.map((it) => redirect(it, moved));
    return next.some((it, index) => it !== node[index]) ? next : node;
  }
  if (!isObject(node)) return node;
  let copy: Record<string, unknown> | undefined;
  for (const key in node) {
    const value = node[key];
    const next =
      key === 'reference' && typeof value === 'string' ? (moved.get(value) ?? value) : redirect(value, moved);
    if (next !== value) (copy ??= { ...node })[key] = next;
  }
  return copy ?? node;
};
