import { type Answer, SourceError, type SourceRecord, type SourceWarning } from '../../src/adapter/index.ts';
import {
  contentId,
  findingIssue,
  isObject,
  type Json,
  list,
  objects,
  type OperationOutcomeIssue,
  SYSTEM,
  text,
} from '../../src/fhir/index.ts';
import { hoist } from './hoist.ts';
import { rowOf } from './objects.ts';
import { TYPES } from './types.ts';
import { listWarnings, mergeWarnings, outcomeWarnings } from './warnings.ts';

/**
 * Cuts an answer of GP Connect into records: a Bundle of any type, one resource, or an OperationOutcome. Ended allergies
 * come out of their List; warnings of Lists and outcomes are the answer's; what has no mapping is named in an issue.
 * @throws SourceError `invalid-response` where the answer is no FHIR at all.
 */
export const split = (answer: unknown): Answer<Json> => {
  if (!isObject(answer) || text(answer['resourceType']) === undefined) throw new SourceError('invalid-response');
  const records: SourceRecord<Json>[] = [];
  const warnings: SourceWarning[] = [];
  const issues: OperationOutcomeIssue[] = [];

  const take = (resource: unknown, place: string): void => {
    const kind = isObject(resource) ? text(resource['resourceType']) : undefined;
    if (!isObject(resource) || kind === undefined)
      issues.push(findingIssue('unknown-type', { kind: 'entry', id: place }));
    else if (kind === 'Bundle')
      list(resource['entry']).forEach((it, index) =>
        take((it as Json | null)?.['resource'], place === '' ? String(index) : `${place}.${index}`),
      );
    else if (kind === 'OperationOutcome') warnings.push(...outcomeWarnings(resource));
    else keep(kind, idOf(resource), resource);
  };
  const keep = (kind: string, id: string, body: Json): void => {
    const type = rowOf(TYPES, kind)?.type;
    if (type === undefined) {
      issues.push(findingIssue('unknown-type', { kind: TYPE_NAME.test(kind) ? kind : 'entry', id }));
      return;
    }
    const nhsNumber = namedNumber(body);
    records.push(
      nhsNumber === undefined ? { types: [type], kind, id, body } : { types: [type], kind, id, body, nhsNumber },
    );
    if (kind === 'List') warnings.push(...listWarnings(body));
  };

  take(answer, '');
  // Only now is it known which ids are taken.
  const containers = records.flatMap((it, index) => (it.body['contained'] === undefined ? [] : [index]));
  const kinds = new Set(containers.flatMap((index) => containedKinds(records[index])));
  const bodies = firstBodies(records.filter((it) => kinds.has(it.kind)));
  for (const index of containers) {
    const record = records[index] as SourceRecord<Json>;
    const { body, hoisted } = hoist(record, (kind, id) => bodies.get(`${kind}/${id}`));
    records[index] = { ...record, body };
    for (const { kind, id, body: own } of hoisted) {
      const before = bodies.get(`${kind}/${id}`);
      if (isSame(before, own)) continue;
      keep(kind, id, own);
      if (before === undefined && rowOf(TYPES, kind)) bodies.set(`${kind}/${id}`, own);
    }
  }
  return {
    records,
    ...(warnings.length > 0 && { warnings: mergeWarnings(warnings) }),
    ...(issues.length > 0 && { issues }),
  };
};

const containedKinds = (record: SourceRecord<Json> | undefined): readonly unknown[] =>
  objects(record?.body['contained']).map((it) => it['resourceType']);

/** The bodies of records by kind and id; of several with the same the first. */
const firstBodies = (records: readonly SourceRecord<Json>[]): Map<string, Json> =>
  new Map(records.toReversed().map(({ kind, id, body }) => [`${kind}/${id}`, body]));

/** A contained copy of what the answer holds anyway is no record of its own. */
const isSame = (one: Json | undefined, other: Json): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other);

/** The NHS number by which a record names its patient, where it does so by identifier. */
const namedNumber = (body: Json): string | undefined => {
  const reference = body['subject'] ?? body['patient'];
  const identifier = isObject(reference) ? reference['identifier'] : undefined;
  return isObject(identifier) && identifier['system'] === SYSTEM.nhsNumber ? text(identifier['value']) : undefined;
};

const TYPE_NAME = /^[A-Z][A-Za-z]{1,40}$/;

const idOf = (resource: Json): string => {
  const { id } = resource;
  return typeof id === 'number' ? String(id) : (text(id) ?? contentId(JSON.stringify(resource)));
};
