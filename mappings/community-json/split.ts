import { type Answer, SourceError, type SourceRecord } from '../../src/adapter/index.ts';
import {
  contentId,
  digits,
  findingIssue,
  isBlank,
  isNumber,
  isObject,
  type Json,
  list,
  type OperationOutcomeIssue,
  text,
} from '../../src/fhir/index.ts';
import { idPart } from './desk.ts';
import { COLLECTIONS, isKind, type Kind, KINDS, OTHER } from './kinds.ts';

/**
 * Cuts an answer into records: the whole-record document (`{ patient, contacts, ... }`), a page of a collection
 * (`{ records }`), a list of patients (`{ patients }`) or one bare record. What stands under a name or has ids that are
 * not known is a record of the kind `other`; what is no record of its collection is named in an issue.
 * @throws SourceError `invalid-response` where the answer is none of these.
 */
export const split = (answer: unknown): Answer<Json> => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const records: SourceRecord<Json>[] = [];
  const issues: OperationOutcomeIssue[] = [];

  const keep = (body: unknown, place: string, kind: Kind): void => {
    if (isObject(body)) records.push({ types: KINDS[kind].types, kind, id: idOf(body, kind), body });
    else issues.push(findingIssue('unmapped-record', { kind: 'entry', id: place }));
  };
  const keepOther = (entry: unknown, name: string): void => {
    if (isBlank(entry)) return;
    records.push({ ...OTHER, id: contentId(JSON.stringify([name, entry])), body: { [name]: entry } });
  };

  const kind = kindOf(answer);
  if (kind) keep(answer, '', kind);
  else if (Object.keys(answer).some((it) => isKind(it) || LISTS.has(it))) {
    for (const [name, value] of Object.entries(answer)) {
      if (PAGING.has(name)) continue;
      for (const [index, it] of list(value).entries()) {
        const own = isKind(name) ? name : LISTS.get(name)?.(it);
        if (own) keep(it, name === 'patient' ? name : `${name}[${index}]`, own);
        else keepOther(it, name);
      }
    }
  } else throw new SourceError('invalid-response');
  return { records, ...(issues.length > 0 && { issues }) };
};

/** Lists that are no collections, and the kinds of what they hold. */
const LISTS: ReadonlyMap<string, (body: unknown) => Kind | undefined> = new Map<
  string,
  (body: unknown) => Kind | undefined
>([
  ['patients', () => 'patient'],
  ['records', (body) => kindOf(body)],
]);

/** How a collection is cut into pages: no part of a record. */
const PAGING: ReadonlySet<string> = new Set(['page', 'pageSize', 'totalRecords']);

/** Every kind of entry is told by its own id; a patient has no id but the patient's. */
const kindOf = (body: unknown): Kind | undefined => {
  if (!isObject(body)) return undefined;
  const own = COLLECTIONS.find((it) => KINDS[it].idKey in body);
  if (own) return own;
  const ids = Object.keys(body).filter((it) => it.endsWith('Id'));
  return ids.join() === KINDS.patient.idKey ? 'patient' : undefined;
};

const idOf = (body: Json, kind: Kind): string => {
  const id = body[KINDS[kind].idKey];
  return idPart(isNumber(id) ? digits(id) : (text(id) ?? contentId(JSON.stringify(body))));
};
