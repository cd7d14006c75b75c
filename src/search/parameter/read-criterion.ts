import { FaultError, isResourceType, type Json, type ResourceType } from '../../fhir/index.ts';
import { type SearchParameter, searchParametersOf } from '../../fhir/definitions/index.ts';
import { readChain, readReverseChain } from './chain.ts';
import type { Criterion, ReadingContext } from './criterion.ts';
import { type Extract, extractor } from './extract.ts';
import type { Held } from '../held.ts';
import { KINDS } from './match/index.ts';
import { type Reading, splitAt, type Test } from './match/kind.ts';
import { readStamped } from './stamped.ts';

/**
 * Reads one search parameter: `code`, `code:modifier`, `ref.chain`, `ref:Type.chain` or `_has:Type:ref:code`.
 * @returns undefined for a parameter that the type does not have.
 * @throws FaultError 400 for a value, modifier or chain that the parameter cannot have.
 */
export const readCriterion = (
  type: ResourceType,
  [name, value]: readonly [name: string, value: string],
  context: ReadingContext,
): Criterion | undefined => {
  if (name.startsWith('_has:')) return readReverseChain(type, [name, value], { ...context, read: readCriterion });
  if (name.includes('.')) return readChain(type, [name, value], { ...context, read: readCriterion });
  const [code = '', modifier, ...more] = name.split(':');
  const parameter = parameterOf(type, code);
  if (!parameter || more.length > 0) return undefined;
  return modifier === 'missing'
    ? readMissing(parameter, [name, value])
    : readPlain(type, { name, code, modifier, value, parameter }, context);
};

/** A search parameter that is served; undefined where the type has none by this code. */
export const parameterOf = (type: ResourceType, code: string): SearchParameter | undefined => {
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
    if (!test) throw new FaultError('value', `Expected ${expected(parameter, modifier)}.`, name);
    return test;
  });
  const extract = code === '_id' ? ownReference : readStamped(parameter);
  const some = (held: Held): boolean => {
    const found = extract(held);
    return tests.some((holds) => found.some((it) => holds(it, held)));
  };
  return {
    matches: modifier === 'not' ? (held) => !some(held) : some,
    types: [],
    plain: modifier === undefined && (code === '_lastUpdated' || (!code.startsWith('_') && !namesIds(parameter))),
  };
};

/** Logical ids mean nothing to a source. */
const namesIds = (parameter: SearchParameter): boolean =>
  parameter.type === 'reference' || parameter.components !== undefined;

const ownReference = ({ local }: Held): readonly unknown[] => [`${local.type}/${local.localId}`];

const readSimple = (
  parameter: SearchParameter,
  reading: Reading,
  name: string,
): ((value: string) => Test | undefined) => {
  const { modifier } = reading;
  // `_id` is a token that is compared as the logical id it is.
  if (parameter.expression === 'Resource.id') {
    if (modifier !== undefined && modifier !== 'not') throw noModifier(name);
    return (value) => KINDS.reference?.read(value, { ...reading, modifier: undefined });
  }
  const kind = KINDS[parameter.type];
  const known =
    modifier === undefined ||
    kind?.modifiers.includes(modifier) ||
    (parameter.type === 'reference' && isResourceType(modifier));
  if (!kind || !known) throw noModifier(name);
  return (value) => (value === '' ? undefined : kind.read(value, reading));
};

const noModifier = (name: string): FaultError =>
  new FaultError('notSupported', 'The parameter does not have this modifier.', name);

/** Parts of one node that must hold together: `code$value`. */
const readComposite = (type: ResourceType, { expression, components = [] }: SearchParameter, reading: Reading) => {
  const parts = components.map(({ code, expression: path }) => {
    const parameter = searchParametersOf(type)[code];
    const kind = parameter && KINDS[parameter.type];
    return parameter && kind ? { kind, parameter, extracts: componentPaths(type, path, expression) } : undefined;
  });
  return (value: string): Test | undefined => {
    const values = splitAt('$', value);
    if (reading.modifier !== undefined || values.length !== parts.length) return undefined;
    const tests = parts.map((part, at) =>
      values[at] === '' ? undefined : part?.kind.read(values[at] ?? '', { ...reading, parameter: part.parameter }),
    );
    if (tests.some((it) => !it)) return undefined;
    return (node, held) =>
      parts.every((part, at) =>
        part?.extracts.some((extract) => extract(node as Json, held).some((it) => tests[at]?.(it, held))),
      );
  };
};

/** The path of a component below each node that the composite may start from; `%resource` starts at the resource. */
const componentPaths = (
  type: ResourceType,
  path: string,
  expression: string,
): readonly ((node: Json, held: Held) => readonly unknown[])[] => {
  const [, below] = /^%resource\.(.*)$/.exec(path) ?? [];
  if (below !== undefined) {
    const extract = extractor(`${type}.${below}`);
    return [(_, { local }) => extract(local.resource as unknown as Json)];
  }
  return expression.split(' | ').map((base): Extract => extractor(path, base));
};

const expected = ({ type, components }: SearchParameter, modifier: string | undefined): string => {
  if (components) return `${components.length} values with $ between them`;
  const kind = KINDS[type];
  return kind?.expectedWith?.[modifier ?? ''] ?? kind?.expected ?? 'another value';
};

const readMissing = (parameter: SearchParameter, [name, value]: readonly [string, string]): Criterion => {
  if (parameter.components) throw noModifier(name);
  if (value !== 'true' && value !== 'false') throw new FaultError('value', 'Expected true or false.', name);
  const extract = readStamped(parameter);
  const isValue = KINDS[parameter.type]?.isValue ?? (() => true);
  return {
    matches: (held) => extract(held).some(isValue) === (value === 'false'),
    types: [],
    plain: false,
  };
};
