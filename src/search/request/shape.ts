import { isDeepStrictEqual } from 'node:util';
import { FaultError, type ResourceType } from '../../fhir/index.ts';
import { searchParametersOf } from '../../fhir/definitions/index.ts';
import { type Include, includableTypes, readInclude } from './include-parameter.ts';
import { KINDS } from '../parameter/match/index.ts';
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

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

/** What comes after so many keys decides nothing. */
const MAX_SORT_KEYS = 10;

/** The most matches on a page. */
export const MAX_COUNT = 1000;

type Draft = { -readonly [K in keyof Shape]: Shape[K] };

/** What became of a value: `unserved` is well written, and about something that is not served here. */
type Outcome = 'read' | 'wrong' | 'unserved';

interface Reading {
  readonly type: ResourceType;
  readonly served: ReadonlySet<ResourceType> | undefined;
}

interface ResultParameter {
  readonly read: (value: string, draft: Draft, reading: Reading) => Outcome | boolean;
  readonly expected: string;
  /** True where giving it again adds to it. */
  readonly repeats?: true;
}

const INCLUDE =
  '*, Type:*, Type:parameter or Type:parameter:TargetType, a reference parameter of the searched type, or with :iterate of any that is served';

const including = (direction: 'forward' | 'reverse', iterate: boolean): ResultParameter => ({
  read: (value, draft, { type, served }) => {
    const include = readInclude(value, { forward: direction === 'forward', iterate });
    if (!include) return 'wrong';
    if (includableTypes(type, include, served).length === 0) return 'unserved';
    // Said twice, it would bring in nothing more and take twice the time.
    if (!draft.includes.some((it) => isDeepStrictEqual(it, include))) draft.includes = [...draft.includes, include];
    return 'read';
  },
  expected: INCLUDE,
  repeats: true,
});

/** The result parameters of FHIR that are served: each reads its value, or says that it cannot. */
const RESULT_PARAMETERS: Readonly<Record<string, ResultParameter>> = {
  _sort: {
    read: (value, draft, { type }) => {
      draft.sort = value.split(',').map((it) => ({ code: it.replace(/^-/, ''), descending: it.startsWith('-') }));
      return draft.sort.length <= MAX_SORT_KEYS && draft.sort.every((it) => isSortable(type, it.code));
    },
    expected: `at most ${MAX_SORT_KEYS} parameters of this type that can be ordered, each with a minus sign or none`,
  },
  _count: {
    read: (value, draft) => {
      draft.count = Number(value);
      return /^\d{1,6}$/.test(value) && draft.count <= MAX_COUNT;
    },
    expected: `a whole number from 0 to ${MAX_COUNT}`,
  },
  _include: including('forward', false),
  '_include:iterate': including('forward', true),
  _revinclude: {
    ...including('reverse', false),
    read: (value, draft, reading) => {
      if (value !== 'Provenance:target') return including('reverse', false).read(value, draft, reading);
      draft.withProvenance = true;
      including('reverse', false).read(value, draft, reading);
      return 'read';
    },
  },
  '_revinclude:iterate': including('reverse', true),
  _summary: {
    read: (value, draft) => {
      draft.summary = value as Summary;
      return ['true', 'text', 'data', 'count', 'false'].includes(value);
    },
    expected: 'one of true, text, data, count, false',
  },
  _elements: {
    read: (value, draft) => {
      const names = value.split(',').map((it) => it.replace(/^[A-Z][A-Za-z]+\./, ''));
      draft.elements = [...(draft.elements ?? []), ...names];
      return names.every((it) => /^[A-Za-z]+$/.test(it));
    },
    expected: 'names of elements',
    repeats: true,
  },
  _total: {
    read: (value, draft) => {
      draft.total = value as Shape['total'];
      return ['none', 'estimate', 'accurate'].includes(value);
    },
    expected: 'one of none, estimate, accurate',
  },
  _contained: {
    read: (value) => value === 'false',
    expected: 'false: contained resources are not searched',
  },
};

/** The names of the result parameters that are served. */
export const SHAPE_PARAMETERS: readonly string[] = Object.keys(RESULT_PARAMETERS);

/** True for the name of a result parameter, its modifier included. */
export const isShapeParameter = (name: string): boolean => Object.hasOwn(RESULT_PARAMETERS, name);

/**
 * Reads the result parameters of a search.
 * @param served the types that includes may bring in; all where left out.
 * @returns the shape, and those of the pairs that ask for what is not served.
 * @throws FaultError 400 for a value that one cannot have, for one that is given twice, for two that cannot go together
 */
export const readShape = (
  type: ResourceType,
  pairs: Pairs,
  served?: ReadonlySet<ResourceType>,
): { readonly shape: Shape; readonly unserved: Pairs } => {
  const draft: Draft = {
    sort: [],
    count: undefined,
    includes: [],
    summary: 'false',
    elements: undefined,
    total: 'accurate',
    withProvenance: false,
  };
  const seen = new Set<string>();
  const unserved: Pairs[number][] = [];
  for (const pair of pairs) {
    const [name, value] = pair;
    const parameter = RESULT_PARAMETERS[name];
    if (!parameter) continue;
    const { read, expected, repeats } = parameter;
    if (seen.has(name) && !repeats) throw new FaultError('value', 'Expected once.', name);
    seen.add(name);
    const outcome = read(value, draft, { type, served });
    if (outcome === 'unserved') unserved.push(pair);
    else if (outcome !== 'read' && outcome !== true) throw new FaultError('value', `Expected ${expected}.`, name);
  }
  if (draft.summary === 'text' && draft.includes.length > 0)
    throw new FaultError(
      'value',
      'Expected no includes beside the summary text: FHIR does not let them go together.',
      '_summary',
    );
  return { shape: draft, unserved };
};

const isSortable = (type: ResourceType, code: string): boolean => {
  const parameters = searchParametersOf(type);
  const parameter = Object.hasOwn(parameters, code) ? parameters[code] : undefined;
  return parameter !== undefined && !parameter.components && KINDS[parameter.type]?.sortKey !== undefined;
};
