import type { MappingContext } from '../../src/adapter/index.ts';
import { DATA_ABSENT_REASON, type Json, type Note, RESOURCE_TYPES } from '../../src/fhir/index.ts';
import type { Body } from './split.ts';

/** `Type/localId` of each resource of an answer, by the address of its entry. */
export type Links = ReadonlyMap<string, string>;

/** The links of an answer, built once for all its records. Where two resources share an address the first has it. */
export const linksOf = ({ memo, all }: MappingContext<Body>): Links =>
  memo('links', () => {
    const links = new Map<string, string>();
    for (const { kind, id, body } of RESOURCE_TYPES.flatMap(all)) {
      const address = body.fullUrl;
      if (address === undefined || !isOwn(address, `${kind}/${id}`)) continue;
      const key = keyOf(address);
      if (!links.has(key)) links.set(key, `${kind}/${id}`);
    }
    return links;
  });

/**
 * True for an absolute address that can be the resource's own: one that ends in a type and an id ends in these. An id
 * that FHIR forbids cannot stand in a reference at all.
 */
const isOwn = (address: string, local: string): boolean => {
  if (!/^[A-Za-z]+\/[^/\s]+$/.test(local)) return false;
  if (/^urn:/i.test(address)) return true;
  return /^https?:/i.test(address) && (address.endsWith(`/${local}`) || !/\/[A-Z][A-Za-z]+\/[^/]+$/.test(address));
};

/** A UUID is the same in either case. */
const keyOf = (address: string): string => (/^urn:/i.test(address) ? address.toLowerCase() : address);

/**
 * Reads references as FHIR resolves them inside one answer: by the address of an entry, else relative to the address of
 * the resource that holds the reference. One that leads elsewhere loses its address and keeps identifier and display.
 * @param fullUrl the address of the resource that holds the references.
 * @see https://hl7.org/fhir/R4/bundle.html#references
 */
export const createResolver = (links: Links, fullUrl: string | undefined): ((reference: Json, note: Note) => Json) => {
  const base = /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[^/]+$/.exec(fullUrl ?? '')?.[1];
  return (given, note) => {
    const { reference, ...rest } = given;
    if (typeof reference !== 'string') return given;
    const local = links.get(keyOf(reference)) ?? withoutBase(reference, base);
    if (local !== undefined) return local === reference ? given : { ...given, reference: local };
    const { type, identifier } = searchedFor(reference);
    if (identifier && rest['identifier'] === undefined) {
      note('repaired-form');
      return { type, ...rest, identifier };
    }
    if (!identifier && !/^(urn|https?):/i.test(reference)) return given;
    note('unresolved-reference');
    return hasContent(rest) ? rest : { ...rest, extension: [{ url: DATA_ABSENT_REASON, valueCode: 'unknown' }] };
  };
};

/** An address at the same server as the resource's own, relative to it. */
const withoutBase = (reference: string, base: string | undefined): string | undefined => {
  const relative =
    base !== undefined && reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : undefined;
  return relative !== undefined && /^[A-Z][A-Za-z]+\/[^/?#]+(\/_history\/[^/?#]+)?$/.test(relative)
    ? relative
    : undefined;
};

/** A conditional reference, as transactions have it: `Practitioner?identifier=system|value`. */
const searchedFor = (reference: string): { readonly type?: string; readonly identifier?: Json } => {
  const [, type, system, value] = /^([A-Z][A-Za-z]+)\?identifier=([^|&\s]+)\|([^&\s]+)$/.exec(reference) ?? [];
  return type === undefined ? {} : { type, identifier: { system, value } };
};

const hasContent = (reference: Json): boolean =>
  'identifier' in reference || 'display' in reference || 'extension' in reference;
