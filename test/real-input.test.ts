import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { conform, isObject, type Json, objects, parseJson } from '../src/fhir/index.ts';
import { mapAnswer } from '../src/mapping/map-answer.ts';
import { mapToBundle } from '../src/mapping/map-files.ts';
import { loadAdapter } from '../src/sources/load.ts';

/** A folder of real answers, if there is one: beside the repository, or where the environment says. */
const folder = process.env['PCR_REAL_DATA'] ?? join(import.meta.dirname, '../../shared/data');

const SETS = [
  { adapter: 'gp-connect', directory: 'gp-stu3' },
  { adapter: 'fhir-r4', directory: 'acute-r4' },
  { adapter: 'fhir-r4', directory: 'uk-core-examples' },
];

const filesIn = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { withFileTypes: true, recursive: true })
        .filter((it) => it.isFile() && it.name.endsWith('.json'))
        .map((it) => join(it.parentPath, it.name))
        .sort()
    : [];

/** The resources of an answer as they were sent: of a Bundle, or of Bundles in a Bundle, or the answer itself. */
const sent = (answer: unknown): Json[] => {
  if (!isObject(answer)) return [];
  if (answer['resourceType'] !== 'Bundle') return [answer];
  return objects(answer['entry']).flatMap((it) => sent(it['resource']));
};

describe('real input', () => {
  for (const { adapter: name, directory } of SETS) {
    const files = filesIn(join(folder, directory));
    if (files.length === 0) {
      it(`is not here: no folder of real answers for ${directory}, so nothing of it was checked`, function () {
        this.skip();
      });
    }
    for (const file of files) {
      it(`${name} maps ${relative(folder, file)}: nothing thrown, nothing lost, all valid R4`, async () => {
        const adapter = (await loadAdapter(name))!;
        const answer = parseJson(readFileSync(file));
        const split = adapter.split(answer);
        const mapped = mapAnswer(adapter, split, { source: name });
        const bundle = mapToBundle(adapter, split, 'file');
        const issues = mapped.issues.map((it) => it.diagnostics ?? '');
        expect(mapped.issues.filter((it) => it.details?.coding?.[0]?.code === 'unmapped-record')).to.deep.equal([]);

        for (const resource of sent(answer)) {
          const { resourceType, id } = resource as { resourceType?: string; id?: string };
          if (resourceType === 'OperationOutcome' || resourceType === undefined) continue;
          const known = split.records.some((it) => it.kind === resourceType && (id === undefined || it.id === id));
          const told = issues.some((it) => it.includes(`${resourceType}/${id ?? ''}`));
          expect(known || told, `${resourceType}/${id ?? 'without id'} is lost`).to.equal(true);
        }
        expect(mapped.resources.length).to.be.at.least(split.records.length - mapped.issues.length);
        for (const { resource } of bundle.entry ?? []) {
          if (resource?.resourceType === 'OperationOutcome') continue;
          const found: string[] = [];
          conform(resource as unknown as Json, {}, ({ code, path }) => found.push(`${code} ${path}`));
          expect(found, resource?.resourceType).to.deep.equal([]);
        }
      });
    }
  }
});
