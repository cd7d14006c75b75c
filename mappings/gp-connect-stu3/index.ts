/** GP Connect Access Record: Structured (FHIR STU3, CareConnect-GPC) to UK Core R4. */
import type { Mapping, SourceRecord } from '../../src/adapter/index.ts';
import {
  conform,
  findingIssue,
  isObject,
  type Json,
  list,
  type OperationOutcomeIssue,
  type ResourceType,
} from '../../src/fhir/index.ts';
import { isDegraded } from './codes.ts';
import { dialectOf } from './dialect.ts';
import { type Draft, moveResource } from './move.ts';
import { rowOf } from './objects.ts';
import type { Context } from './references.ts';
import { TYPES } from './types.ts';

export { added } from './added.ts';
export { AREA_TYPES } from './areas.ts';
export { notCarried } from './not-carried.ts';
export { split, splitScanned, TOLD } from './split.ts';

/** The R4 types that this dialect yields. */
export const R4_TYPES: readonly ResourceType[] = [...new Set(Object.values(TYPES).flatMap((it) => it?.type ?? []))];

/** Maps one STU3 resource: its elements are moved to their places in R4, and all the rest is kept by `conform`. */
export const map: Mapping<Json> = (record, context) => {
  const { kind, id, body } = record;
  const issues: OperationOutcomeIssue[] = [];
  const resource = conform(draftOf(record, context), dialectOf(context, body), ({ code, path }) =>
    issues.push(findingIssue(code, { kind, id, path })),
  );
  const coded = CODED.find((it) => isDegraded(body[it]));
  if (coded) issues.push(findingIssue('degraded-code', { kind, id, path: `${resource.resourceType}.${coded}` }));
  const resources = [{ localId: id, resource }];
  return issues.length > 0 ? { resources, issues } : { resources };
};

const CODED = ['code', 'vaccineCode'] as const;

const draftOf = ({ kind, id, body }: SourceRecord<Json>, context: Context): Draft => {
  const mapping = rowOf(TYPES, kind);
  if (!mapping) throw new TypeError('no mapping for this type');
  const draft = moveResource(mapping, { body, id, context });
  if (draft['contained'] !== undefined)
    draft['contained'] = list(draft['contained']).map((it) => (isObject(it) ? containedIn(it, context) : it));
  return draft;
};

/** What stays contained speaks STU3 as well. */
const containedIn = (body: Json, context: Context): Json => {
  const mapping = rowOf(TYPES, body['resourceType']);
  return mapping ? moveResource(mapping, { body, id: undefined, context }) : body;
};
