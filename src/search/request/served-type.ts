import { FaultError, isResourceType, type ResourceType } from '../../fhir/index.ts';

/** The type that a request names. @throws FaultError 404 for what cannot be a type, 400 for one that no source holds */
export const servedType = (name: string, served: ReadonlySet<ResourceType>): ResourceType => {
  if (!/^[A-Z][A-Za-z]+$/.test(name)) throw new FaultError('notFound', 'There is nothing at this address.');
  if (isResourceType(name) && served.has(name)) return name;
  throw new FaultError('notSupported', 'This resource type is not served; /metadata lists those that are.');
};
