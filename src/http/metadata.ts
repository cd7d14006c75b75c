import { searchParametersOf } from '../fhir/definitions/index.ts';
import { type CapabilityStatement, type ResourceType, ukCoreProfileOf } from '../fhir/index.ts';
import { type Operation, OPERATIONS } from '../operations/table.ts';
import { includableTypes, type Include, readInclude } from '../search/include-parameter.ts';
import { servedBy } from '../search/plan.ts';
import { parameterOf } from '../search/read-criterion.ts';
import { referenceParametersOf } from '../search/references.ts';
import { SHAPE_PARAMETERS } from '../search/shape.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import { MAX_BATCH_ENTRIES } from './batch.ts';
import { FHIR_JSON, FHIR_XML } from './negotiate.ts';

export interface Published {
  readonly version: string;
  readonly date: string;
  readonly url: string;
}

/** What the facade can do, computed from what its sources can. */
export const capabilityStatement = (
  sources: readonly ConfiguredSource[],
  { version, date, url }: Published,
): CapabilityStatement => {
  const served = servedBy(sources);
  const isSearched = (type: ResourceType): boolean => sources.some((it) => it.capabilities.types[type]?.search);
  return {
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
    format: [FHIR_JSON, FHIR_XML],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every search is about one patient. The last entry of each searchset is an OperationOutcome with one issue per source: an empty answer is never the same as a missing one.',
        interaction: [
          {
            code: 'batch',
            documentation: `Of GETs alone: reads, searches and operations, at most ${MAX_BATCH_ENTRIES} of them.`,
          },
        ],
        resource: [...served].sort().map((type) => typeCapability(type, isSearched(type) ? served : undefined)),
        searchParam: [...new Set(SHAPE_PARAMETERS.map((it) => it.replace(/:.*/, ''))), '_has'].map((name) => ({
          name,
          type: 'special' as const,
        })),
      },
    ],
  };
};

type TypeCapability = NonNullable<NonNullable<CapabilityStatement['rest']>[number]['resource']>[number];

/** @param served the types that includes may reach; undefined for a type that is only read. */
const typeCapability = (type: ResourceType, served: ReadonlySet<ResourceType> | undefined): TypeCapability => {
  const profile = ukCoreProfileOf(type);
  return {
    type,
    ...(profile !== undefined && { profile }),
    interaction: [{ code: 'read' }, ...(served ? [{ code: 'search-type' as const }] : [])],
    versioning: 'no-version',
    conditionalRead: 'not-match',
    ...operationsOf(type, served !== undefined),
    ...(served && {
      searchInclude: includes(type, { forward: true, served }),
      searchRevInclude: [...new Set(['Provenance:target', ...includes(type, { forward: false, served })])],
      searchParam: searchParams(type),
    }),
  };
};

const operationsOf = (type: ResourceType, isSearched: boolean): Pick<TypeCapability, 'operation'> => {
  const own = OPERATIONS.filter(({ types }: Operation) => (types === 'searched' ? isSearched : types.includes(type)));
  return own.length === 0 ? {} : { operation: own.map(({ name, definition }) => ({ name, definition })) };
};

/** Every include that can bring something in: of the type itself, or of all that may refer to it. */
const includes = (
  type: ResourceType,
  { forward, served }: Pick<Include, 'forward'> & { readonly served: ReadonlySet<ResourceType> },
): string[] =>
  ['*', ...(forward ? [type] : [...served].sort()).flatMap(includeNames)].filter((it) => {
    const include = readInclude(it, { forward, iterate: false });
    return include && includableTypes(type, include, served).length > 0;
  });

const includeNames = (type: ResourceType): string[] =>
  ['*', ...referenceParametersOf(type).map((it) => it.code)].map((code) => `${type}:${code}`);

const searchParams = (type: ResourceType): NonNullable<TypeCapability['searchParam']> => {
  const parameters = Object.entries(searchParametersOf(type)).filter(([name]) => parameterOf(type, name));
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
