import { expect } from 'chai';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import { loadPart } from '../../src/sources/load.ts';
import { type RunningSource, serveSimulator, startTestApp } from '../support/index.ts';

const NHS = '9990000018';
const NUMBERS = ['3.10', '4.00', '0.50', '1e2', '1.0E-2', '-0.0', '180.0', '12345678901234567890.123456789'];

const bundle = (type: string, patient: string): string => {
  const name = `"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"${NHS}"}]`;
  const observations = NUMBERS.map(
    (it, at) =>
      `{"resource":{"resourceType":"Observation","id":"o${at}","status":"final","code":{"text":"x"},` +
      `"subject":{"reference":"Patient/${patient}"},"valueQuantity":{"value":${it},"unit":"mmol/L"}}}`,
  );
  return `{"resourceType":"Bundle","type":"${type}","entry":[
    {"resource":{"resourceType":"Patient","id":"${patient}",${name}}},${observations.join(',')}]}`;
};

/** What each source holds, as it would write it. */
const ANSWERS: Readonly<Record<string, string>> = {
  'gp-connect': bundle('collection', 'gp1'),
  'fhir-r4': bundle('searchset', 'acute1'),
  'community-json': `{"patient":{"patientId":7,"nhsNumber":"${NHS}"},"assessments":[${NUMBERS.map(
    (it, at) => `{"assessmentId":${at + 1},"patientId":7,"tool":{"term":"x"},"status":"Complete","totalScore":${it}}`,
  ).join(',')}]}`,
};

const held = (answer: string): SimulatorData => ({
  people: () => Promise.resolve([NHS]),
  read: (nhsNumber) => Promise.resolve(nhsNumber === NHS ? Buffer.from(answer) : undefined),
  complain: () => undefined,
});

describe('decimals keep their digits from the bytes of a source to those of the answer', function () {
  this.timeout(20_000);
  const running: RunningSource[] = [];
  let app: App;

  before(async () => {
    const sources = [];
    for (const [adapter, answer] of Object.entries(ANSWERS)) {
      const part = await loadPart(`adapters/${adapter}/simulator`);
      const make = part?.['simulator'] as (data: SimulatorData) => Promise<Simulator>;
      const source = await serveSimulator(make, held(answer));
      running.push(source);
      sources.push({ id: adapter, adapter, settings: source.settings });
    }
    app = await startTestApp(sources, { deadlineMs: 5000 });
  });
  after(async () => {
    await app.close();
    for (const it of running) await it.close();
  });

  it('from all three dialects, whatever JavaScript would make of them', async () => {
    const response = await fetch(`${app.base}/Observation?patient=${NHS}`);
    const body = await response.text();
    expect(response.status).to.equal(200);
    for (const adapter of Object.keys(ANSWERS)) {
      const found = [
        ...body.matchAll(/\{"resourceType":"Observation".*?"(?:value|valueInteger)":([-+.\deE]+)/g),
      ].flatMap(([resource, value]) => (resource.includes(`urn:pcr:source:${adapter}"`) ? [value] : []));
      expect(found.sort(), adapter).to.deep.equal(NUMBERS.toSorted());
    }
  });
});
