import {
  type Answer,
  lazyRecord,
  SourceError,
  type SourceRecord,
  type SourceWarning,
} from '../../src/adapter/index.ts';
import {
  contentId,
  findingIssue,
  isObject,
  type Json,
  list,
  objects,
  type OperationOutcomeIssue,
  parseJson,
  type ScannedBundle,
  type ScannedResource,
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
  const cut = createCut();
  cut.take(answer, '');
  return cut.end();
};

/** Members that are told of when a Bundle is scanned: what they hold may be the whole answer's to know. */
export const TOLD = ['contained', 'subject.identifier', 'patient.identifier', 'extension'] as const;

/** The same for a Bundle that was scanned and told its {@link TOLD}: what is a record and no more is parsed when looked at. */
export const splitScanned = ({ resources }: ScannedBundle): Answer<Json> => {
  const cut = createCut();
  resources.forEach((it, index) => {
    const type = rowOf(TYPES, it.resourceType)?.type;
    if (type === undefined || isToldOf(it)) cut.take(parseJson(it.text), String(index));
    else cut.add(lazyRecord([type], it));
  });
  return cut.end();
};

/** True for what contains others, names its patient, or may warn. */
const isToldOf = ({ resourceType, has, text }: ScannedResource): boolean =>
  has.size > 0 && TOLD.some((it) => has.has(it) && (it !== 'extension' || (resourceType === 'List' && mayWarn(text))));

/** Any letter can be written as an escape. */
const mayWarn = (list: Buffer): boolean => list.includes('ListWarningCode') || list.includes('\\u');

interface Cut {
  readonly take: (resource: unknown, place: string) => void;
  /** A record that contains nothing and says nothing of the answer. */
  readonly add: (record: SourceRecord<Json>) => void;
  readonly end: () => Answer<Json>;
}

const createCut = (): Cut => {
  const records: SourceRecord<Json>[] = [];
  const containers: number[] = [];
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
    if (body['contained'] !== undefined) containers.push(records.length);
    const nhsNumber = namedNumber(body);
    records.push(
      nhsNumber === undefined ? { types: [type], kind, id, body } : { types: [type], kind, id, body, nhsNumber },
    );
    if (kind === 'List') warnings.push(...listWarnings(body));
  };
  /** Contained resources become records only when it is known which ids are taken. */
  const hoistAll = (): void => {
    const kinds = new Set(containers.flatMap((index) => containedKinds(records[index])));
    const known = firstOf(records.filter((it) => kinds.has(it.kind)));
    for (const index of [...containers]) {
      const record = records[index] as SourceRecord<Json>;
      const { body, hoisted } = hoist(record, (kind, id) => known.get(`${kind}/${id}`)?.body);
      records[index] = { ...record, body };
      for (const { kind, id, body: own } of hoisted) {
        const before = known.get(`${kind}/${id}`);
        if (before && isSame(before.body, own)) continue;
        keep(kind, id, own);
        if (!before && rowOf(TYPES, kind)) known.set(`${kind}/${id}`, { body: own });
      }
    }
  };

  return {
    take,
    add: (record) => void records.push(record),
    end: () => {
      hoistAll();
      return {
        records,
        ...(warnings.length > 0 && { warnings: mergeWarnings(warnings) }),
        ...(issues.length > 0 && { issues }),
      };
    },
  };
};

const containedKinds = (record: SourceRecord<Json> | undefined): readonly unknown[] =>
  objects(record?.body['contained']).map((it) => it['resourceType']);

/** Records by kind and id; of several with the same the first. */
const firstOf = (records: readonly SourceRecord<Json>[]): Map<string, Pick<SourceRecord<Json>, 'body'>> =>
  new Map(records.toReversed().map((it) => [`${it.kind}/${it.id}`, it]));

/** A contained copy of what the answer holds anyway is no record of its own. */
const isSame = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);

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
