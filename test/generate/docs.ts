/**
 * Writes the pages that are made from tables in the code: `npm run generate`. A test checks that they are up to date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Field, Fields } from '../../src/adapter/index.ts';
import { EXTENSIONS, extensionUrl, type ExtensionRow } from '../../src/fhir/index.ts';
import { CONFIG } from '../../src/platform/config.ts';

const root = join(import.meta.dirname, '../..');

/** The pages by path. */
export const pages = (): ReadonlyMap<string, string> =>
  new Map([
    ['config/README.md', configPage()],
    ['docs/extensions.md', extensionsPage()],
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, content] of pages()) writeFileSync(join(root, path), content);
}
