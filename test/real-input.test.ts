import { expect } from 'chai';
import { conform, isObject, type Json, objects } from '../src/fhir/index.ts';
import { mapAnswer } from '../src/mapping/map-answer.ts';
import { mapToBundle } from '../src/mapping/map-files.ts';
import { loadAdapter } from '../src/sources/load.ts';
import { notHere, readAnswer, realAnswers, shortName } from './fidelity/answers.ts';

/** The resources of an answer as they were sent: of a Bundle, or of Bundles in a Bundle, or the answer itself. */
const sent = (answer: unknown): Json[] => {
  if (!isObject(answer)) return [];
  if (answer['resourceType'] !== 'Bundle') return [answer];
  return objects(answer['entry']).flatMap((it) => sent(it['resource']));
};

describe('real input', () => {
  for (const { adapter: name, name: set, files } of realAnswers) {
    if (files.length === 0) notHere(`a folder of real answers ${set}`);
    for (const file of files) {
      it(`${name} maps ${shortName(file)}: nothing thrown, no record lost, all valid R4`, async () => {
        const adapter = (await loadAdapter(name))!;
        const answer = readAnswer(file);
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
