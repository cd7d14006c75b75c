import { SYSTEM, ukCoreProfile } from './canonicals.ts';
import type { OperationOutcome, OperationOutcomeIssue } from './types.ts';

/**
 * What our own door answers, by name: HTTP status, FHIR issue code, and the code of
 * https://fhir.nhs.uk/CodeSystem/http-error-codes. That system has no code for 413, 502 and 504; the nearest stands in.
 */
export const FAULT = {
  invalid: [400, 'invalid', 'BAD_REQUEST'],
  value: [400, 'value', 'BAD_REQUEST'],
  required: [400, 'required', 'BAD_REQUEST'],
  notSupported: [400, 'not-supported', 'BAD_REQUEST'],
  notFound: [404, 'not-found', 'NOT_FOUND'],
  methodNotAllowed: [405, 'not-supported', 'METHOD_NOT_ALLOWED'],
  notAcceptable: [406, 'not-supported', 'NOT_ACCEPTABLE'],
  tooLarge: [413, 'too-long', 'BAD_REQUEST'],
  unsupportedMediaType: [415, 'not-supported', 'UNSUPPORTED_MEDIA_TYPE'],
  exception: [500, 'exception', 'SERVER_ERROR'],
  notImplemented: [501, 'not-supported', 'NOT_IMPLEMENTED'],
  badGateway: [502, 'incomplete', 'REC_UNAVAILABLE'],
  unavailable: [503, 'transient', 'UNAVAILABLE'],
  gatewayTimeout: [504, 'timeout', 'REC_TIMEOUT'],
} as const satisfies Record<string, readonly [number, OperationOutcomeIssue['code'], string]>;

export type Fault = keyof typeof FAULT;

/** An expected failure on its way to the door: the one kind of error the rooms throw. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
  readonly fault: Fault;
  readonly expression: string | undefined;

  /**
   * @param text what was expected and where; no identifier, name or value of a caller's input.
   * @param expression the parameter or element at fault.
   */
  constructor(fault: Fault, text: string, expression?: string) {
    super(text);
    this.fault = fault;
    this.expression = expression;
  }
}

/** The status and UKCore-OperationOutcome of a fault. */
export const faultOutcome = ({
  fault,
  message,
  expression,
}: FaultError): { status: number; outcome: OperationOutcome } => {
  const [status, code, nhsCode] = FAULT[fault];
  return {
    status,
    outcome: operationOutcome([
      {
        severity: 'error',
        code,
        details: { coding: [{ system: SYSTEM.httpErrorCodes, code: nhsCode }], text: message },
        ...(expression !== undefined && { expression: [expression] }),
      },
    ]),
  };
};

/** An OperationOutcome that claims the UK Core profile. */
export const operationOutcome = (issue: OperationOutcomeIssue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  meta: { profile: [ukCoreProfile('OperationOutcome')] },
  issue,
});
