import { type Answer, SourceError, type SourceRecord } from '../../src/adapter/index.ts';
import {
  contentId,
  digits,
  findingIssue,
  isNumber,
  isObject,
  type Json,
  list,
  type OperationOutcomeIssue,
  text,
} from '../../src/fhir/index.ts';
import { idPart } from './desk.ts';
import { COLLECTIONS, isKind, type Kind, KINDS } from './kinds.ts';

/**
 * Cuts an answer into records: the whole-record document (`{ patient, contacts, ... }`), a page of a collection
 * (`{ records }`), a list of patients (`{ patients }`) or one bare record. What is no record is named in an issue.
 * @throws SourceError `invalid-response` where the answer is none of these.
 */
export const split = (answer: unknown): Answer<Json> => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const records: SourceRecord<Json>[] = [];
  const issues: OperationOutcomeIssue[] = [];

  const keep = (body: unknown, place: string, kind = kindOf(body)): void => {
    if (isObject(body) && kind) records.push({ types: KINDS[kind].types, kind, id: idOf(body, kind), body });
    else issues.push(findingIssue(isObject(body) ? 'unknown-type' : 'unmapped-record', { kind: 'entry', id: place }));
  };
  const keepAll = (bodies: unknown, place: string, kind?: Kind): void => {
    for (const [index, it] of list(bodies).entries()) keep(it, `${place}[${index}]`, kind);
  };

  const kind = kindOf(answer);
  if (kind) keep(answer, '', kind);
  else if ('patients' in answer) keepAll(answer['patients'], 'patients', 'patient');
  else if ('records' in answer) keepAll(answer['records'], 'records');
  else if (Object.keys(answer).some(isKind)) {
    for (const [name, value] of Object.entries(answer)) {
      if (!isKind(name)) issues.push(findingIssue('unknown-type', { kind: 'entry', id: name }));
      else if (name === 'patient') keep(value, name, name);
      else keepAll(value, name, name);
    }
  } else throw new SourceError('invalid-response');
  return { records, ...(issues.length > 0 && { issues }) };
};

/** Every kind of entry is told by its own id; a patient has no id but the patient's. */
const kindOf = (body: unknown): Kind | undefined => {
  if (!isObject(body)) return undefined;
  const own = COLLECTIONS.find((it) => KINDS[it].idKey in body);
  return own ?? (KINDS.patient.idKey in body ? 'patient' : undefined);
};

const idOf = (body: Json, kind: Kind): string => {
  const id = body[KINDS[kind].idKey];
  return idPart(isNumber(id) ? digits(id) : (text(id) ?? contentId(JSON.stringify(body))));
};
