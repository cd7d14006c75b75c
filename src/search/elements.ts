import { elementsOf, type FhirResource, type Json } from '../fhir/index.ts';
import type { Summary } from './request/shape.ts';

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };
const ALWAYS = ['resourceType', 'id', 'meta'];

/**
 * A part of a resource, tagged SUBSETTED: the elements asked for, or what a summary holds. What R4 requires always stays,
 * and so does what changes the meaning of the rest: nobody shall see a medication without seeing that it is not to be given.
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export const subset = (
  resource: FhirResource,
  elements: readonly string[] | undefined,
  summary: Summary,
): FhirResource => {
  const keep = keeper(resource.resourceType, elements, summary);
  if (!keep) return resource;
  const entries = Object.entries(resource as unknown as Json).filter(([name]) => keep(name.replace(/^_/, '')));
  const { meta } = resource;
  const tagged = { ...meta, tag: [...(meta?.tag ?? []), SUBSETTED] };
  return { ...(Object.fromEntries(entries) as object), meta: tagged } as FhirResource;
};

const keeper = (
  type: string,
  elements: readonly string[] | undefined,
  summary: Summary,
): ((name: string) => boolean) | undefined => {
  const definitions = elementsOf(type) ?? {};
  const stays = (name: string): boolean =>
    ALWAYS.includes(name) || definitions[name]?.min === 1 || definitions[name]?.modifier === 1;
  if (elements) {
    // A choice is asked for by its own name or that of its choice: `value`, `valueQuantity`.
    return (name) => stays(name) || elements.includes(name) || elements.includes(definitions[name]?.of ?? '');
  }
  switch (summary) {
    case 'true':
      return (name) => stays(name) || definitions[name]?.summary === 1;
    case 'text':
      return (name) => stays(name) || name === 'text';
    case 'data':
      return (name) => name !== 'text';
    case 'count':
    case 'false':
      return undefined;
    default:
      return summary satisfies never;
  }
};
