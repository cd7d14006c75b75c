import { isResourceType, type Json, RESOURCE_TYPES, type ResourceType } from '../../fhir/index.ts';
import { searchParametersOf } from '../../fhir/definitions/index.ts';
import { extractor } from './extract.ts';
import { targetOf } from './match/reference.ts';

/** A reference parameter of a type. */
export interface ReferenceParameter {
  readonly code: string;
  readonly expression: string;
  /** The types that it may lead to; of a reference to anything, all. */
  readonly targets: readonly ResourceType[];
}

const byType = new Map<ResourceType, readonly ReferenceParameter[]>();

/** The reference parameters of a type: what chains and includes follow. */
export const referenceParametersOf = (type: ResourceType): readonly ReferenceParameter[] => {
  let own = byType.get(type);
  if (!own)
    byType.set(
      type,
      (own = Object.entries(searchParametersOf(type)).flatMap(([code, it]) =>
        it.type === 'reference'
          ? [{ code, expression: it.expression, targets: it.targets?.filter(isResourceType) ?? RESOURCE_TYPES }]
          : [],
      )),
    );
  return own;
};

/** The reference parameter by this code; undefined where the type has none. */
export const referenceParameter = (type: ResourceType, code: string): ReferenceParameter | undefined =>
  referenceParametersOf(type).find((it) => it.code === code);

/** What a resource refers to by one of its reference parameters, or by any of them: `*`. */
export const referencesBy = (
  type: ResourceType,
  code: string,
  resource: Json,
): readonly { readonly type: string; readonly localId: string }[] =>
  referenceParametersOf(type).flatMap((it) =>
    code === '*' || code === it.code
      ? extractor(it.expression)(resource).flatMap((found) => targetOf(found) ?? [])
      : [],
  );
