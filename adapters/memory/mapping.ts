import { type Answer, type Mapping, SourceError, type SourceRecord } from '../../src/adapter/index.ts';
import {
  conform,
  type Finding,
  findingIssue,
  isObject,
  isResourceType,
  type Json,
  objects,
} from '../../src/fhir/index.ts';

/** An R4 resource as a record: the shortest `split` and `map` there are. */
export const recordOf = (body: Json): SourceRecord<Json> => {
  const { resourceType: kind, id } = body;
  return { types: isResourceType(kind) ? [kind] : [], kind: String(kind), id: String(id), body };
};

/** @throws SourceError `invalid-response` where the answer is no Bundle. */
export const split = (answer: unknown): Answer<Json> => {
  if (!isObject(answer) || answer['resourceType'] !== 'Bundle') throw new SourceError('invalid-response');
  return {
    records: objects(answer['entry'])
      .flatMap((it) => objects(it['resource']))
      .map(recordOf),
  };
};

export const map: Mapping<Json> = ({ kind, id, body }) => {
  const findings: Finding[] = [];
  const resource = conform(body, {}, (finding) => findings.push(finding));
  return {
    resources: [{ localId: id, resource }],
    issues: findings.map(({ code, path }) => findingIssue(code, { kind, id, path })),
  };
};
