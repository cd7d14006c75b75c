import { contentId, isObject, type Json, parseJson, type ResourceType, type ScannedResource } from '../fhir/index.ts';

/** A record as the contract wants it. */
export interface LazyRecord {
  readonly types: readonly ResourceType[];
  readonly kind: string;
  readonly id: string;
  readonly body: Json;
}

interface Lazy extends Pick<LazyRecord, 'types' | 'kind'> {
  readonly text: Uint8Array;
  /** Undefined where the resource says no id. */
  readonly ownId: string | undefined;
  parsed: Json | undefined;
  made: string | undefined;
}

/** Not enumerable: who weighs a record does not parse it. */
const LAZY = Object.defineProperties(
  {},
  {
    body: {
      get(this: Lazy): Json {
        return (this.parsed ??= parsed(this));
      },
    },
    id: {
      get(this: Lazy & LazyRecord): string {
        return this.ownId ?? (this.made ??= contentId(JSON.stringify(this.body)));
      },
    },
    toJSON: {
      value(this: LazyRecord): LazyRecord {
        const { types, kind, id, body } = this;
        return { types, kind, id, body };
      },
    },
  },
);

/**
 * A record whose body is parsed when it is first looked at, and kept: of an answer that many share most may never be
 * looked at. Its prototype has the body, since a getter of its own costs as much as a small body does.
 */
export const lazyRecord = (
  types: readonly ResourceType[],
  { resourceType, id, text }: Pick<ScannedResource, 'resourceType' | 'id' | 'text'>,
): LazyRecord =>
  ({
    __proto__: LAZY,
    types,
    kind: resourceType,
    ownId: id,
    text,
    parsed: undefined,
    made: undefined,
  }) as unknown as LazyRecord;

const parsed = ({ kind, ownId, text }: Lazy): Json => {
  const body = parseJson(text);
  if (!isObject(body) || body['resourceType'] !== kind || body['id'] !== ownId)
    throw new TypeError('expected the resource that was found');
  return body;
};
