import type { SearchFilter, TypeSearchRequest } from 'fhir-works-on-aws-interface';
import { UnauthorizedError } from 'fhir-works-on-aws-interface/lib/errors/UnauthorizedError.js';
import type { SearchRequest } from '../search/request/request.ts';

/**
 * Holds a search to what the host's authorisation lets its caller see, before any source is asked. A search here is about one
 * patient's record, so that its filters must let this patient through: whatever else they ask for cannot be promised of
 * records that nobody has seen yet, and is refused.
 * @throws UnauthorizedError
 */
export const authorise = ({ type, patient }: SearchRequest, asked: TypeSearchRequest): void => {
  const { allowedResourceTypes, baseUrl, searchFilters = [] } = asked;
  const known: Readonly<Record<string, readonly string[]>> = {
    _references: [`Patient/${patient}`, `${baseUrl}/Patient/${patient}`],
    ...(type === 'Patient' && { id: [patient], _id: [patient] }),
  };
  const holds = ({ key, value, comparisonOperator }: SearchFilter): boolean =>
    comparisonOperator === '==' && Object.hasOwn(known, key) && value.some((it) => known[key]?.includes(it));
  const all = searchFilters.filter((it) => it.logicalOperator === 'AND');
  const any = searchFilters.filter((it) => it.logicalOperator !== 'AND');
  if (allowedResourceTypes.includes(type) && all.every(holds) && (any.length === 0 || any.some(holds))) return;
  throw new UnauthorizedError('This caller may not see this type of resource of this patient.');
};
