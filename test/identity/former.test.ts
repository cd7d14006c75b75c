import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';

const OLD = '9990000336';
const CURRENT = '9990000026';
const STRANGER = '9990000344';
const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';

const patient = (number: string, more: Json = {}): Json => ({
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: NHS_NUMBER, value: number }],
  name: [{ family: 'Renwick' }],
  gender: 'male',
  birthDate: '2001-07-22',
  ...more,
});
const condition = (text: string): Json => ({
  resourceType: 'Condition',
  id: 'c',
  code: { text },
  subject: { reference: 'Patient/p' },
});

describe('a patient whose NHS number was superseded', () => {
  let app: App;
  let asked: string[] = [];
  before(async () => {
    const types = ['Patient', 'Condition'] as const;
    const note = (id: string) => (query: { readonly patient: string }) => asked.push(`${id} ${query.patient}`);
    const traces = {
      [OLD]: { nhsNumber: CURRENT, patient: patient(CURRENT) },
      [STRANGER]: { patient: patient(STRANGER) },
      [CURRENT]: { patient: patient(CURRENT) },
    };
    app = await startTestApp(
      [
        { id: 'pds', adapter: memorySource({ types: [], records: {}, traces }) },
        {
          id: 'follows',
          adapter: memorySource({
            types,
            records: { [CURRENT]: [patient(CURRENT), condition('asthma')] },
            asked: note('follows'),
          }),
        },
        {
          id: 'behind',
          adapter: memorySource({
            scope: 'type',
            types,
            records: { [OLD]: [patient(OLD), condition('eczema')] },
            asked: note('behind'),
          }),
        },
        {
          id: 'both',
          adapter: memorySource({
            types,
            records: {
              [CURRENT]: [
                patient(CURRENT, {
                  identifier: [
                    { system: NHS_NUMBER, value: CURRENT },
                    { system: NHS_NUMBER, value: OLD, period: { end: '2020-01-01' } },
                  ],
                }),
                condition('hay fever'),
              ],
              [STRANGER]: [
                patient(STRANGER, {
                  identifier: [STRANGER, CURRENT].map((value) => ({ system: NHS_NUMBER, value })),
                }),
                condition('gout'),
              ],
            },
          }),
        },
      ],
      { identity: { source: 'pds', cacheSeconds: 300, quarantineAt: 2 } },
    );
  });
  beforeEach(() => (asked = []));
  after(() => app.close());

  const get = async (path: string) => (await (await fetch(`${app.base}/${path}`)).json()) as Bundle;
  const found = (bundle: Bundle) =>
    (bundle.entry ?? [])
      .filter((it) => it.search?.mode === 'match')
      .map((it) => (it.resource as unknown as { code: { text: string } }).code.text);

  it('is found under it in a source that has not followed, and under the new number in the others', async () => {
    const bundle = await get(`Condition?patient=${OLD}`);
    expect(found(bundle)).to.deep.equal(['asthma', 'eczema', 'hay fever']);
    expect(JSON.stringify(bundle)).to.not.contain(`Patient/${OLD}`);
    expect(bundle.meta?.tag?.[0]?.code).to.equal('complete');
    const { issue } = bundle.entry?.at(-1)?.resource as OperationOutcome;
    expect(issue.filter((it) => it.diagnostics === 'behind')).to.have.length(1);
  });

  it('asks nobody about the old number once it is known, but who knows nobody by the new one', async () => {
    await get(`Condition?patient=${OLD}`);
    asked = [];
    await get(`Condition?patient=${OLD}`);
    expect(asked.filter((it) => it.startsWith('follows'))).to.deep.equal([`follows ${CURRENT}`]);
    expect(new Set(asked.filter((it) => it.startsWith('behind')))).to.deep.equal(
      new Set([`behind ${CURRENT}`, `behind ${OLD}`]),
    );
  });

  it('is read by the ids that a search gave, the same as it was found', async () => {
    const { entry = [] } = await get(`Condition?patient=${OLD}&_sort=_id`);
    for (const { resource, search } of entry)
      if (search?.mode === 'match') expect(await get(`Condition/${resource!.id}`)).to.deep.equal(resource);
  });

  it('is selected by an id that an answer gave', async () => {
    const { entry = [] } = await get(`Condition?patient=${OLD}`);
    const [, behind] = entry;
    expect(found(await get(`Condition?patient=${OLD}&_id=${behind!.resource!.id}`))).to.deep.equal(['eczema']);
  });

  it('may stand in a Patient beside the number of today; that of somebody else may not', async () => {
    const statusOf = (bundle: Bundle) =>
      (bundle.entry?.at(-1)?.resource as OperationOutcome).issue.map((it) => it.details?.coding?.[0]?.code);
    const current = await get(`Condition?patient=${CURRENT}`);
    expect(found(current)).to.deep.equal(['asthma', 'hay fever']);
    expect(statusOf(current)).to.not.include('wrong-patient');
    expect(statusOf(await get(`Condition?patient=${STRANGER}`))).to.include('wrong-patient');
  });
});

describe('an identity source that leads in a circle', () => {
  it('has not answered: the patient is as if nobody could say who it is', async () => {
    const app = await startTestApp(
      [
        {
          id: 'pds',
          adapter: memorySource({
            types: [],
            records: {},
            traces: {
              [OLD]: { nhsNumber: CURRENT, patient: patient(CURRENT) },
              [CURRENT]: { nhsNumber: OLD, patient: patient(OLD) },
            },
          }),
        },
        { id: 'one', adapter: memorySource({ types: ['Patient', 'Condition'], records: { [OLD]: [patient(OLD)] } }) },
      ],
      { identity: { source: 'pds', cacheSeconds: 0, quarantineAt: 2 } },
    );
    try {
      const bundle = (await (await fetch(`${app.base}/Condition?patient=${OLD}`)).json()) as Bundle;
      expect(bundle.meta?.tag?.[0]?.code).to.equal('unknown');
    } finally {
      await app.close();
    }
  });
});
