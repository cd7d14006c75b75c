import { type Json, parseNhsNumber } from '../../fhir/index.ts';
import type { Operation, OperationParameter } from '../../operations/table.ts';
import { REQUEST_HEADERS } from '../headers.ts';
import type { ParameterOffer, TypeOffer } from '../offer.ts';
import { FORMAT_PARAMETERS, RESULT_PARAMETERS, type ResultParameter } from '../result-parameters.ts';
import { filterName, ref } from './schemas.ts';

/** A patient of the sandbox. */
export const EXAMPLE_PATIENT = parseNhsNumber('9990000018') as string;

/** The parameters of a search: those of the type, what shapes the answer, and the headers. */
export const searchParametersFor = ({ type, search }: TypeOffer, shared: SharedFilters): readonly Json[] => [
  ...(search?.parameters ?? []).map((it) => {
    const name = shared.get(keyOf(it));
    return name === undefined ? filterParameter(it, type) : ref('parameters', name);
  }),
  ...Object.keys(SHAPING)
    .filter((it) => it !== '_include' || (search?.includes.length ?? 0) > 0)
    .map((it) => ref('parameters', it)),
  ...formatParameters(),
  ...headerParameters(...Object.keys(REQUEST_HEADERS)),
];

/** What every address takes that answers FHIR. */
export const formatParameters = (): readonly Json[] =>
  Object.keys(FORMAT_PARAMETERS).map((it) => ref('parameters', it));

/** The parameters of an operation that are its own; those of a search are too many to say twice. */
export const operationParameters = ({ parameters }: Operation): readonly Json[] => {
  if (parameters === 'search') return [];
  const isPaged = parameters.some((it) => it.name === '_count');
  return [...parameters.map(ownParameter), ...(isPaged ? [ref('parameters', PAGE)] : [])];
};

const ownParameter = ({ name, doc, min, max, type }: OperationParameter): Json => {
  const one = type === 'integer' ? { type: 'integer', minimum: 0 } : { type: 'string' };
  return {
    name,
    in: 'query',
    description: doc,
    ...(min === 1 && { required: true }),
    schema: max === '*' ? { type: 'array', items: one } : one,
  };
};

/** References to request headers. */
export const headerParameters = (...names: readonly string[]): readonly Json[] =>
  names.map((it) => ref('parameters', it));

/** The names of the filters that are the same for several types, by what they are. */
export type SharedFilters = ReadonlyMap<string, string>;

/** Types that share a filter, from which on it is written once. */
const MANY = 3;

/** Finds the filters that many types share: named as they are, or after the first of their types where a name is taken. */
export const sharedFilters = (types: readonly TypeOffer[]): SharedFilters => {
  const all = types.flatMap(({ type, search }) => search?.parameters.map((it) => ({ type, it })) ?? []);
  const often = [...Map.groupBy(all, ({ it }) => keyOf(it))].filter(([, same]) => same.length >= MANY);
  const taken = new Set<string>();
  return new Map(
    often
      .sort(([, a], [, b]) => b.length - a.length)
      .flatMap(([key, [first]]) => {
        if (!first) return [];
        const name = taken.has(first.it.name) ? `${first.it.name}.${first.type}` : first.it.name;
        taken.add(name);
        return [[key, name] as const];
      }),
  );
};

/** Every parameter and header that is referred to. */
export const sharedParameters = (types: readonly TypeOffer[], shared: SharedFilters): Json => {
  const filters = types.flatMap(
    ({ type, search }) =>
      search?.parameters.flatMap((it) => {
        const name = shared.get(keyOf(it));
        return name === undefined ? [] : [[name, filterParameter(it, type)] as const];
      }) ?? [],
  );
  const shaping = Object.entries({ ...SHAPING, ...FORMAT_PARAMETERS }).map(([name, it]) => [
    name,
    { name, in: 'query', description: it.documentation, schema: schemaOf(it) },
  ]);
  const headers = Object.entries(REQUEST_HEADERS).map(([name, { documentation, example }]) => [
    name,
    {
      name,
      in: 'header',
      description: documentation,
      schema: { type: 'string' },
      ...(example !== undefined && { example }),
    },
  ]);
  return Object.fromEntries([...filters, ...shaping, ...headers]) as Json;
};

const PAGE = '_page';

/** What shapes an answer. The name of `_has` is a pattern, for which this kind of document has no form. */
const SHAPING: Readonly<Record<string, ResultParameter>> = {
  ...Object.fromEntries(Object.entries(RESULT_PARAMETERS).filter(([name]) => name !== '_has')),
  [PAGE]: {
    type: 'string',
    documentation: 'Where a walk through pages goes on: follow the `next` link, which has it, and add nothing to it.',
  },
};

const keyOf = ({ name, type, documentation }: ParameterOffer): string => `${name} ${type} ${documentation}`;

const filterParameter = ({ name, type, documentation }: ParameterOffer, on: string): Json => {
  const base = { name, in: 'query', description: documentation };
  if (name === 'patient') return { ...base, required: true, schema: { type: 'string' }, example: EXAMPLE_PATIENT };
  const isPatient = on === 'Patient' && name === 'identifier';
  return { ...base, schema: ref('schemas', filterName(type)), ...(isPatient && { example: [EXAMPLE_PATIENT] }) };
};

const schemaOf = ({ type, values, repeats }: ResultParameter): Json => {
  const one = values ? { type: 'string', enum: values } : { type: type === 'number' ? 'integer' : 'string' };
  return repeats ? { type: 'array', items: one } : one;
};
