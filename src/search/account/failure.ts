import { FAULT, type OperationOutcome, operationOutcome, SYSTEM } from '../../fhir/index.ts';
import type { Contribution } from '../contribution.ts';
import { type SourceStatus, STATUS } from './status.ts';

/**
 * The answer where the sources that count gave none: 504 if all of them were too slow, else 502, and the account alone.
 * @see nhs.md: 503 is kept for the facade's own state
 */
export const failure = (
  contributions: readonly Contribution[],
  outcome: OperationOutcome,
): { readonly status: number; readonly resource: OperationOutcome } => {
  const failed = contributions.filter((it) => !STATUS[it.status].complete);
  return fail(failed.length > 0 && failed.every((it) => it.status === 'timeout'), outcome);
};

/** The same, where only the account of the sources is at hand. */
export const failureOf = (
  outcome: OperationOutcome,
): { readonly status: number; readonly resource: OperationOutcome } => {
  const missing = outcome.issue
    .map(
      (it) =>
        it.details?.coding?.find(({ system }) => system === SYSTEM.sourceStatus)?.code as SourceStatus | undefined,
    )
    .filter((it) => it !== undefined && !STATUS[it].complete);
  return fail(missing.length > 0 && missing.every((it) => it === 'timeout'), outcome);
};

const fail = (
  slow: boolean,
  outcome: OperationOutcome,
): { readonly status: number; readonly resource: OperationOutcome } => {
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
