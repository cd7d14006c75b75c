import { hash } from 'node:crypto';
import type { Bundle, BundleEntry, FhirResource, OperationOutcome } from '../fhir/index.ts';
import { type Coding, pack, type Packed } from './compress.ts';
import { FHIR_JSON, FHIR_XML, type Format } from './negotiate.ts';

/** The content type of a form. */
export const typeOf = ({ form }: Format): string => (form === 'json' ? FHIR_JSON : FHIR_XML);

const packed = new WeakMap<FhirResource, Map<string, Promise<Packed>>>();

/** Writes a resource in the form asked for, and packs it if asked: once, however often the very same resource is answered. */
export const writeBody = async (resource: FhirResource, format: Format, coding?: Coding): Promise<Packed> => {
  if (coding === undefined) return { parts: await write(resource, format) };
  const key = `${coding} ${format.form} ${format.pretty}`;
  let own = packed.get(resource);
  if (!own) packed.set(resource, (own = new Map<string, Promise<Packed>>()));
  let body = own.get(key);
  if (!body) own.set(key, (body = write(resource, format).then((parts) => pack(parts, coding))));
  return body;
};

/** XML is loaded when first asked for. */
const write = async (resource: FhirResource, { form, pretty }: Format): Promise<readonly Buffer[]> => {
  if (form === 'json') return pretty ? [textOf(resource, 2)] : jsonOf(resource);
  const { toXml } = await import('../fhir/xml/index.ts');
  return [Buffer.from(toXml(resource, { pretty }))];
};

const textOf = (value: unknown, indent?: number): Buffer => Buffer.from(JSON.stringify(value, null, indent));

/** A Bundle is written entry by entry, each once, however many answers it stands in. */
const jsonOf = (resource: FhirResource): readonly Buffer[] => {
  if (resource.resourceType !== 'Bundle' || !resource.entry) return [textOf(resource)];
  const { entry, ...head } = resource;
  const entries = entry.map((it, at) => (at === 0 ? fragmentOf(it).bytes.subarray(1) : fragmentOf(it).bytes));
  return [Buffer.from(`${JSON.stringify(head).slice(0, -1)},"entry":[`), ...entries, CLOSE];
};

const CLOSE = Buffer.from(']}');

/** An entry as it is written in JSON, after a comma. */
interface Fragment {
  readonly bytes: Buffer;
  readonly digest: string;
}

const fragments = new WeakMap<BundleEntry, Fragment>();

const fragmentOf = (entry: BundleEntry): Fragment => {
  let fragment = fragments.get(entry);
  if (!fragment) {
    const bytes = Buffer.from(`,${JSON.stringify(entry)}`);
    fragments.set(entry, (fragment = { bytes, digest: sha1(bytes) }));
  }
  return fragment;
};

/** What tells one content from another, in one form: of a Bundle a digest of its entries' digests. */
export const etagOf = (resource: FhirResource, form: Format['form']): string =>
  `W/"${resource.resourceType === 'Bundle' ? digestOf(resource) : sha1(JSON.stringify(resource))}-${form}"`;

/** The same however long the sources took: of the ledger only its statuses count, since times are new in every answer. */
const digestOf = ({ entry = [], ...head }: Bundle): string => {
  const parts = entry.flatMap((it) => {
    const { resource, search } = it;
    if (search?.mode === 'outcome')
      return (resource as OperationOutcome).issue.map(({ details, diagnostics, expression }) =>
        JSON.stringify([details, diagnostics, expression]),
      );
    return resource?.resourceType === 'Provenance' ? [] : [fragmentOf(it).digest];
  });
  return sha1([JSON.stringify(head), ...parts].join('\n'));
};

const sha1 = (content: Buffer | string): string => hash('sha1', content, 'base64url');
