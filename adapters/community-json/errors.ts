import { type HttpResponse, readJson, SourceError, statusError } from '../../src/adapter/index.ts';
import { isObject } from '../../src/fhir/index.ts';

/** The system of the API's error codes. */
const ERROR_CODES = 'https://fellside.example/CodeSystem/error-code';

/** The codes that say why the source will not serve: a closed vocabulary, so they may be handed on. */
const REFUSALS: ReadonlySet<string> = new Set(['AUT-401', 'AUT-403', 'CON-403', 'VAL-400']);

/** The error that an answer other than 200 stands for. Its message is free text and stays where it is. */
export const errorOf = (response: HttpResponse): SourceError => {
  const { status, retryAfter } = response;
  const code = errorCode(response);
  // Only the API itself can say that it does not know a patient: any proxy says 404 of a wrong address.
  if (status === 404 && code === 'PAT-404') return new SourceError('not-known-here');
  const error = statusError(status, retryAfter);
  return error.kind === 'refused' && code !== undefined && REFUSALS.has(code)
    ? new SourceError('refused', { reason: { system: ERROR_CODES, code } })
    : error;
};

const errorCode = ({ body }: HttpResponse): string | undefined => {
  try {
    const fault = readJson(body);
    return isObject(fault) && typeof fault['errorCode'] === 'string' ? fault['errorCode'] : undefined;
  } catch {
    return undefined;
  }
};
