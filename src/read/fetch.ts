import type { Call } from '../adapter/index.ts';
import type { NhsNumber, ResourceType } from '../fhir/index.ts';
import type { Unsealed } from '../fhir/sealed-id.ts';
import { fanOut, type Result } from '../search/ask/fan-out.ts';
import { readRecord } from '../search/ask/read-record.ts';
import type { SearchDeps } from '../search/search.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** What an id asks for. */
export interface Wanted {
  readonly source: ConfiguredSource;
  readonly type: ResourceType;
  readonly patient: NhsNumber;
  /** Numbers that the patient's superseded, the one in the id among them. */
  readonly former?: readonly NhsNumber[];
  readonly unsealed: Unsealed;
}

/**
 * A source that can read is asked for the record; another for all of the patient's, since the id is only ours to match.
 * Where patients are traced their own Patient comes along, to be compared.
 */
export const fetch = async (wanted: Wanted, deps: SearchDeps, call: Call): Promise<Result> => {
  const { source, type, patient, unsealed } = wanted;
  const { localId } = unsealed;
  const { scope, types } = source.capabilities;
  const patientToo = deps.tracer !== undefined && type !== 'Patient' && types.Patient?.search !== undefined;
  const searchFor = async (queries: readonly (readonly ResourceType[])[]): Promise<Result> => {
    const asked = queries.map((it) => ({ patient, types: it, filters: [], count: 200 }));
    const plan = { mapped: new Set([type, 'Patient'] as const), steps: [{ source, queries: asked }] };
    const [result] = await fanOut(plan, deps, call);
    return result ? asOfNow(result) : { source, outcome: 'not-asked' };
  };
  if (source.source.read && localId !== undefined && types[type]?.read) {
    const record = readRecord(source, { type, localId, patient }, { deps, call });
    return patientToo ? together(...(await Promise.all([record, searchFor([['Patient']])]))) : record;
  }
  if (scope === 'record') return searchFor([Object.keys(types) as ResourceType[]]);
  return searchFor(patientToo ? [[type], ['Patient']] : [[type]]);
};

/** A record that is read goes without an account that could tell its age: what a source said before is no answer. */
const asOfNow = (result: Result): Result => {
  if (result.outcome !== 'answered' || !result.insteadOf) return result;
  const { source, insteadOf: error, fetchedAt, latencyMs } = result;
  return { source, outcome: 'failed', error, fetchedAt, latencyMs };
};

/** A record, with the Patients that came beside it. */
const together = (record: Result, whose: Result): Result => {
  if (record.outcome !== 'answered' || whose.outcome !== 'answered') return record;
  const records = [...record.answer.records, ...whose.answer.records];
  const patientIds = [...new Set([...record.answer.patientIds, ...whose.answer.patientIds])];
  return { ...record, answer: { ...record.answer, records, patientIds }, parts: [...record.parts, ...whose.parts] };
};
