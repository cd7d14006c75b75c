import { type CapabilityStatement, FaultError, type FhirResource } from '../fhir/index.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import { capabilityStatement, heading, type Published } from './capability-statement.ts';

export interface MetadataDeps extends Omit<Published, 'url'> {
  readonly sources: readonly ConfiguredSource[];
  /** The code systems that are served. */
  readonly codeSystems: readonly FhirResource[];
}

/**
 * What `/metadata` answers, made once for each base URL.
 * @throws FaultError 400 for a mode that FHIR does not have
 * @see https://hl7.org/fhir/R4/http.html#capabilities
 */
export const createMetadata = ({ sources, codeSystems, ...about }: MetadataDeps) => {
  const made = new Map<string, FhirResource>();
  const make = (mode: string, published: Published): FhirResource => {
    if (mode === 'terminology') return terminologyCapabilities(codeSystems, published);
    const statement = capabilityStatement(sources, published);
    return mode === 'normative' ? normativePart(statement) : statement;
  };
  return (mode: string, url: string): FhirResource => {
    if (!MODES.includes(mode)) throw new FaultError('value', `Expected one of ${MODES.join(', ')}.`, 'mode');
    const key = `${mode} ${url}`;
    const known = made.get(key);
    if (known) return known;
    const resource = make(mode, { ...about, url });
    made.set(key, resource);
    return resource;
  };
};

/** The modes of `/metadata`; the first where none is asked for. */
export const MODES: readonly string[] = ['full', 'normative', 'terminology'];

/** The resources whose form FHIR R4 promises to keep. */
const NORMATIVE: ReadonlySet<string> = new Set([
  'CodeSystem',
  'Observation',
  'OperationDefinition',
  'Patient',
  'StructureDefinition',
]);

/** The part of a statement that is about normative resources. */
const normativePart = ({ rest = [], ...statement }: CapabilityStatement): CapabilityStatement => ({
  ...statement,
  rest: rest.map(({ resource = [], ...it }) => ({
    ...it,
    resource: resource.filter(({ type }) => NORMATIVE.has(type)),
  })),
});

/** The code systems of our own: the only terminology there is here. */
const terminologyCapabilities = (codeSystems: readonly FhirResource[], published: Published): FhirResource => ({
  resourceType: 'TerminologyCapabilities',
  ...heading('PatientCoreRecordsTerminology', published),
  implementation: { description: 'The codes that answers use and this product defines.', url: published.url },
  codeSystem: codeSystems.flatMap((it) =>
    it.resourceType === 'CodeSystem' && it.url !== undefined
      ? [{ uri: it.url, version: [{ ...(it.version !== undefined && { code: it.version }), isDefault: true }] }]
      : [],
  ),
});
