import { type Answer, SourceError, type SourceRecord } from '../../src/adapter/index.ts';
import { asLocalId, contentId, findingIssue, isObject, type Json, list, objects } from '../../src/fhir/index.ts';

/** Cuts an answer into the patient and the visits. @throws SourceError `invalid-response` where it is no answer. */
export const split = (answer: unknown): Answer<Json> => {
  if (!isObject(answer)) throw new SourceError('invalid-response');
  const { patient, visits, ...rest } = answer;
  return {
    records: [...objects(patient).map(patientRecord), ...objects(visits).map(visitRecord)],
    issues: [...strangers({ patient }), ...strangers({ visits }), ...Object.keys(rest).map(unknownPart)],
  };
};

const patientRecord = (body: Json): SourceRecord<Json> => ({
  kind: 'patient',
  types: ['Patient'],
  id: asLocalId(body['no']) ?? contentId(JSON.stringify(body)),
  body,
});

const visitRecord = (body: Json): SourceRecord<Json> => ({
  kind: 'visits',
  types: ['Encounter'],
  id: asLocalId(body['no']) ?? contentId(JSON.stringify(body)),
  body,
});

/** What stands where records stand and is none. */
const strangers = (part: Json) =>
  Object.entries(part).flatMap(([kind, value]) =>
    list(value).flatMap((it, at) => (isObject(it) ? [] : [findingIssue('unmapped-record', { kind, id: String(at) })])),
  );

const unknownPart = (name: string) => findingIssue('unknown-type', { kind: 'answer', id: name });
