import { createHash } from 'node:crypto';
import type { FhirResource, OperationOutcome } from '../fhir/index.ts';
import { FHIR_JSON, FHIR_XML, type Format } from './negotiate.ts';

export interface Body {
  readonly type: string;
  readonly text: string;
  /** The same for the same content, however long the sources took for it. */
  readonly etag: string;
}

/** Writes a resource in the form asked for; XML is loaded when first asked for. */
export const writeBody = async (resource: FhirResource, { form, pretty }: Format): Promise<Body> => {
  const etag = etagOf(resource, form);
  if (form === 'json') return { type: FHIR_JSON, text: JSON.stringify(resource, null, pretty ? 2 : undefined), etag };
  const { toXml } = await import('../fhir/xml/index.ts');
  return { type: FHIR_XML, text: toXml(resource, { pretty }), etag };
};

/** What tells one content from another, in one form. */
export const etagOf = (resource: FhirResource, form: Format['form']): string => `W/"${digest(resource)}-${form}"`;

/** A digest of what is answered: of the ledger only its statuses, since times are new in every answer. */
const digest = (resource: FhirResource): string => {
  const hash = createHash('sha1');
  if (resource.resourceType !== 'Bundle') return hash.update(JSON.stringify(resource)).digest('base64url');
  const { entry = [], ...rest } = resource;
  hash.update(JSON.stringify(rest));
  for (const { resource: own, search, response } of entry) {
    if (search?.mode === 'outcome')
      hash.update(
        JSON.stringify((own as OperationOutcome).issue.map((it) => [it.details, it.diagnostics, it.expression])),
      );
    else if (own?.resourceType !== 'Provenance')
      hash.update(JSON.stringify(response ? { own, response } : (own ?? null)));
  }
  return hash.digest('base64url');
};
