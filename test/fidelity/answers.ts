import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseJson } from '../../src/fhir/index.ts';

const root = join(import.meta.dirname, '../..');

/** Raw answers in one dialect, and the adapter that reads them. */
export interface AnswerSet {
  readonly name: string;
  readonly adapter: string;
  readonly files: readonly string[];
}

/** The JSON files of a folder and those below, in order; none where there is no such folder. */
export const jsonFiles = (directory: string): readonly string[] =>
  existsSync(directory)
    ? readdirSync(directory, { withFileTypes: true, recursive: true })
        .filter((it) => it.isFile() && it.name.endsWith('.json'))
        .map((it) => join(it.parentPath, it.name))
        .sort()
    : [];

export const readAnswer = (file: string): unknown => parseJson(readFileSync(file));

export const DIALECTS = {
  'gp-connect': 'gp-connect-stu3',
  'fhir-r4': 'uk-core-r4',
  'community-json': 'community-json',
};

/** What the repository itself holds: the fixtures of each adapter, the golden answers of each mapping, the sandbox's people. */
export const ownAnswers: readonly AnswerSet[] = Object.entries(DIALECTS).flatMap(([adapter, dialect]) =>
  [`adapters/${adapter}/fixtures`, `mappings/${dialect}/golden`, `sandbox/people/${adapter}`].map((name) => ({
    name,
    adapter,
    files: jsonFiles(join(root, name)).filter((it) => !it.endsWith('.out.json')),
  })),
);

/** A folder of real answers, if there is one: beside the repository, or where the environment says. */
export const realData = process.env['PCR_REAL_DATA'] ?? join(root, '../shared/data');

/** Real answers; a set without files is not here. */
export const realAnswers: readonly AnswerSet[] = [
  { adapter: 'gp-connect', directory: 'gp-stu3' },
  { adapter: 'fhir-r4', directory: 'acute-r4' },
  { adapter: 'fhir-r4', directory: 'uk-core-examples' },
].map(({ adapter, directory }) => ({ name: directory, adapter, files: jsonFiles(join(realData, directory)) }));

/** How a test names a file. */
export const shortName = (file: string): string => relative(file.startsWith(realData) ? realData : root, file);

/** A test that says what is not here instead of passing over it. */
export const notHere = (what: string): void => {
  it(`is not here: ${what}, so nothing of it was checked`, function () {
    this.skip();
  });
};
