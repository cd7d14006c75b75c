import { FaultError, isResourceType, type Json, type ResourceType } from '../fhir/index.ts';
import { type SearchParameter, searchParametersOf } from '../fhir/definitions/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { stamp } from '../mapping/release.ts';
import { type Extract, extractor } from './extract.ts';
import { KINDS } from './match/index.ts';
import { type Reading, splitAt, type Test, type Where } from './match/kind.ts';
import { targetOf } from './match/reference.ts';

/** The record of one source, for criteria that look beyond the resource itself. */
export interface Siblings {
  readonly find: (type: string, localId: string) => LocalResource | undefined;
  readonly all: (type: string) => readonly LocalResource[];
}

/** One search parameter of a request, read: whether a resource satisfies it. */
export interface Criterion {
  readonly matches: (where: Where, siblings: Siblings) => boolean;
  /** Types besides the searched one that must be at hand. */
  readonly types: readonly ResourceType[];
  /** True where a source may be asked to apply it: a plain parameter without modifier, chain or `_has`. */
  readonly plain: boolean;
}

export type ReadingContext = Pick<Reading, 'now' | 'owns'>;

/** How many steps a chain or nested `_has` may have. */
const MAX_STEPS = 3;

/**
 * Reads one search parameter: `code`, `code:modifier`, `ref.chain`, `ref:Type.chain` or `_has:Type:ref:code`.
 * @returns undefined for a parameter that the type does not have.
 * @throws FaultError 400 for a value, modifier or chain that the parameter cannot have.
 */
export const readCriterion = (
  type: ResourceType,
  [name, value]: readonly [name: string, value: string],
  context: ReadingContext & { readonly steps?: number },
): Criterion | undefined => {
  const steps = context.steps ?? 0;
  if (steps > MAX_STEPS) throw new FaultError('invalid', `Expected at most ${MAX_STEPS} steps in a chain.`);
  if (name.startsWith('_has:')) return readReverseChain(type, [name, value], { ...context, steps: steps + 1 });
  const dot = name.indexOf('.');
  if (dot > 0)
    return readChain(type, [name.slice(0, dot), name.slice(dot + 1), value], { ...context, steps: steps + 1 });
  const [code = '', modifier, ...more] = name.split(':');
  const parameter = parameterOf(type, code);
  if (!parameter || more.length > 0) return undefined;
  return modifier === 'missing'
    ? readMissing(parameter, [name, value])
    : readPlain(type, { name, code, modifier, value, parameter }, context);
};

const parameterOf = (type: ResourceType, code: string): SearchParameter | undefined => {
  const parameters = searchParametersOf(type);
  const parameter = Object.hasOwn(parameters, code) ? parameters[code] : undefined;
  return parameter && (KINDS[parameter.type] || parameter.components) ? parameter : undefined;
};

interface Plain {
  readonly name: string;
  readonly code: string;
  readonly modifier: string | undefined;
  readonly value: string;
  readonly parameter: SearchParameter;
}

const readPlain = (
  type: ResourceType,
  { name, code, modifier, value, parameter }: Plain,
  context: ReadingContext,
): Criterion => {
  const reading = { ...context, parameter, modifier };
  const read = parameter.components ? readComposite(type, parameter, reading) : readSimple(parameter, reading, name);
  const tests = splitAt(',', value).map((it) => {
    const test = read(it);
    if (!test) throw new FaultError('value', `Expected ${expected(parameter)}.`, name);
    return test;
  });
  const extract =
    code === '_id' ? (_: Json, { local }: Where) => [`${local.type}/${local.localId}`] : extractFrom(parameter);
  const some = (where: Where): boolean => {
    const found = extract(where.local.resource as unknown as Json, where);
    return tests.some((holds) => found.some((it) => holds(it, where)));
  };
  return { matches: modifier === 'not' ? (where) => !some(where) : some, types: [], plain: modifier === undefined };
};

const readSimple = (
  parameter: SearchParameter,
  reading: Reading,
  name: string,
): ((value: string) => Test | undefined) => {
  const kind = KINDS[parameter.type];
  const { modifier } = reading;
  const known =
    modifier === undefined ||
    kind?.modifiers.includes(modifier) ||
    (parameter.type === 'reference' && isResourceType(modifier));
  if (!kind || !known) throw new FaultError('notSupported', 'The parameter does not have this modifier.', name);
  // `_id` is a token that is compared as the logical id it is.
  if (parameter.expression === 'Resource.id')
    return (value) => KINDS.reference?.read(value, { ...reading, modifier: undefined });
  return (value) => (value === '' ? undefined : kind.read(value, reading));
};

/** Parts of one node that must hold together: `code$value`. */
const readComposite = (type: ResourceType, { expression, components = [] }: SearchParameter, reading: Reading) => {
  const parts = components.map(({ code, expression: path }) => {
    const parameter = searchParametersOf(type)[code];
    const kind = parameter && KINDS[parameter.type];
    return parameter && kind
      ? { kind, parameter, paths: expression.split(' | ').map((base) => extractor(path, base)) }
      : undefined;
  });
  return (value: string): Test | undefined => {
    const values = splitAt('$', value);
    if (reading.modifier !== undefined || values.length !== parts.length) return undefined;
    const tests = parts.map((part, at) => part?.kind.read(values[at] ?? '', { ...reading, parameter: part.parameter }));
    if (tests.some((it) => !it)) return undefined;
    return (node, where) =>
      parts.every((part, at) => part?.paths.some((path) => path(node as Json).some((it) => tests[at]?.(it, where))));
  };
};

const expected = ({ type, components }: SearchParameter): string =>
  components ? `${components.length} values with $ between them` : (KINDS[type]?.expected ?? 'another value');

/** The elements of meta that the facade stamps are searched as they will be. */
const extractFrom = ({ expression }: SearchParameter): ((resource: Json, where: Where) => readonly unknown[]) => {
  const extract: Extract = extractor(expression);
  if (!expression.startsWith('Resource.meta.')) return extract;
  return (resource, { source, local }) =>
    extract({ ...resource, meta: stamp(local.type, source, resource['meta'] as never) });
};

const readMissing = (parameter: SearchParameter, [name, value]: readonly [string, string]): Criterion => {
  if (value !== 'true' && value !== 'false') throw new FaultError('value', 'Expected true or false.', name);
  const extract = extractFrom(parameter);
  return {
    matches: (where) => (extract(where.local.resource as unknown as Json, where).length === 0) === (value === 'true'),
    types: [],
    plain: false,
  };
};

type Chaining = ReadingContext & { readonly steps: number };

const readChain = (
  type: ResourceType,
  [head, tail, value]: readonly [string, string, string],
  context: Chaining,
): Criterion | undefined => {
  const [code = '', only] = head.split(':');
  const parameter = parameterOf(type, code);
  if (parameter?.type !== 'reference') return undefined;
  const targets = (only === undefined ? (parameter.targets ?? []) : [only]).filter(isResourceType);
  const inner = new Map(
    targets.flatMap((target) => {
      const criterion = readCriterion(target, [tail, value], context);
      return criterion ? [[target, criterion] as const] : [];
    }),
  );
  if (inner.size === 0) return undefined;
  const extract = extractor(parameter.expression);
  return {
    matches: ({ source, local }, siblings) =>
      extract(local.resource as unknown as Json).some((found) => {
        const target = targetOf(found);
        const next = target && siblings.find(target.type, target.localId);
        return next !== undefined && inner.get(next.type)?.matches({ source, local: next }, siblings) === true;
      }),
    types: [...inner.keys(), ...[...inner.values()].flatMap((it) => it.types)],
    plain: false,
  };
};

const readReverseChain = (
  type: ResourceType,
  [name, value]: readonly [string, string],
  context: Chaining,
): Criterion | undefined => {
  const [, from = '', code = '', ...rest] = name.split(':');
  const parameter = isResourceType(from) ? parameterOf(from, code) : undefined;
  if (
    !isResourceType(from) ||
    parameter?.type !== 'reference' ||
    (parameter.targets && !parameter.targets.includes(type))
  )
    return undefined;
  const inner = readCriterion(from, [rest.join(':'), value], context);
  if (!inner) return undefined;
  const extract = extractor(parameter.expression);
  return {
    matches: ({ source, local }, siblings) =>
      siblings.all(from).some((other) => {
        const points = extract(other.resource as unknown as Json).some((found) => {
          const target = targetOf(found);
          return target?.type === local.type && target.localId === local.localId;
        });
        return points && inner.matches({ source, local: other }, siblings);
      }),
    types: [from, ...inner.types],
    plain: false,
  };
};
