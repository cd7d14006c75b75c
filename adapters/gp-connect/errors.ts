import {
  type Answer,
  type HttpResponse,
  inSlices,
  readJson,
  SourceError,
  type SourceErrorKind,
  statusError,
} from '../../src/adapter/index.ts';
import { isObject, type Json, objects, scanBundle, SYSTEM } from '../../src/fhir/index.ts';
import { split, splitScanned, TOLD } from '../../mappings/gp-connect-stu3/index.ts';

/** What each code of the Spine means where it comes with no HTTP status that says so. */
const SPINE: Readonly<Record<string, SourceErrorKind>> = {
  // Also said of patients who are inactive, deceased, not registered here or sensitive: "no accessible record".
  PATIENT_NOT_FOUND: 'not-known-here',
  NO_RECORD_FOUND: 'not-known-here',
  NO_PATIENT_CONSENT: 'refused',
  NO_ORGANISATION_CONSENT: 'refused',
  NO_RELATIONSHIP: 'refused',
  ACCESS_DENIED: 'refused',
  ACCESS_DENIED_SSL: 'refused',
  BAD_REQUEST: 'refused',
  INVALID_NHS_NUMBER: 'refused',
  INVALID_IDENTIFIER_SYSTEM: 'refused',
  INVALID_IDENTIFIER_VALUE: 'refused',
  INVALID_PATIENT_DEMOGRAPHICS: 'refused',
  INVALID_RESOURCE: 'refused',
  INVALID_PARAMETER: 'refused',
  ORGANISATION_NOT_FOUND: 'refused',
  PRACTITIONER_NOT_FOUND: 'refused',
  NOT_IMPLEMENTED: 'unavailable',
  INTERNAL_SERVER_ERROR: 'unavailable',
};
/** Suppliers write the code system, its value set, or the one of an older version. */
const SPINE_SYSTEM = /\/(?:Spine-ErrorOrWarningCode|gpconnect-error-or-warning-code)(?:-\d+)?$/i;
/** The proxy has a system of its own, with HTTP statuses for codes. */
const PROXY_SYSTEM = 'http://fhir.nhs.net/ValueSet/gpconnect-schedule-response-code-1-0';

type Reason = NonNullable<SourceError['reason']>;

/** From this many bytes on an answer is scanned: below it, parsing all of it takes no time worth saving. */
const SCANNED_FROM = 100_000;

/**
 * The records of an answer; those of a large one are parsed when they are looked at.
 * @throws SourceError for every answer that is no record: by its status and its Spine code, never with words of it.
 */
export const readRecord = async ({ status, body, retryAfter }: HttpResponse): Promise<Answer<Json>> => {
  if (status !== 200) throw refusal(status, retryAfter, refusalReason(body));
  const scanned = body.length < SCANNED_FROM ? undefined : await inSlices(scanBundle(body, TOLD));
  const answer = scanned?.head ?? readJson(body);
  mustBeRecord(answer);
  return scanned ? splitScanned(scanned) : split(answer);
};

const mustBeRecord = (answer: unknown): void => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const { resourceType, type = 'collection' } = answer;
  if (resourceType === 'OperationOutcome') throw outcomeError(answer);
  if (resourceType !== 'Bundle' || type !== 'collection') throw new SourceError('invalid-response');
};

const refusalReason = (body: Buffer): Reason | undefined => {
  try {
    return reasonOf(readJson(body));
  } catch {
    return undefined;
  }
};

const refusal = (status: number, retryAfter: number | undefined, reason: Reason | undefined): SourceError => {
  const byStatus = statusError(status, retryAfter);
  if (byStatus.kind !== 'refused' || !reason) return byStatus;
  // Only a 404 with the right code says that a patient is not known: without it, the address is wrong.
  const unknown = status === 404 && SPINE[reason.code] === 'not-known-here';
  return new SourceError(unknown ? 'not-known-here' : 'refused', { reason });
};

/** An outcome in place of a record, with a status that says all is well. */
const outcomeError = (outcome: Json): SourceError => {
  const issues = objects(outcome['issue']);
  const failed = issues.length > 0 && issues.every(({ severity }) => severity === 'error' || severity === 'fatal');
  const reason = failed ? reasonOf(outcome) : undefined;
  if (!reason) return new SourceError('invalid-response');
  return new SourceError(SPINE[reason.code] ?? statusError(Number(reason.code)).kind, { reason });
};

/** The first code of a closed list: whatever else was sent stays unsaid. */
const reasonOf = (outcome: unknown): Reason | undefined => {
  for (const { details } of objects(isObject(outcome) ? outcome['issue'] : undefined)) {
    for (const { system, code } of objects(objects(details)[0]?.['coding'])) {
      if (typeof system !== 'string' || typeof code !== 'string') continue;
      if (SPINE_SYSTEM.test(system) && Object.hasOwn(SPINE, code)) return { system: SYSTEM.spineErrorOrWarning, code };
      if (system === PROXY_SYSTEM && /^[45]\d\d$/.test(code)) return { system, code };
    }
  }
  return undefined;
};
