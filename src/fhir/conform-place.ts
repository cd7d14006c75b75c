import type { CompiledElement, CompiledType } from './definitions/compiled.ts';
import type { Dialect, FindingCode, Note, Report } from './dialect.ts';
import { isBlank, sourceValues } from './source-value.ts';
import type { Json } from './types.ts';

/** Where in a resource {@link conform} is, and what becomes of the object there. The path is spelt out only for a finding. */
export interface Place {
  readonly type: CompiledType;
  readonly name: string;
  readonly index: number;
  readonly above: Place | undefined;
  readonly given: Json;
  /** What came, until something changes. */
  out: Draft;
  /** True where an element is undefined, or a shadow was added that belongs beside its value. */
  holes: boolean;
  kept: Json[] | undefined;
  readonly run: {
    readonly dialect: Dialect;
    readonly report: Report;
    /** The types of contained resources by id. */
    readonly contained: ReadonlyMap<string, string>;
    /** Reports at the value that a hook is translating. */
    readonly note: Note;
    /** That value's place, in parts: most need none. */
    above: Place | undefined;
    element: CompiledElement | undefined;
    index: number;
    /** True during a look that tells nobody what it finds. */
    isLooking: boolean;
    /** True where such a look found something. */
    noted: boolean;
    /** How deep it is. */
    depth: number;
    /** What was told once, and is not told again. */
    told: Set<string> | undefined;
  };
}

/** An object under construction. */
export type Draft = Record<string, unknown>;

/** The draft to write to: a copy is made at the first change. */
export const copied = (place: Place): Draft =>
  place.out === place.given ? (place.out = { ...place.given }) : place.out;

export const put = (place: Place, key: string, value: unknown): void => {
  if (place.out[key] === value) return;
  if (value === undefined) place.holes = true;
  copied(place)[key] = value;
};

const pathOf = ({ name, index, above }: Place): string =>
  (above ? `${pathOf(above)}.` : '') + (index < 0 ? name : `${name}[${index}]`);

/** Reports a finding at a place, or at an element of it. */
export const find = (code: FindingCode, place: Place, name?: string): void =>
  place.run.report({ code, path: name === undefined ? pathOf(place) : `${pathOf(place)}.${name}` });

/** Keeps a value that has no place here in the nearest element that can hold an extension. */
export const keep = (place: Place, name: string, value: unknown): void => {
  let host = place;
  let path = name;
  while (!host.type.extensible) {
    if (!host.above) return;
    path = `${host.index < 0 ? host.name : `${host.name}[${host.index}]`}.${path}`;
    host = host.above;
  }
  (host.kept ??= []).push(...sourceValues(path, value));
};

/** Reports a value that cannot stay where it stands, and keeps it beside. */
export const strange = (
  code: FindingCode,
  place: Place,
  { name, value }: { readonly name: string; readonly value: unknown },
): void => {
  if (isBlank(value)) return;
  find(code, place, name);
  keep(place, name, value);
};

/** Leaves an object out and keeps its leaves where it stood. */
export const refuse = (code: FindingCode, value: unknown, { above, name, index }: Place): undefined => {
  if (above) strange(code, above, { name: index < 0 ? name : `${name}[${index}]`, value });
};
