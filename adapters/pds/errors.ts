import { type HttpResponse, readJson, SourceError, statusError } from '../../src/adapter/index.ts';
import { isObject, objects } from '../../src/fhir/index.ts';

/** Under this system PDS names what went wrong. */
const SPINE = 'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode';

/** Its words that reach a caller beside ours. */
const REASONS: ReadonlySet<string> = new Set([
  'ACCESS_DENIED',
  'INVALID_RESOURCE_ID',
  'INVALID_VALUE',
  'MISSING_VALUE',
  'RESOURCE_NOT_FOUND',
  'SERVICE_UNAVAILABLE',
  'TOO_MANY_REQUESTS',
  'UNABLE_TO_CALL_SERVICE',
]);

/** The Spine code of an answer that is an OperationOutcome. */
export const codeOf = ({ body }: Pick<HttpResponse, 'body'>): string | undefined => {
  const outcome = parsed(body);
  if (!isObject(outcome) || outcome['resourceType'] !== 'OperationOutcome') return undefined;
  const codings = objects(outcome['issue'])
    .flatMap((it) => objects(it['details']))
    .flatMap((it) => objects(it['coding']));
  const code = codings.find(({ system }) => String(system).endsWith('Spine-ErrorOrWarningCode'))?.['code'];
  return typeof code === 'string' ? code : undefined;
};

/** PDS knows no such number only where it says so: any proxy says 404 of a wrong address. */
export const errorOf = (response: HttpResponse): SourceError => {
  const { status, retryAfter } = response;
  const code = codeOf(response);
  const reason = code !== undefined && REASONS.has(code) ? { system: SPINE, code } : undefined;
  if (status === 404 && code === 'RESOURCE_NOT_FOUND') return new SourceError('not-known-here', { reason });
  const { kind } = statusError(status, retryAfter);
  return new SourceError(kind, { retryAfter, reason });
};

/** The answer to a request for what is no NHS number. */
export const isInvalidId = (response: HttpResponse): boolean =>
  response.status === 400 && codeOf(response) === 'INVALID_RESOURCE_ID';

const parsed = (body: Buffer): unknown => {
  try {
    return readJson(body);
  } catch {
    return undefined;
  }
};
