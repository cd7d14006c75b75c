import type { Mapping } from '../../src/adapter/index.ts';
import {
  conform,
  type Finding,
  findingIssue,
  isObject,
  type Json,
  type OperationOutcomeIssue,
} from '../../src/fhir/index.ts';
import { createDialect } from './dialect.ts';
import { linksOf } from './references.ts';
import type { Body } from './split.ts';

export { added } from './added.ts';
export { notCarried } from './not-carried.ts';
export { type Body, split } from './split.ts';
export { canonicalSystem } from './codes.ts';

/**
 * An R4 resource of any server to a UK Core one. R4 is the target's own language: everything passes under its own name,
 * and only what differs between servers is translated (see dialect.ts).
 */
export const map: Mapping<Body> = ({ kind, id, body: { resource, fullUrl } }, context) => {
  const issues: OperationOutcomeIssue[] = [];
  const report = ({ code, path }: Finding): void => void issues.push(findingIssue(code, { kind, id, path }));
  const mapped = conform(
    { ...resource, meta: ownMeta(resource['meta']) },
    createDialect(linksOf(context), fullUrl),
    report,
  );
  return { resources: [{ localId: id, resource: mapped }], issues };
};

/** What the source says of its own copy; its claims of profiles and of where it came from are the facade's to make. */
const ownMeta = (meta: unknown): Json | undefined =>
  isObject(meta) ? { ...meta, profile: undefined, source: undefined } : undefined;
