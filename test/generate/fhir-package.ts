/* eslint max-params: 'off' -- rows and elements of definitions are tuples */
/**
 * Writes src/fhir/package: the project's extensions and codes as a FHIR package folder, from the tables in the code:
 * `npm run generate`. A test checks that the committed folder is what this script writes.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BASE, EXTENSIONS, extensionUrl, type ExtensionRow, SYSTEM } from '../../src/fhir/index.ts';
import { FINDING_TEXT } from '../../src/fhir/finding.ts';
import { ALLERGY_STATES } from '../../src/link/allergies.ts';
import { POLICY_VERSION } from '../../src/link/policy.ts';
import { LINK_RULES } from '../../src/link/rules.ts';
import { type Operation, OPERATIONS } from '../../src/operations/table.ts';
import { STATUS } from '../../src/search/account/status.ts';

const target = join(import.meta.dirname, '../../src/fhir/package');
const VERSION = '0.1.0';
const PUBLISHER = 'Patient Core Records API';

type Element = Record<string, unknown> & { id: string; path: string };

/** Every file of the package by name. */
export const packageFiles = (): ReadonlyMap<string, string> => {
  const files = new Map<string, unknown>();
  for (const [name, row] of Object.entries(EXTENSIONS))
    files.set(`StructureDefinition-${name}.json`, structureDefinition(name, row));
  for (const system of codeSystems()) files.set(`CodeSystem-${system.id}.json`, system);
  for (const it of OPERATIONS.filter(({ definition }) => definition.startsWith(BASE)))
    files.set(`OperationDefinition-${it.name}.json`, operationDefinition(it));
  const listed = [...files].map(([filename, it]) => {
    const { resourceType, id, url, version } = it as Record<string, string>;
    return { filename, resourceType, id, url, version };
  });
  files.set('.index.json', { 'index-version': 1, files: listed });
  files.set('package.json', {
    name: 'patient-core-records-api.fhir',
    version: VERSION,
    title: `${PUBLISHER}: extensions and codes`,
    description: 'The extensions and code systems that the answers of the Patient Core Records API use.',
    fhirVersions: ['4.0.1'],
    dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
    canonical: BASE,
    author: PUBLISHER,
  });
  return new Map([...files].map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]));
};

const codeSystems = () => [
  codeSystem(
    'source-status',
    SYSTEM.sourceStatus,
    'Source status',
    'What happened at a source.',
    Object.entries(STATUS).map(([code, it]) => [code, `The source ${it.text}`]),
  ),
  codeSystem('completeness', SYSTEM.completeness, 'Completeness', 'Whether an answer holds all that was asked for.', [
    ['complete', 'Every source that could hold the type gave all that it has.'],
    ['partial', 'At least one source is missing, or holds something back.'],
    ['unknown', 'The identity of the patient could not be traced.'],
  ]),
  codeSystem(
    'mapping-finding',
    SYSTEM.finding,
    'Mapping finding',
    'What a mapping found wrong with a source record.',
    Object.entries(FINDING_TEXT),
  ),
  codeSystem(
    'link-rule',
    SYSTEM.linkRule,
    'Link rule',
    `The rules by which records are linked, policy ${POLICY_VERSION}.`,
    LINK_RULES.map(({ id, tier, relation, text }) => [id, `${tier}, ${relation}: ${text}`]),
  ),
  codeSystem(
    'allergy-state',
    SYSTEM.allergyState,
    'Allergy state',
    "What an answer can say of the patient's allergies as a whole.",
    Object.entries(ALLERGY_STATES).map(([code, it]) => [code, it.text]),
  ),
  {
    ...codeSystem(
      'link-group',
      SYSTEM.linkGroup,
      'Link group',
      'The group of records that linking joins. The codes are keyed fingerprints of what the records have in common.',
      [],
    ),
    content: 'not-present',
  },
  {
    ...codeSystem(
      'source',
      SYSTEM.source,
      'Source',
      'The source an entry came from. The codes are the ids of the configured sources.',
      [],
    ),
    content: 'not-present',
  },
];

const operationDefinition = ({ name, title, doc, definition, level, types, parameters, returns }: Operation) => ({
  resourceType: 'OperationDefinition',
  id: name,
  url: definition,
  version: VERSION,
  name: `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`,
  title,
  status: 'active',
  kind: 'operation',
  publisher: PUBLISHER,
  description: parameters === 'search' ? `${doc} It takes the search parameters of the type.` : doc,
  affectsState: false,
  code: name,
  resource: types === 'searched' ? ['Resource'] : types,
  system: false,
  type: level === 'type',
  instance: level === 'instance',
  parameter: [
    ...(parameters === 'search'
      ? []
      : parameters.map(({ doc: documentation, ...it }) => ({ ...it, use: 'in', documentation }))),
    { name: 'return', use: 'out', min: 1, max: '1', type: returns },
  ],
});

const codeSystem = (
  id: string,
  url: string,
  title: string,
  description: string,
  concepts: readonly (readonly [string, string])[],
) => ({
  resourceType: 'CodeSystem',
  id,
  url,
  version: VERSION,
  name: pascal(id),
  title,
  status: 'active',
  experimental: false,
  publisher: PUBLISHER,
  description,
  caseSensitive: true,
  content: 'complete',
  ...(concepts.length > 0 && {
    concept: concepts.map(([code, definition]) => ({ code, display: upperFirst(code.replace(/-/g, ' ')), definition })),
  }),
});

const structureDefinition = (name: string, row: ExtensionRow) => {
  const elements = row.parts ? complex(name, row) : simple(name, row);
  return {
    resourceType: 'StructureDefinition',
    id: name,
    url: extensionUrl(name),
    version: VERSION,
    name: pascal(name),
    title: row.title,
    status: 'active',
    experimental: false,
    publisher: PUBLISHER,
    description: row.description,
    fhirVersion: '4.0.1',
    kind: 'complex-type',
    abstract: false,
    context: row.context.map((expression) => ({ type: 'element', expression })),
    type: 'Extension',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Extension',
    derivation: 'constraint',
    snapshot: { element: elements },
    differential: { element: elements.filter((it) => !/\.id$/.test(it.path)) },
  };
};

const root = (row: ExtensionRow): Element => ({
  id: 'Extension',
  path: 'Extension',
  short: row.title,
  definition: row.description,
  min: 0,
  max: '*',
  base: { path: 'Extension', min: 0, max: '*' },
  condition: ['ele-1'],
  constraint: [
    {
      key: 'ele-1',
      severity: 'error',
      human: 'All FHIR elements must have a @value or children',
      expression: 'hasValue() or (children().count() > id.count())',
      source: 'http://hl7.org/fhir/StructureDefinition/Element',
    },
    {
      key: 'ext-1',
      severity: 'error',
      human: 'Must have either extensions or value[x], not both',
      expression: 'extension.exists() != value.exists()',
      source: 'http://hl7.org/fhir/StructureDefinition/Extension',
    },
  ],
});

const ids = (prefix: string, path: string): Element => ({
  id: `${prefix}.id`,
  path: `${path}.id`,
  representation: ['xmlAttr'],
  short: 'Unique id for inter-element referencing',
  definition: 'Unique id for the element within a resource, for internal references.',
  min: 0,
  max: '1',
  base: { path: 'Element.id', min: 0, max: '1' },
  type: [
    {
      code: 'http://hl7.org/fhirpath/System.String',
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type', valueUrl: 'string' }],
    },
  ],
});

const url = (prefix: string, path: string, fixedUri: string): Element => ({
  id: `${prefix}.url`,
  path: `${path}.url`,
  representation: ['xmlAttr'],
  short: 'identifies the meaning of the extension',
  definition: 'The canonical of the extension, or the name of a part of it.',
  min: 1,
  max: '1',
  base: { path: 'Extension.url', min: 1, max: '1' },
  type: [
    {
      code: 'http://hl7.org/fhirpath/System.String',
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type', valueUrl: 'uri' }],
    },
  ],
  fixedUri,
});

const slicing = {
  discriminator: [{ type: 'value', path: 'url' }],
  description: 'Extensions are always sliced by (at least) url',
  rules: 'open',
};

const nested = (prefix: string, path: string, max: string): Element => ({
  id: `${prefix}.extension`,
  path: `${path}.extension`,
  slicing,
  short: max === '0' ? 'None' : 'Extension',
  definition: max === '0' ? 'No extensions.' : 'The parts of the extension.',
  min: 0,
  max,
  base: { path: 'Element.extension', min: 0, max: '*' },
  type: [{ code: 'Extension' }],
});

const value = (prefix: string, path: string, types: readonly string[], min: number): Element => ({
  id: `${prefix}.value[x]`,
  path: `${path}.value[x]`,
  short: 'Value of extension',
  definition: 'The value of the extension.',
  min,
  max: types.length > 0 ? '1' : '0',
  base: { path: 'Extension.value[x]', min: 0, max: '1' },
  type: (types.length > 0 ? types : ['string']).map((code) => ({ code })),
});

const simple = (name: string, row: ExtensionRow): Element[] => [
  root(row),
  ids('Extension', 'Extension'),
  nested('Extension', 'Extension', '0'),
  url('Extension', 'Extension', extensionUrl(name)),
  value('Extension', 'Extension', row.value ?? [], 1),
];

const complex = (name: string, row: ExtensionRow): Element[] => [
  root(row),
  ids('Extension', 'Extension'),
  { ...nested('Extension', 'Extension', '*'), min: Object.values(row.parts ?? {}).filter((it) => it.required).length },
  ...partsOf(row.parts, 'Extension', 'Extension'),
  url('Extension', 'Extension', extensionUrl(name)),
  value('Extension', 'Extension', [], 0),
];

const partsOf = (parts: ExtensionRow['parts'], above: string, pathAbove: string): Element[] =>
  Object.entries(parts ?? {}).flatMap(([part, { types, required, many, parts: inner }]) => {
    const prefix = `${above}.extension:${part}`;
    const path = `${pathAbove}.extension`;
    return [
      {
        id: prefix,
        path,
        sliceName: part,
        short: part,
        definition: `The part ${part}.`,
        min: required ? 1 : 0,
        max: many ? '*' : '1',
        base: { path: 'Element.extension', min: 0, max: '*' },
        type: [{ code: 'Extension' }],
      },
      ids(prefix, path),
      nested(prefix, path, inner ? '*' : '0'),
      ...partsOf(inner, prefix, path),
      url(prefix, path, part),
      value(prefix, path, types, inner ? 0 : 1),
    ];
  });

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const pascal = (name: string): string => `PCR${name.split('-').map(upperFirst).join('')}`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(target)) rmSync(join(target, file));
  for (const [name, content] of packageFiles()) writeFileSync(join(target, name), content);
}
