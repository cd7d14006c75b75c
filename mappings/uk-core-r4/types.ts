import { isResourceType, type ResourceType } from '../../src/fhir/index.ts';

/** The R4 types that are no part of a person's clinical record, and why. Every other type is mapped. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  Account: 'billing',
  AuditEvent: 'who read the record at the source',
  Binary: 'names no patient, so that nobody can tell whose it is',
  Bundle: 'an envelope: its entries are the records',
  ChargeItem: 'billing',
  Claim: 'billing',
  ClaimResponse: 'billing',
  Contract: 'billing',
  Coverage: 'billing',
  CoverageEligibilityRequest: 'billing',
  CoverageEligibilityResponse: 'billing',
  Endpoint: 'an address inside the source',
  ExplanationOfBenefit: 'billing',
  Group: 'names other patients',
  Invoice: 'billing',
  MeasureReport: 'about a service, not a person',
  MessageHeader: 'an envelope',
  OperationOutcome: 'speaks of the answer: its issues are warnings',
  Parameters: 'an envelope',
  Person: 'ties identities together, which is the business of the identity service',
  Subscription: 'a consumer of the source',
  SubscriptionStatus: 'a consumer of the source',
};

/** True for a type that this mapping turns into a resource; the others become issues. */
export const isMapped = (type: unknown): type is ResourceType => isResourceType(type) && !Object.hasOwn(LEFT_OUT, type);
