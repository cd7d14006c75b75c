import { type Answer, SourceError, type SourceRecord, type SourceWarning } from '../../src/adapter/index.ts';
import {
  contentId,
  findingIssue,
  isObject,
  type Json,
  list,
  type OperationOutcomeIssue,
  text,
} from '../../src/fhir/index.ts';
import { isMapped } from './types.ts';
import { warningsOf } from './warnings.ts';

/** One resource as the source sent it, with the address that its Bundle gave it. */
export interface Body {
  readonly resource: Json;
  readonly fullUrl?: string;
}

/**
 * Cuts an R4 answer into its resources: a Bundle of any type or none, Bundles inside it, or one resource. What an
 * OperationOutcome says becomes a warning, a type that is no part of a record an issue.
 * @throws SourceError `invalid-response` where the answer is no FHIR resource.
 */
export const split = (answer: unknown): Answer<Body> => {
  if (!isObject(answer) || typeof answer['resourceType'] !== 'string') throw new SourceError('invalid-response');
  const records: SourceRecord<Body>[] = [];
  const warnings: SourceWarning[] = [];
  const issues: OperationOutcomeIssue[] = [];
  for (const { resource, fullUrl, place } of resourcesOf(answer)) {
    const type = isObject(resource) ? resource['resourceType'] : undefined;
    if (!isObject(resource)) issues.push(findingIssue('unknown-type', { kind: 'entry', id: place }));
    else if (type === 'OperationOutcome') warnings.push(...warningsOf(resource));
    else if (!isMapped(type))
      issues.push(findingIssue('unknown-type', { kind: nameOf(type), id: idOf(resource, fullUrl) }));
    else {
      const body = { resource, ...(fullUrl !== undefined && { fullUrl }) };
      records.push({ types: [type], kind: type, id: idOf(resource, fullUrl), body });
    }
  }
  return { records, warnings, issues };
};

interface Entry {
  readonly resource: unknown;
  readonly fullUrl: string | undefined;
  /** Its position in the Bundle: `3`, or `3.0` in a Bundle that stands there. */
  readonly place: string;
}

const resourcesOf = (resource: unknown, fullUrl?: string, place = ''): readonly Entry[] => {
  if (!isObject(resource) || resource['resourceType'] !== 'Bundle') return [{ resource, fullUrl, place }];
  return list(resource['entry']).flatMap((entry, index) => {
    const { resource: inner, fullUrl: address, response } = isObject(entry) ? entry : {};
    const held = inner ?? (isObject(response) ? response['outcome'] : undefined);
    return resourcesOf(held, text(address), place === '' ? String(index) : `${place}.${index}`);
  });
};

/** The source's own id: that of the resource, else the last part of its address, else one made of its content. */
const idOf = (resource: Json, fullUrl: string | undefined): string => {
  const { id } = resource;
  const own = typeof id === 'number' ? String(id) : text(id);
  return (
    own ??
    /^urn:uuid:(.+)$/i.exec(fullUrl ?? '')?.[1] ??
    restId(resource, fullUrl) ??
    contentId(JSON.stringify(resource))
  );
};

const restId = ({ resourceType }: Json, fullUrl = ''): string | undefined => {
  const [type, id] = fullUrl.split('/').slice(-2);
  return type === resourceType && id ? id : undefined;
};

const nameOf = (type: unknown): string =>
  typeof type === 'string' && /^[A-Za-z]{1,64}$/.test(type) ? type : 'unknown';
