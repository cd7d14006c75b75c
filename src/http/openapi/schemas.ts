import { type Json, MISSING_LINK } from '../../fhir/index.ts';
import { KINDS } from '../../search/parameter/match/index.ts';

/** A reference to a part of the document. */
export const ref = (kind: 'schemas' | 'parameters' | 'responses' | 'headers', name: string): Json => ({
  $ref: `#/components/${kind}/${name}`,
});

/** What the schema for a type of search parameter is called. */
export const filterName = (kind: string): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Filter`;

const COMPOSITE = { expected: 'values with $ between them', modifiers: undefined };

/** A composite knows not even `missing`. */
const modifiersText = (modifiers: readonly string[] | undefined): string =>
  modifiers ? ` Modifiers: ${[...modifiers, 'missing'].map((it) => `\`:${it}\``).join(', ')}.` : '';

const text = (description?: string): Json => ({ type: 'string', ...(description !== undefined && { description }) });
const object = (properties: Json, more: Json = {}): Json => ({ type: 'object', ...more, properties });
const listOf = (items: Json, more: Json = {}): Json => ({ type: 'array', ...more, items });

const RESOURCES: Readonly<Record<string, Json>> = {
  Resource: object(
    {
      resourceType: text(),
      id: {
        ...text('A sealed token that names its source and reveals nothing; of a Patient the NHS number.'),
        maxLength: 64,
      },
      meta: ref('schemas', 'Meta'),
    },
    {
      required: ['resourceType'],
      description: 'A resource of FHIR R4, in JSON or XML; all further elements are as FHIR has them.',
      additionalProperties: true,
    },
  ),
  Meta: object({
    versionId: text('The source’s own.'),
    lastUpdated: text('The source’s own.'),
    source: text('Where it came from: `urn:pcr:source:<id>`.'),
    profile: listOf(text()),
    security: listOf(ref('schemas', 'Coding'), { description: 'The source’s own labels.' }),
    tag: listOf(ref('schemas', 'Coding')),
  }),
  Coding: object({ system: text(), code: text(), display: text() }),
  SearchSet: object(
    {
      resourceType: { type: 'string', enum: ['Bundle'] },
      type: { type: 'string', enum: ['searchset'] },
      meta: { allOf: [ref('schemas', 'Meta')], description: 'Its tag says `complete` or `partial`.' },
      total: { type: 'integer', description: 'How many match, on all pages.' },
      link: listOf(ref('schemas', 'Link')),
      entry: listOf(ref('schemas', 'Entry'), { description: 'The last one accounts for every source.' }),
    },
    { required: ['resourceType', 'type'], externalDocs: { url: 'https://hl7.org/fhir/R4/bundle.html' } },
  ),
  Link: object(
    {
      relation: text(
        `\`self\`, \`first\`, \`next\`, or \`${MISSING_LINK}\`: what sources that did not answer have, when they do.`,
      ),
      url: text(),
    },
    { required: ['relation', 'url'] },
  ),
  Entry: object(
    {
      fullUrl: text('Where it can be read; the account of the sources has none.'),
      resource: ref('schemas', 'Resource'),
      search: object({ mode: { type: 'string', enum: ['match', 'include', 'outcome'] } }, { required: ['mode'] }),
    },
    { required: ['resource', 'search'] },
  ),
  Bundle: object(
    {
      resourceType: { type: 'string', enum: ['Bundle'] },
      type: { type: 'string', enum: ['searchset', 'document', 'batch-response'] },
      meta: ref('schemas', 'Meta'),
      total: { type: 'integer' },
      link: listOf(ref('schemas', 'Link')),
      entry: listOf(
        object({
          fullUrl: text(),
          resource: ref('schemas', 'Resource'),
          search: object({ mode: { type: 'string', enum: ['match', 'include', 'outcome'] } }),
          response: object({ status: text(), etag: text(), lastModified: text() }),
        }),
      ),
    },
    { required: ['resourceType', 'type'], externalDocs: { url: 'https://hl7.org/fhir/R4/bundle.html' } },
  ),
  OperationOutcome: object(
    {
      resourceType: { type: 'string', enum: ['OperationOutcome'] },
      issue: listOf(ref('schemas', 'Issue')),
    },
    { required: ['resourceType', 'issue'], externalDocs: { url: 'https://hl7.org/fhir/R4/operationoutcome.html' } },
  ),
  Issue: object(
    {
      severity: { type: 'string', enum: ['fatal', 'error', 'warning', 'information'] },
      code: text('A FHIR issue type.'),
      details: object({
        coding: listOf(ref('schemas', 'Coding'), {
          description: 'Of a fault, a code of https://fhir.nhs.uk/CodeSystem/http-error-codes.',
        }),
        text: text(),
      }),
      diagnostics: text(),
      expression: listOf(text('The parameter or element it is about.')),
    },
    { required: ['severity', 'code'] },
  ),
  CapabilityStatement: {
    allOf: [ref('schemas', 'Resource')],
    externalDocs: { url: 'https://hl7.org/fhir/R4/capabilitystatement.html' },
  },
  Release: object(
    { version: text(), revision: text(), releaseId: text(), commitId: text() },
    { required: ['version', 'revision', 'releaseId', 'commitId'] },
  ),
  Status: {
    allOf: [ref('schemas', 'Release')],
    required: ['status', 'checks'],
    ...object({
      status: { type: 'string', enum: ['pass', 'warn', 'fail'], description: '`fail` where no source can serve.' },
      checks: {
        type: 'object',
        description: 'By the id of each source.',
        additionalProperties: object({
          status: { type: 'string', enum: ['pass', 'fail'] },
          timeout: { type: 'string', enum: ['true', 'false'] },
          outcome: text(),
          latencyMs: { type: 'integer' },
          circuit: {
            type: 'string',
            enum: ['closed', 'open', 'half-open'],
            description: 'Whether searches ask it now: not while this is `open`.',
          },
        }),
      },
    }),
  },
};

/** One schema for the values of each type of search parameter, in the words by which a wrong value is refused. */
const FILTERS: Readonly<Record<string, Json>> = Object.fromEntries(
  [...Object.entries(KINDS), ['composite', COMPOSITE] as const].map(([kind, { expected, modifiers }]) => [
    filterName(kind),
    listOf(text(), {
      description: `Each ${expected}. Of values with commas between them any may match; of a parameter that is given again all must.${modifiersText(modifiers)}`,
    }),
  ]),
);

/** The schemas of what is asked and answered: as much of FHIR as this document needs; the rest is FHIR's to say. */
export const SCHEMAS: Json = { ...RESOURCES, ...FILTERS };
