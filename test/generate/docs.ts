/**
 * Writes the pages that are made from tables in the code: `npm run generate`. A test checks that they are up to date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Field, Fields } from '../../src/adapter/index.ts';
import {
  EXTENSIONS,
  extensionUrl,
  type ExtensionRow,
  RESOURCE_TYPES,
  type ResourceType,
  SYSTEM,
} from '../../src/fhir/index.ts';
import { MAX_BATCH_ENTRIES } from '../../src/http/batch.ts';
import { ALLERGY_STATES } from '../../src/link/allergies.ts';
import { POLICY_VERSION } from '../../src/link/policy.ts';
import { LINK_RULES } from '../../src/link/rules.ts';
import { clinicalDatesOf } from '../../src/search/clinical-date.ts';
import { addressOf } from '../../src/operations/request.ts';
import { SECTIONS, type SectionRow } from '../../src/operations/summary/sections.ts';
import { type Operation, OPERATIONS } from '../../src/operations/table.ts';
import { CONFIG } from '../../src/platform/config.ts';

const root = join(import.meta.dirname, '../..');

/** The pages by path. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map([
    ['config/README.md', configPage()],
    ['docs/extensions.md', extensionsPage()],
    ['docs/operations.md', operationsPage()],
    ['docs/linking.md', linkingPage()],
  ]);

const configPage = (): string => `# Settings

One JSON file per environment. \`pcr start --config FILE\` checks it whole and stops with one line per fault. \`sandbox.json\` is
the sandbox's: its sources have no \`settings\`, since each simulator gives its own. Secrets never stand in a file: \`{ "env": "NAME" }\` names the environment variable that holds one.

| setting | expected | default | what it is |
| --- | --- | --- | --- |
${rows(CONFIG, '').join('\n')}

\`settings\` of a source are those of its adapter: see the README in its folder. \`LOG_LEVEL\` (\`info\`, \`warn\`, ...) sets how much
is logged; \`REVISION\`, \`RELEASE_ID\` and \`COMMIT_ID\` are shown by \`/_ping\`.
`;

const rows = (fields: Fields, path: string): string[] =>
  Object.entries(fields).flatMap(([name, field]: [string, Field<unknown>]) => [
    `| \`${path}${name}\` | ${field.kind} | ${fallback(field)} | ${field.doc} |`,
    ...(field.fields ? rows(field.fields, `${path}${name}${field.kind.startsWith('a list') ? '[]' : ''}.`) : []),
  ]);

const fallback = (field: Field<unknown>): string =>
  !('fallback' in field)
    ? '**needed**'
    : field.fallback === undefined
      ? 'none'
      : `\`${JSON.stringify(field.fallback)}\``;

const extensionsPage = (): string => `# Our extensions

What a source sent and neither FHIR R4 nor an active UK Core extension has a place for. The definitions, with snapshots, are in
[src/fhir/package](../src/fhir/package) as a FHIR package and are served at \`/FHIR/R4/StructureDefinition\`.

| extension | stands on | holds | what it is |
| --- | --- | --- | --- |
${Object.entries(EXTENSIONS)
  .map(([name, row]) => extensionRow(name, row))
  .join('\n')}
`;

const extensionRow = (name: string, { context, value, parts, description }: ExtensionRow): string => {
  const holds = parts
    ? Object.entries(parts)
        .map(
          ([part, it]) =>
            `\`${part}\` ${it.parts ? `(${Object.keys(it.parts).join(', ')})` : it.types.join(' or ')}${it.required ? '' : '?'}`,
        )
        .join('; ')
    : (value ?? []).join(' or ');
  return `| [\`${name}\`](${extensionUrl(name)}) | ${context.join(', ')} | ${holds} | ${description} |`;
};

const operationsPage = (): string => `# Operations

Each is a GET, or a POST of a \`Parameters\` resource. What is wrong with one is told as with a search: 404 for an operation that
is not there, 400 for one of another type or level and for a parameter that is missing, given twice, unknown or badly written.

${OPERATIONS.map(operationSection).join('\n')}
## The clinical date of each type

\`start\` and \`end\` of \`$everything\` go by the first of these search parameters that a resource has a value of; a type that is
not named here has none.

| types | parameters |
| --- | --- |
${clinicalDates().join('\n')}

## The sections of the summary

A resource stands in the first section that takes it; what was entered in error stands in none. A section without entries says
why: \`notasked\` where no source can hold it, \`withheld\`, or \`unavailable\`, and beside it what each source did, in the words of the
ledger. \`nilknown\` is never said for a source: that there is nothing to know is for a clinician to record, and then it is an entry.

| section | LOINC | types | |
| --- | --- | --- | --- |
${SECTIONS.map(sectionRow).join('\n')}

## A batch

\`POST /FHIR/R4\` with a Bundle of the type \`batch\`, JSON or XML: at most ${MAX_BATCH_ENTRIES} entries, GET or HEAD, for what can be got below
\`/FHIR/R4\`. Each is answered as its own request would be, with status, ETag and resource or outcome; \`ifNoneMatch\` gives a 304. The
preferences and the time are those of the one request that carries them.
`;

const operationSection = ({
  name,
  title,
  doc,
  parameters,
  ...rest
}: Operation): string => `## \`$${name}\`: ${title.toLowerCase()}

\`GET /FHIR/R4/${addressOf({ name, title, doc, parameters, ...rest })}\`. ${doc}
${
  parameters === 'search'
    ? '\nIts parameters are those of the search.\n'
    : parameters.length === 0
      ? ''
      : `\n| parameter | | |\n| --- | --- | --- |\n${parameters.map((it) => `| \`${it.name}\` | ${it.type}, ${it.min}..${it.max} | ${it.doc} |`).join('\n')}\n`
}`;

const clinicalDates = (): string[] => {
  const byDates = new Map<string, ResourceType[]>();
  for (const type of RESOURCE_TYPES) {
    const dates = clinicalDatesOf(type)
      .map((it) => `\`${it}\``)
      .join(', ');
    if (dates !== '') byDates.set(dates, [...(byDates.get(dates) ?? []), type]);
  }
  return [...byDates].map(([dates, types]) => `| ${types.join(', ')} | ${dates} |`);
};

const sectionRow = ({ title, loinc, types, latest, optional }: SectionRow): string => {
  const notes = [latest && 'the latest of each test of each source', optional && 'left out where nothing is missing'];
  return `| ${title} | ${loinc?.[0] ?? ''} | ${types.join(', ')} | ${notes.filter(Boolean).join('; ')} |`;
};

const linkingPage = (): string => `# Links between records

One allergy, problem, medicine, vaccination or result is known to several systems, in other codes and on other days. The facade
**links** such records and merges none: each stands in the answer as its source sent it, and a link says which state the same, how
sure that is, by which rule, and where they contradict each other. A link is a claim of software, never the truth about a patient.

## What an answer shows

- Each linked entry carries [\`merge-link\`](extensions.md): tier, relation, rule and reasons; a pair names the other record, a group
  its id, which is also a \`meta.tag\` of \`${SYSTEM.linkGroup}\`. \`rank\` says which of a group to show first; medicines have none.
- Beside the matches of a page stand their \`Linkage\` resources (\`search.mode\` \`include\`): items, all of them \`alternate\`, and
  [\`merge-evidence\`](extensions.md) with policy version, terminology snapshot and conflicts, \`source=value\` on each side.
- \`Prefer: merge=none\` leaves links out. \`merge=collapse\` shows one match of each T0 or T1 group without a contradiction, the others as
  includes, and exact copies once, with the sources of all. Nothing is left out, nothing that contradicts another stands behind it.
  \`Preference-Applied\` says what was done.
- A search for all allergies says in its account what they come to: ${Object.keys(ALLERGY_STATES)
  .map((it) => `\`${it}\``)
  .join(', ')}. That nothing is known is said only where a source asserts it.

| tier | means | rests on |
| --- | --- | --- |
| T0 | the same record | a shared persistent identifier |
| T1 | the same fact | an exact key, made from each record alone |
| T2 | probably the same fact | a key with tolerance in a named part |
| T3 | related; same therapy | hierarchy, map, words, contradiction; one ingredient |

Groups are made by equality alone (T0, T1, one ingredient). T2 and T3 are pairs and are never joined: of A like B and B like C nobody
concludes that A is like C. So the order in which sources answer changes nothing, and a missing source takes no other link away.

Never claimed the same: records of different people, other sides of the body, refuted or withdrawn against stated, denied, suspected,
planned or somebody else's (by status or by words such as \`FH:\`, \`no\`, \`?\`), two identifiers of one system. Codes that say nothing
(degraded in transfer, unknown) are no part of any key.

## Hazards

What could harm a patient, what keeps it away, and who of the [sandbox](../sandbox/people/README.md) meets it: \`test/journeys/hazards.test.ts\` has a test of each.

| hazard | what keeps it away | met by |
| --- | --- | --- |
| H1 absence read as nothing known | an account in every answer; that nothing is known is said only where a source asserts it | 9990000174 Leonard Oakshott |
| H2 a source is missing unnoticed | the status of every source, and whether the answer is complete | 9990000093 Gareth Bowdler, 9990000107 Agnieszka Lipowska |
| H3 something old read as new | when each source gave its answer, and that an earlier one is \`stale\`; \`Cache-Control: no-cache\` asks anew | 9990000018 Doreen Hallsworth |
| H4 another's record | the gate, and quarantine where demographics differ | 9990000360 Stanley Okonjo |
| H5 two facts made one | exact keys of side, day, specimen; codes that say nothing are in no key | 9990000018 Doreen Hallsworth, 9990000379 Marjorie Eversholt |
| H6 active hidden by ended or refuted | nothing stands behind what it contradicts | 9990000050 Rhiannon Tregarth, 9990000387 Imelda Adair |
| H7 a therapy taken for two, or two for one | one therapy is a relation of its own; dose and status compared, sources named | 9990000042 Desmond Pickersgill |
| H8 where someone at risk is | withheld where answers come in, before anything is put together | 9990000301 Edith Marlowe-Finch |
| H9 what is withheld shows by difference | a link has the labels of all its members; nothing says what a source does not hold | 9990000050 Rhiannon Tregarth, 9990000301 Edith Marlowe-Finch |
| H10 a denial, doubt or relation lost | the stance is part of every key, and context words make no name | 9990000387 Imelda Adair, 9990000379 Marjorie Eversholt |
| H11 units or digits changed | they are converted for comparison only | 9990000018 Doreen Hallsworth |
| H12 a warning of the GP system lost | it is in the List and in the account, word for word | 9990000034 Priya Nadkarni, 9990000042 Desmond Pickersgill, 9990000050 Rhiannon Tregarth |
| H13 a link taken for the truth | tier, rule, policy and terminology with every link; no item is the source of another | 9990000018 Doreen Hallsworth, 9990000042 Desmond Pickersgill, 9990000050 Rhiannon Tregarth |
| H14 what was seen cannot be seen again | an answer depends on records, policy and terminology alone, in whatever order sources answer | 9990000018 Doreen Hallsworth |

## Rules

Policy ${POLICY_VERSION}; served as the CodeSystem \`${SYSTEM.linkRule}\`. Of two records the first rule that holds names the link.

| rule | of | tier | relation | holds where |
| --- | --- | --- | --- | --- |
${LINK_RULES.map(({ id, types, tier, relation, text }) => `| \`${id}\` | ${types.join(', ').replace('*', 'any')} | ${tier} | ${relation} | ${text} |`).join('\n')}

## Terminology

Offline, records meet by code and by word. With \`terminology\` in the [configuration](../config/README.md), a FHIR server
(\`$translate\`, \`$lookup\`, \`$subsumes\`) or a file of ConceptMaps joins codes: a finding and its agent, ICD-10 and SNOMED CT, a product
and its ingredient. It changes links only, never an entry; where it does not answer in its time the account says so.

\`npm run -s pcr -- link DIR --out PREDICTIONS\` links the patients of a benchmark folder; \`npm run link-bench -- DIR\` scores them.
`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, content] of pages()) writeFileSync(join(root, path), content);
}
