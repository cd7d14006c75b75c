import { FaultError, isResourceType, type Json, type ResourceType } from '../../fhir/index.ts';
import type { Criterion, ReadingContext } from './criterion.ts';
import { extractor } from './extract.ts';
import { referenceParameter } from './references.ts';

/** How many steps a chain or nested `_has` may have. */
const MAX_STEPS = 3;

type Pair = readonly [name: string, value: string];

export interface Chaining extends ReadingContext {
  /** Reads what stands at the end of a step. */
  readonly read: (type: ResourceType, pair: Pair, context: ReadingContext) => Criterion | undefined;
}

/** `ref.rest` or `ref:Type.rest`: what a reference leads to satisfies the rest. Contained resources are looked into. */
export const readChain = (type: ResourceType, [name, value]: Pair, context: Chaining): Criterion | undefined => {
  const dot = name.indexOf('.');
  const [code = '', only, ...more] = name.slice(0, dot).split(':');
  const parameter = referenceParameter(type, code);
  if (!parameter || more.length > 0) return undefined;
  const inner = new Map(
    parameter.targets
      .filter((it) => (only === undefined || it === only) && isServed(it, context))
      .flatMap((target) => {
        const criterion = next(target, [name.slice(dot + 1), value], context);
        return criterion ? [[target, criterion] as const] : [];
      }),
  );
  if (inner.size === 0) return undefined;
  const extract = extractor(parameter.expression);
  return {
    matches: (held, world) =>
      extract(held.local.resource as unknown as Json).some((found) => {
        const target = world.follow(held, found);
        return target !== undefined && inner.get(target.local.type)?.matches(target, world) === true;
      }),
    types: [...inner.keys(), ...[...inner.values()].flatMap((it) => it.types)],
    plain: false,
  };
};

/** `_has:Type:ref:rest`: something of the type refers to it and satisfies the rest. */
export const readReverseChain = (type: ResourceType, [name, value]: Pair, context: Chaining): Criterion | undefined => {
  const [, from = '', code = '', ...rest] = name.split(':');
  if (!isResourceType(from) || !isServed(from, context)) return undefined;
  if (!referenceParameter(from, code)?.targets.includes(type)) return undefined;
  const inner = next(from, [rest.join(':'), value], context);
  return (
    inner && {
      matches: (held, world) => world.referrers(held, from, code).some((it) => inner.matches(it, world)),
      types: [from, ...inner.types],
      plain: false,
    }
  );
};

const isServed = (type: ResourceType, { served }: ReadingContext): boolean => served?.has(type) ?? true;

const next = (type: ResourceType, pair: Pair, { read, steps = 0, ...context }: Chaining): Criterion | undefined => {
  if (steps === MAX_STEPS) throw new FaultError('invalid', `Expected at most ${MAX_STEPS} steps in a chain.`);
  return read(type, pair, { ...context, steps: steps + 1 });
};
