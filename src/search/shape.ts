import { FaultError, isResourceType, RESOURCE_TYPES, type ResourceType } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import { KINDS } from './match/index.ts';
import type { Pairs } from './pairs.ts';

/** How an answer is shaped, apart from what it matches. */
export interface Shape {
  readonly sort: readonly SortKey[];
  /** Matches on a page; all where not asked for. */
  readonly count: number | undefined;
  readonly includes: readonly Include[];
  readonly summary: Summary;
  readonly elements: readonly string[] | undefined;
  readonly total: 'none' | 'estimate' | 'accurate';
  readonly withProvenance: boolean;
}

export interface SortKey {
  readonly code: string;
  readonly descending: boolean;
}

/** One `_include` (`forward`) or `_revinclude`: a reference parameter and the type at its other end. */
export interface Include {
  readonly forward: boolean;
  readonly iterate: boolean;
  /** `*`: every reference parameter of the type. */
  readonly from: ResourceType | '*';
  readonly code: string;
  readonly target: ResourceType | undefined;
}

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

/** The most matches on a page. */
export const MAX_COUNT = 1000;

type Draft = { -readonly [K in keyof Shape]: Shape[K] };
type Reader = (value: string, draft: Draft, type: ResourceType) => boolean;

/** The result parameters of FHIR that are served: each reads its value, or says that it cannot. */
const READERS: Readonly<Record<string, Reader>> = {
  _sort: (value, draft, type) => {
    draft.sort = value.split(',').map((it) => ({ code: it.replace(/^-/, ''), descending: it.startsWith('-') }));
    return draft.sort.every((it) => isSortable(type, it.code));
  },
  _count: (value, draft) => {
    draft.count = Number(value);
    return /^\d{1,6}$/.test(value) && draft.count <= MAX_COUNT;
  },
  _include: (value, draft) => addInclude(draft, { forward: true, iterate: false }, value),
  '_include:iterate': (value, draft) => addInclude(draft, { forward: true, iterate: true }, value),
  _revinclude: (value, draft) => {
    if (value !== 'Provenance:target') return addInclude(draft, { forward: false, iterate: false }, value);
    draft.withProvenance = true;
    return true;
  },
  '_revinclude:iterate': (value, draft) => addInclude(draft, { forward: false, iterate: true }, value),
  _summary: (value, draft) => {
    draft.summary = value as Summary;
    return ['true', 'text', 'data', 'count', 'false'].includes(value);
  },
  _elements: (value, draft) => {
    draft.elements = value.split(',').map((it) => it.replace(/^[A-Z][A-Za-z]+\./, ''));
    return draft.elements.every((it) => /^[A-Za-z]+$/.test(it));
  },
  _total: (value, draft) => {
    draft.total = value as Shape['total'];
    return ['none', 'estimate', 'accurate'].includes(value);
  },
  _contained: (value) => value === 'false',
};

const EXPECTED: Readonly<Record<string, string>> = {
  _sort: 'parameters of this type that can be ordered, each with a minus sign or none',
  _count: `a whole number from 0 to ${MAX_COUNT}`,
  _include: 'Type:parameter or Type:parameter:TargetType, a reference parameter of a type',
  _summary: 'one of true, text, data, count, false',
  _elements: 'names of elements',
  _total: 'one of none, estimate, accurate',
  _contained: 'false: contained resources are not searched',
};

/** The names of the result parameters, for /metadata and the reader of requests. */
export const isShapeParameter = (name: string): boolean => Object.hasOwn(READERS, name);

/** Reads the result parameters of a search. @throws FaultError 400 for a value that one cannot have */
export const readShape = (type: ResourceType, pairs: Pairs): Shape => {
  const draft: Draft = {
    sort: [],
    count: undefined,
    includes: [],
    summary: 'false',
    elements: undefined,
    total: 'accurate',
    withProvenance: false,
  };
  for (const [name, value] of pairs) {
    if (!READERS[name]?.(value, draft, type)) {
      const key = name.replace(/^_rev/, '_').replace(/:iterate$/, '');
      throw new FaultError('value', `Expected ${EXPECTED[key] ?? 'another value'}.`, name);
    }
  }
  return draft;
};

const isSortable = (type: ResourceType, code: string): boolean => {
  const parameters = searchParametersOf(type);
  const parameter = Object.hasOwn(parameters, code) ? parameters[code] : undefined;
  return parameter !== undefined && !parameter.components && KINDS[parameter.type]?.sortKey !== undefined;
};

const addInclude = (draft: Draft, how: Pick<Include, 'forward' | 'iterate'>, value: string): boolean => {
  const [from = '', code = '*', target, ...more] = value.split(':');
  if (value !== '*' && !value.includes(':')) return false;
  if (more.length > 0 || (from !== '*' && !isResourceType(from)) || (target !== undefined && !isResourceType(target)))
    return false;
  if (code !== '*' && (from === '*' || searchParametersOf(from)[code]?.type !== 'reference')) return false;
  draft.includes = [...draft.includes, { ...how, from, code, target }];
  return true;
};

/** The types that includes may bring in, among those that are served. */
export const includedTypes = (
  type: ResourceType,
  includes: readonly Include[],
  served: ReadonlySet<ResourceType>,
): readonly ResourceType[] =>
  includes
    .flatMap(({ forward, from, code, target }) => {
      if (target !== undefined && forward) return [target];
      if (!forward) return from === '*' ? RESOURCE_TYPES : [from];
      const starts = from === '*' ? [type] : [from];
      return starts.flatMap((it) =>
        Object.entries(searchParametersOf(it)).flatMap(([name, parameter]) =>
          parameter.type === 'reference' && (code === '*' || code === name)
            ? (parameter.targets ?? []).filter(isResourceType)
            : [],
        ),
      );
    })
    .filter((it) => served.has(it));
