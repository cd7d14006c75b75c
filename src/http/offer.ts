import { searchDocumentation } from '../fhir/definitions/documentation.ts';
import { type SearchParameter, searchParametersOf } from '../fhir/definitions/index.ts';
import { type ResourceType, SYSTEM, ukCoreProfileOf } from '../fhir/index.ts';
import { type Operation, OPERATIONS } from '../operations/table.ts';
import { type Include, includableTypes, readInclude } from '../search/request/include-parameter.ts';
import { searchedBy, servedBy } from '../search/ask/plan.ts';
import { parameterOf } from '../search/parameter/read-criterion.ts';
import { referenceParametersOf } from '../search/parameter/references.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** What is served of one type: /metadata and /openapi.json are two ways of writing it down. */
export interface TypeOffer {
  readonly type: ResourceType;
  readonly profile: string | undefined;
  /** Undefined for a type that is only read. */
  readonly search: SearchOffer | undefined;
  readonly operations: readonly Operation[];
}

export interface SearchOffer {
  /** The patient's own first. */
  readonly parameters: readonly ParameterOffer[];
  readonly includes: readonly string[];
  readonly revIncludes: readonly string[];
}

export interface ParameterOffer {
  readonly name: string;
  readonly type: SearchParameter['type'];
  readonly documentation: string;
  /** The canonical of its definition; undefined for what FHIR does not have. */
  readonly definition: string | undefined;
}

/** What the configured sources make possible, by type and in the order of the alphabet. */
export const offerOf = (sources: readonly ConfiguredSource[]): readonly TypeOffer[] => {
  const served = servedBy(sources);
  const searched = searchedBy(sources);
  // A patient summary is a Composition, whoever else has any.
  return [...served, ...(served.has('Composition') ? [] : (['Composition'] as const))].sort().map((type) => ({
    type,
    profile: ukCoreProfileOf(type),
    search: searched.has(type) ? searchOf(type, served) : type === 'Composition' ? summarySearch() : undefined,
    operations: OPERATIONS.filter(({ types }: Operation) =>
      types === 'searched' ? searched.has(type) : types.includes(type),
    ),
  }));
};

const searchOf = (type: ResourceType, served: ReadonlySet<ResourceType>): SearchOffer => ({
  parameters: parametersOf(type),
  includes: includes(type, { forward: true, served }),
  revIncludes: [...new Set(['Provenance:target', ...includes(type, { forward: false, served })])],
});

/** The search for the patient summary alone. */
const summarySearch = (): SearchOffer => ({
  parameters: parametersOf('Composition').filter((it) => it.name === 'patient' || it.name === 'type'),
  includes: [],
  revIncludes: [],
});

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

const parametersOf = (type: ResourceType): readonly ParameterOffer[] => {
  const patient = patientParameter(type);
  const others = Object.entries(searchParametersOf(type))
    .filter(([name]) => name !== patient.name && parameterOf(type, name))
    .map(([name, it]) => {
      const { text = name, definition } = searchDocumentation(type, name) ?? {};
      return { name, type: it.type, documentation: text, definition };
    });
  return [patient, ...others];
};

/** The parameter by which a search names its patient; of a type that has none in FHIR, it is ours. */
const patientParameter = (type: ResourceType): ParameterOffer => {
  const isPatient = type === 'Patient';
  const name = isPatient ? 'identifier' : 'patient';
  const how = isPatient
    ? `\`${SYSTEM.nhsNumber}|\` and the NHS number of the one patient the search is about, or \`_id\` with it.`
    : 'the NHS number of the one patient the search is about.';
  return {
    name,
    type: isPatient ? 'token' : 'reference',
    documentation: `Required: ${how}`,
    definition: searchDocumentation(type, name)?.definition,
  };
};
