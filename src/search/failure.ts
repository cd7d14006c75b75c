import { FAULT, type OperationOutcome, operationOutcome, SYSTEM } from '../fhir/index.ts';
import type { Contribution } from './contribution.ts';
import { STATUS } from './status.ts';

/**
 * The answer where the sources that count gave none: 504 if all of them were too slow, else 502, and the account alone.
 * @see nhs.md: 503 is kept for the facade's own state
 */
export const failure = (
  contributions: readonly Contribution[],
  outcome: OperationOutcome,
): { readonly status: number; readonly resource: OperationOutcome } => {
  const failed = contributions.filter((it) => !STATUS[it.status].complete);
  const slow = failed.length > 0 && failed.every((it) => it.status === 'timeout');
  const [status, code, nhsCode] = FAULT[slow ? 'gatewayTimeout' : 'badGateway'];
  return {
    status,
    resource: operationOutcome([
      {
        severity: 'error',
        code,
        details: {
          coding: [{ system: SYSTEM.httpErrorCodes, code: nhsCode }],
          text: 'The record could not be put together; the account of each source follows.',
        },
      },
      ...outcome.issue,
    ]),
  };
};
