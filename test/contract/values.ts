import { definitionOf, parameters } from '../search/official.ts';
import type { Parameter } from './document.ts';

export const NHS = '9990000018';

/** A value that any search parameter of a kind takes. */
const VALUES: Readonly<Record<string, string>> = {
  token: 'x',
  string: 'x',
  uri: 'http://example.org/x',
  date: '2024',
  number: '1',
  quantity: '1',
  reference: `Patient/${NHS}`,
};

/** A plausible value for a search parameter of a type. */
export const valueFor = (type: string, name: string): string => {
  if (name === 'patient' || name === 'subject') return NHS;
  if (type === 'Patient' && name === 'identifier') return `https://fhir.nhs.uk/Id/nhs-number|${NHS}`;
  if (type === 'Patient' && name === '_id') return NHS;
  const { type: kind, component = [] } = definitionOf(type, name);
  if (kind !== 'composite') return VALUES[kind] ?? 'x';
  return component
    .map((it) => VALUES[parameters.find(({ url }) => url === it.definition)?.type ?? ''] ?? 'x')
    .join('$');
};

/** A value that shapes an answer without hiding it, by name. */
const SHAPING: Readonly<Record<string, string>> = {
  _sort: '_id',
  _count: '5',
  _include: '*',
  _revinclude: 'Provenance:target',
  _elements: 'id',
  _total: 'accurate',
  _since: '2000-01-01',
  start: '1900',
  end: '2100',
  _type: 'Patient',
  mode: 'full',
  url: 'https://patient-core-records.example/fhir/CodeSystem/completeness',
};

/** A plausible value for a parameter that shapes an answer: one of those listed, or one that its name asks for. */
export const shapeFor = ({ name, schema }: Parameter): string | undefined =>
  SHAPING[name] ?? (schema['enum'] as readonly string[] | undefined)?.[0];
