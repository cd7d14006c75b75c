import type { ErrorRequestHandler } from 'express';
import { type Fault, FaultError, faultOutcome } from '../fhir/index.ts';
import type { Log } from '../platform/log.ts';
import { correlationIdOf } from './call.ts';
import { type Format, negotiate, PLAIN_JSON } from './negotiate.ts';
import { sendResource } from './respond.ts';

/** What Express and its body parser throw, as faults of ours. */
const HTTP_FAULT: Readonly<Record<number, readonly [Fault, string]>> = {
  400: ['invalid', 'The request cannot be read.'],
  404: ['notFound', 'There is nothing at this address.'],
  413: ['tooLarge', 'The body is larger than is accepted.'],
  415: ['unsupportedMediaType', 'The encoding or charset of the body is not accepted.'],
};

/* eslint max-params: ['error', 4] -- Express knows an error handler by its four parameters */

/** The one catch: every error becomes a UKCore-OperationOutcome, none shows a stack, a name or a value. */
export const createFailure =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, outcome } = faultOutcome(
      asFault(error, (name) => {
        const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
        log.warn('request.failed', { correlationId: correlationIdOf(request), route, error: name });
      }),
    );
    const format = (response.locals['format'] as Format | undefined) ?? wantedFormat(request.headers.accept);
    void sendResource(request, response, { status, resource: outcome, format });
  };

/** The form an error is told in before the caller's wish was settled, or where it cannot be met. */
const wantedFormat = (accept: string | undefined): Format => {
  try {
    return negotiate(accept, []);
  } catch {
    return PLAIN_JSON;
  }
};

/** Any error as a fault of ours: what nobody expected is told by its name alone, and shown as nothing but that. */
export const asFault = (error: unknown, unexpected: (name: string) => void): FaultError => {
  if (error instanceof FaultError) return error;
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  const known = HTTP_FAULT[status] ?? (status > 400 && status < 500 ? HTTP_FAULT[400] : undefined);
  if (known) return new FaultError(...known);
  unexpected(error instanceof Error ? error.name : typeof error);
  return new FaultError('exception', 'Something went wrong here.');
};
