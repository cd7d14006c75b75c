import { expect } from 'chai';
import { type Bundle, ukCoreProfileOf } from '../src/fhir/index.ts';
import { mapToBundle } from '../src/mapping/map-files.ts';
import { loadAdapter } from '../src/sources/load.ts';
import { notHere, ownAnswers, readAnswer, realAnswers, shortName } from './fidelity/answers.ts';
import { type Fault, judge, missingForJudge } from './fidelity/judge.ts';
import { knownFault } from './fidelity/judged.ts';

const sets = [...ownAnswers, ...realAnswers];

describe('validity: an independent judge finds every resource valid R4 and valid UK Core', function () {
  this.timeout(300_000);
  const missing = missingForJudge();
  if (missing !== undefined) {
    notHere(missing);
    return;
  }

  const bundles = new Map<string, Bundle>();
  let faults: ReadonlyMap<string, readonly Fault[]>;
  before(async () => {
    for (const { adapter: name, files } of sets) {
      const adapter = (await loadAdapter(name))!;
      for (const file of files) bundles.set(file, mapToBundle(adapter, adapter.split(readAnswer(file)), file));
    }
    faults = await judge(bundles);
  });

  for (const { name, files } of sets) {
    if (files.length === 0) notHere(`a folder of answers ${name}`);
    for (const file of files) {
      it(shortName(file), () => {
        const found = faults.get(file)!.filter((it) => knownFault(it) === undefined);
        expect(found.map(({ path, message }) => `${path}: ${message}`)).to.deep.equal([]);
      });
    }
  }

  it('judges by the UK Core profile of each type, since no mapping claims a narrower one', () => {
    for (const { entry = [] } of bundles.values())
      for (const { resource } of entry) {
        const profile = ukCoreProfileOf(resource!.resourceType);
        expect(resource!.meta?.profile ?? []).to.deep.equal(profile === undefined ? [] : [profile]);
      }
  });
});
