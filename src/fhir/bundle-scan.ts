import { parseJson } from './json.ts';
import {
  byteAt,
  CLOSE_ARRAY,
  COMMA,
  NOWHERE,
  OPEN_ARRAY,
  skipMembers,
  skipPlainString,
  skipSpace,
  skipValue,
  stands,
} from './json-skip.ts';
import { isObject, type Json } from './types.ts';

/** A resource of a Bundle as text, and what it says first of all. */
export interface ScannedResource {
  readonly resourceType: string;
  /** Undefined where it has none. */
  readonly id: string | undefined;
  readonly text: Buffer;
  /** Which of the members that were looked for it has, or may have. */
  readonly has: ReadonlySet<string>;
}

/** A Bundle whose resources are not parsed. */
export interface ScannedBundle {
  /** All of it but its entries. */
  readonly head: Json;
  /** The resource of each entry. */
  readonly resources: readonly ScannedResource[];
}

/** Names, with the quotes that end them. */
const [ENTRY, RESOURCE, RESOURCE_TYPE, ID] = ['entry"', 'resource"', 'resourceType"', 'id"'].map((it) =>
  Buffer.from(it),
) as [Buffer, Buffer, Buffer, Buffer];

/**
 * Finds the resources of a Bundle in its text, which is checked by the grammar of JSON to its last byte and not parsed. A
 * step is one entry.
 * @param paths the members to be told of: a name, or two (`subject.identifier`).
 * @returns undefined for what is no JSON, and for whatever is not written as all Bundles are: the parser has to say what
 * that is.
 */
export function* scanBundle(bytes: Buffer, paths: readonly string[] = []): Generator<void, ScannedBundle | undefined> {
  const start = entriesOf(bytes);
  if (byteAt(bytes, start) !== OPEN_ARRAY) return undefined;
  const watch = createWatch(paths);
  const resources: ScannedResource[] = [];
  let at = skipSpace(bytes, start + 1);
  while (byteAt(bytes, at) !== CLOSE_ARRAY || resources.length > 0) {
    const entry = scanEntry(bytes, at, watch);
    if (!entry) return undefined;
    const { resourceType, id, has, from, to } = entry.resource;
    resources.push({ resourceType, id, has, text: bytes.subarray(from, to) });
    at = skipSpace(bytes, entry.to);
    const next = byteAt(bytes, at);
    if (next === CLOSE_ARRAY) break;
    if (next !== COMMA) return undefined;
    at = skipSpace(bytes, at + 1);
    yield;
  }
  const head = headOf(bytes, start, at + 1);
  return head && { head, resources };
}

/** Where the entries begin. */
const entriesOf = (bytes: Buffer): number => {
  let found = NOWHERE;
  skipMembers(bytes, skipSpace(bytes, 0), (name, value) => {
    if (!stands(bytes, name, ENTRY)) return skipValue(bytes, value);
    found = value;
    return NOWHERE;
  });
  return found;
};

interface Found extends Omit<ScannedResource, 'text'> {
  readonly from: number;
  readonly to: number;
}

const scanEntry = (
  bytes: Buffer,
  at: number,
  watch: Watch,
): { readonly resource: Found; readonly to: number } | undefined => {
  let resource: Found | undefined;
  const to = skipMembers(bytes, at, (name, value) => {
    if (!stands(bytes, name, RESOURCE)) return skipValue(bytes, value);
    if (resource) return NOWHERE;
    resource = scanResource(bytes, value, watch);
    return resource?.to ?? NOWHERE;
  });
  return to < NOWHERE && resource ? { resource, to } : undefined;
};

const scanResource = (bytes: Buffer, from: number, watch: Watch): Found | undefined => {
  let resourceType: string | undefined;
  let id: string | undefined;
  let seen = 0;
  const to = skipMembers(bytes, from, (name, value) => {
    const behind = skipValue(bytes, value);
    seen |= watch.see(bytes, name, value);
    if (stands(bytes, name, RESOURCE_TYPE)) {
      if (resourceType !== undefined) return NOWHERE;
      resourceType = plainText(bytes, value, behind);
      return resourceType === undefined ? NOWHERE : behind;
    }
    if (stands(bytes, name, ID)) {
      if (id !== undefined) return NOWHERE;
      id = plainText(bytes, value, behind);
      return id === undefined ? NOWHERE : behind;
    }
    return behind;
  });
  return to < NOWHERE && resourceType !== undefined
    ? { resourceType, id, has: watch.named(seen), from, to }
    : undefined;
};

/** What a string between two places says, if it is one, says anything, and is written without escapes. */
const plainText = (bytes: Buffer, from: number, to: number): string | undefined =>
  to - from > 2 && skipPlainString(bytes, from) === to ? bytes.toString('utf8', from + 1, to - 1) : undefined;

/** Looks for members by paths, and knows each by a bit. */
interface Watch {
  /** The bits of the paths that a member of a resource is at the end of. */
  readonly see: (bytes: Buffer, name: number, value: number) => number;
  readonly named: (bits: number) => ReadonlySet<string>;
}

const createWatch = (paths: readonly string[]): Watch => {
  const rows = paths.map((path, at) => {
    const [name = Buffer.of(), inner] = path.split('.').map((it) => Buffer.from(`${it}"`));
    return { bit: 1 << at, name, inner };
  });
  const sets = new Map<number, ReadonlySet<string>>();
  return {
    see: (bytes, at, value) => {
      let bits = 0;
      for (const { bit, name, inner } of rows)
        if (stands(bytes, at, name) && (!inner || mayHave(bytes, value, inner))) bits |= bit;
      return bits;
    },
    named: (bits) => {
      let set = sets.get(bits);
      if (!set) sets.set(bits, (set = new Set(paths.filter((_, at) => (bits & (1 << at)) !== 0))));
      return set;
    },
  };
};

/** False for an object without the member, and only for that. */
const mayHave = (bytes: Buffer, at: number, member: Buffer): boolean => {
  let found = 0;
  const end = skipMembers(bytes, at, (name, value) => {
    if (stands(bytes, name, member)) found += 1;
    return skipValue(bytes, value);
  });
  return found > 0 || end === NOWHERE;
};

/** A Bundle without its entries, which stand between two places. */
const headOf = (bytes: Buffer, from: number, to: number): Json | undefined => {
  const rest = bytes.toString('utf8', to);
  // Another list of entries, however its name is written, would stand for this one.
  if (/entry|\\/.test(rest)) return undefined;
  try {
    const head = parseJson(`${bytes.toString('utf8', 0, from)}[]${rest}`);
    return isObject(head) && head['resourceType'] === 'Bundle' ? head : undefined;
  } catch {
    return undefined;
  }
};
