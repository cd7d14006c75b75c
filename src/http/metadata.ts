import type { CapabilityStatement, ResourceType } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import { ukCoreProfileOf } from '../fhir/index.ts';
import { KINDS } from '../search/match/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

export interface Published {
  readonly version: string;
  readonly date: string;
  readonly url: string;
}

/** The types that at least one source holds, in alphabetical order. */
export const servedTypes = (sources: readonly ConfiguredSource[]): ResourceType[] =>
  [...new Set(sources.flatMap((it) => Object.keys(it.capabilities.types) as ResourceType[]))].sort();

/** What the facade can do, computed from what its sources can. */
export const capabilityStatement = (
  sources: readonly ConfiguredSource[],
  { version, date, url }: Published,
): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date,
  kind: 'instance',
  software: { name: 'Patient Core Records API', version },
  implementation: {
    description: `One FHIR R4 UK Core endpoint over ${sources.map((it) => it.title).join(', ')}.`,
    url,
  },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'application/fhir+xml'],
  rest: [
    {
      mode: 'server',
      documentation:
        'Every search is about one patient. The last entry of each searchset is an OperationOutcome with one issue per source: an empty answer is never the same as a missing one.',
      resource: servedTypes(sources).map((type, _, types) => typeCapability(type, types)),
    },
  ],
});

type TypeCapability = NonNullable<NonNullable<CapabilityStatement['rest']>[number]['resource']>[number];

const typeCapability = (type: ResourceType, types: readonly ResourceType[]): TypeCapability => {
  const profile = ukCoreProfileOf(type);
  return {
    type,
    ...(profile !== undefined && { profile }),
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    versioning: 'no-version',
    searchInclude: referenceParameters(type),
    searchRevInclude: ['Provenance:target', ...types.flatMap((it) => referencesTo(it, type))],
    searchParam: searchParams(type),
  };
};

/** The reference parameters of a type, as `_include` names them. */
const referenceParameters = (type: ResourceType): string[] =>
  Object.entries(searchParametersOf(type)).flatMap(([name, it]) =>
    it.type === 'reference' ? [`${type}:${name}`] : [],
  );

/** The reference parameters of one type that may point at another. */
const referencesTo = (from: ResourceType, type: ResourceType): string[] =>
  Object.entries(searchParametersOf(from)).flatMap(([name, it]) =>
    it.type === 'reference' && (it.targets?.includes(type) ?? true) ? [`${from}:${name}`] : [],
  );

const searchParams = (type: ResourceType): NonNullable<TypeCapability['searchParam']> => {
  const parameters = Object.entries(searchParametersOf(type)).filter(([, it]) => KINDS[it.type] ?? it.components);
  const patient = {
    name: type === 'Patient' ? 'identifier' : 'patient',
    type: type === 'Patient' ? ('token' as const) : ('reference' as const),
    documentation: 'Required: the NHS number of the one patient the search is about.',
  };
  return [
    patient,
    ...parameters.filter(([name]) => name !== patient.name).map(([name, it]) => ({ name, type: it.type })),
  ];
};
