import { isResourceType, RESOURCE_TYPES, type ResourceType } from '../../fhir/index.ts';
import { referenceParameter, referenceParametersOf } from '../parameter/references.ts';

/** One `_include` (`forward`) or `_revinclude`: a reference parameter and the type at its other end. */
export interface Include {
  readonly forward: boolean;
  readonly iterate: boolean;
  readonly from: ResourceType | '*';
  /** `*`: every reference parameter of the type. */
  readonly code: string;
  readonly target: ResourceType | undefined;
}

/** Reads `*`, `Type:*`, `Type:parameter` or `Type:parameter:TargetType`; undefined for anything else. */
export const readInclude = (value: string, how: Pick<Include, 'forward' | 'iterate'>): Include | undefined => {
  if (value === '*') return { ...how, from: '*', code: '*', target: undefined };
  const [from, code, target, ...more] = value.split(':');
  if (!isResourceType(from) || code === undefined || more.length > 0) return undefined;
  if (target !== undefined && !isResourceType(target)) return undefined;
  if (code === '*') return { ...how, from, code, target };
  const parameter = referenceParameter(from, code);
  if (!parameter || (target !== undefined && !parameter.targets.includes(target))) return undefined;
  return { ...how, from, code, target };
};

/** The served types that one include may bring in beside the matches of a type: none where it can bring nothing. */
export const includableTypes = (
  type: ResourceType,
  { forward, iterate, from, code, target }: Include,
  served: ReadonlySet<ResourceType> = EVERY_TYPE,
): readonly ResourceType[] => {
  const starts = from === '*' ? [...served] : served.has(from) ? [from] : [];
  if (forward) {
    return starts
      .filter((it) => iterate || it === type)
      .flatMap((it) => targetsOf(it, code))
      .filter((it) => served.has(it) && (target === undefined || target === it));
  }
  return starts.filter((it) => {
    const targets = targetsOf(it, code);
    return target === undefined
      ? iterate || targets.includes(type)
      : targets.includes(target) && (iterate || target === type);
  });
};

const EVERY_TYPE: ReadonlySet<ResourceType> = new Set(RESOURCE_TYPES);

const targetsOf = (type: ResourceType, code: string): readonly ResourceType[] =>
  referenceParametersOf(type)
    .filter((it) => code === '*' || it.code === code)
    .flatMap((it) => it.targets);
