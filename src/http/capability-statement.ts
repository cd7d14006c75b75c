import type { CapabilityStatement } from '../fhir/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import { MAX_BATCH_ENTRIES } from './batch.ts';
import { FHIR_JSON, FHIR_XML } from './negotiate.ts';
import { offerOf, type ParameterOffer, type TypeOffer } from './offer.ts';
import { RESULT_PARAMETERS } from './result-parameters.ts';
import { ROUTES } from './routes.ts';
import { sourceExtension, typeExtensions } from './source-extensions.ts';

/** Who publishes, and from where. */
export interface Published {
  readonly version: string;
  readonly date: string;
  /** The FHIR base URL. */
  readonly url: string;
  /** Whether browsers may read answers. */
  readonly cors: boolean;
  /** False in another's host: it writes JSON alone, and serves none of our definitions and operations. */
  readonly isOwnDoor: boolean;
}

type Rest = NonNullable<CapabilityStatement['rest']>[number];
type TypeCapability = NonNullable<Rest['resource']>[number];

/** What the facade can do, computed from what its sources can. */
export const capabilityStatement = (
  sources: readonly ConfiguredSource[],
  published: Published,
): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  ...heading('PatientCoreRecords', published),
  implementation: {
    description: `One FHIR R4 UK Core endpoint over ${sources.map((it) => it.title).join(', ')}.`,
    url: published.url,
  },
  fhirVersion: '4.0.1',
  format: published.isOwnDoor ? [FHIR_JSON, FHIR_XML] : [FHIR_JSON],
  rest: [
    {
      extension: sources.map(sourceExtension),
      mode: 'server',
      documentation:
        'Every search is about one patient. The last entry of each searchset is an OperationOutcome with one issue per source: an empty answer is never the same as a missing one.',
      security: {
        cors: published.cors,
        description: 'Nobody is authenticated here: who may ask is for the API platform in front to decide.',
      },
      resource: [
        ...offerOf(sources).flatMap((it) => typeCapability(it, sources, published.isOwnDoor)),
        ...(published.isOwnDoor ? definitionTypes() : []),
      ].sort((a, b) => (a.type < b.type ? -1 : 1)),
      ...(published.isOwnDoor && { interaction: SYSTEM_INTERACTIONS }),
      searchParam: Object.entries(RESULT_PARAMETERS).map(([name, { type, documentation }]) => ({
        name,
        type,
        documentation,
      })),
    },
  ],
});

/** What stands at the head of any statement about this product. */
export const heading = (name: string, { version, date }: Published) => ({
  version,
  name,
  title: 'Patient Core Records API',
  status: 'active' as const,
  date,
  kind: 'instance' as const,
  software: { name: 'Patient Core Records API', version },
});

const typeCapability = (
  { type, profile, search, operations }: TypeOffer,
  sources: readonly ConfiguredSource[],
  isOwnDoor: boolean,
): readonly TypeCapability[] => {
  const extension = typeExtensions(type, sources);
  // What no source holds is put together at our own door.
  if (extension.length === 0 && !isOwnDoor) return [];
  const { includes = [], revIncludes = [], parameters = [] } = search ?? {};
  return [
    {
      ...(extension.length > 0 && { extension }),
      type,
      ...(profile !== undefined && { profile }),
      interaction: [{ code: 'read' }, ...(search ? [{ code: 'search-type' as const }] : [])],
      ...UNVERSIONED,
      ...(includes.length > 0 && { searchInclude: [...includes] }),
      ...(revIncludes.length > 0 && { searchRevInclude: [...revIncludes] }),
      ...(parameters.length > 0 && { searchParam: parameters.map(searchParam) }),
      ...(isOwnDoor &&
        operations.length > 0 && {
          operation: operations.map(({ name, definition, doc }) => ({ name, definition, documentation: doc })),
        }),
    },
  ];
};

const searchParam = ({ name, definition, type, documentation }: ParameterOffer) => ({
  name,
  ...(definition !== undefined && { definition }),
  type,
  documentation,
});

/** What is asked of the whole system. */
const SYSTEM_INTERACTIONS: NonNullable<Rest['interaction']> = [
  {
    code: 'batch',
    documentation: `Of GETs alone: reads, searches and operations, at most ${MAX_BATCH_ENTRIES} of them.`,
  },
];

const UNVERSIONED = { versioning: 'no-version', conditionalRead: 'not-match' } as const;

/** The types of the definitions that are served: of our own extensions, codes and operations. */
const definitionTypes = (): TypeCapability[] =>
  [...new Set(ROUTES.flatMap(({ action, type }) => (action === 'definition' && type ? [type] : [])))].map((type) => ({
    type: type as TypeCapability['type'],
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    ...UNVERSIONED,
    searchParam: [
      {
        name: 'url',
        definition: 'http://hl7.org/fhir/SearchParameter/conformance-url',
        type: 'uri',
        documentation: 'The canonical of the definition.',
      },
    ],
  }));
