import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { AdapterDefinition, ReadQuery, SourceQuery } from '../../src/adapter/index.ts';
import { SourceError } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, Json, OperationOutcome, ResourceType } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';

const PERSON = '9990000018';
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: PERSON }],
};
const subject = { reference: 'Patient/p1' };
const order = {
  resourceType: 'MedicationRequest',
  id: 'o1',
  status: 'active',
  intent: 'order',
  subject,
  medicationReference: { reference: 'Medication/m1' },
  requester: { reference: 'PractitionerRole/r1' },
};
const record: readonly Json[] = [
  patient,
  order,
  { resourceType: 'Medication', id: 'm1', code: { text: 'Amoxicillin 500mg capsules' } },
  { resourceType: 'PractitionerRole', id: 'r1', practitioner: { reference: 'Practitioner/d1' } },
  { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doe' }] },
  { resourceType: 'Practitioner', id: 'd2', name: [{ family: 'Nobody' }] },
  { resourceType: 'Condition', id: 'c1', subject, code: { text: 'Asthma' } },
];
const types: ResourceType[] = [
  'Patient',
  'MedicationRequest',
  'Condition',
  'Medication',
  'PractitionerRole',
  'Practitioner',
];
const READ_ONLY = ['Medication', 'PractitionerRole', 'Practitioner'];

describe('$everything of a source that searches type by type', () => {
  let app: App;
  let asked: (SourceQuery | ReadQuery)[] = [];
  let broken: string | undefined;
  const source = memorySource({ scope: 'type', types, records: { [PERSON]: record }, asked: (it) => asked.push(it) });
  const adapter: AdapterDefinition = {
    ...source,
    capabilities: (settings) => {
      const all = source.capabilities(settings);
      const own = Object.entries(all.types).map(([type, it]) => [type, READ_ONLY.includes(type) ? { read: true } : it]);
      return { ...all, types: Object.fromEntries(own) as typeof all.types };
    },
    connect: (settings, tools) => {
      const connected = source.connect(settings, tools);
      return {
        ...connected,
        search: (query, call) =>
          query.types.some((it) => it === broken)
            ? Promise.reject(new SourceError('throttled', { retryAfter: 3 }))
            : connected.search!(query, call),
      };
    },
  };
  before(async () => (app = await startTestApp([{ id: 'clinic', adapter }])));
  beforeEach(() => {
    asked = [];
    broken = undefined;
  });
  after(() => app.close());

  const everything = async (query = ''): Promise<{ status: number; body: Bundle }> => {
    const response = await fetch(`${app.base}/Patient/${PERSON}/$everything${query}`);
    return { status: response.status, body: (await response.json()) as Bundle };
  };
  const typesOf = (bundle: Bundle, mode: string): string[] =>
    bundle.entry!.flatMap((it) => (it.search?.mode === mode ? [it.resource!.resourceType] : [])).sort();

  it('brings along what its entries refer to and no search finds, one read each, and nothing that nobody refers to', async () => {
    const { body } = await everything();
    expect(typesOf(body, 'match')).to.deep.equal(['Condition', 'MedicationRequest', 'Patient']);
    expect(typesOf(body, 'include')).to.deep.equal(['Medication', 'Patient', 'Practitioner', 'PractitionerRole']);
    const reads = asked.flatMap((it) => ('id' in it ? [`${it.type}/${it.id}`] : []));
    expect(reads.sort()).to.deep.equal(['Medication/m1', 'Practitioner/d1', 'PractitionerRole/r1']);
    const urls = new Set(body.entry!.map((it) => it.fullUrl));
    for (const [, reference] of JSON.stringify(body).matchAll(/"reference":"((?!Patient)[^"]+)"/g))
      expect(urls, reference).to.include(`${app.base}/${reference!}`);
    expect(body.meta!.tag![0]!.code).to.equal('complete');
  });

  it('brings only what was chosen, where types were', async () => {
    const { body } = await everything('?_type=MedicationRequest');
    expect(typesOf(body, 'match')).to.deep.equal(['MedicationRequest']);
    expect(typesOf(body, 'include')).to.deep.equal([]);
  });

  it('keeps what a source gave where one of its searches fails, and says which failed, how, and when to ask again', async () => {
    broken = 'Condition';
    const { status, body } = await everything();
    expect(status).to.equal(200);
    expect(typesOf(body, 'match')).to.deep.equal(['MedicationRequest', 'Patient']);
    expect(body.meta!.tag![0]!.code).to.equal('partial');
    const { issue } = body.entry!.at(-1)!.resource as OperationOutcome;
    expect(issue.slice(0, 2).map((it) => it.details!.coding![0]!.code)).to.deep.equal(['incomplete', 'throttled']);
    expect(issue[1]!.expression).to.deep.equal(['Condition']);
    const told = issue[0]!.extension![0]!.extension!.find((it) => it.url === 'retryAfter');
    expect(told).to.have.property('valueUnsignedInt', 3);
    const strict = await fetch(`${app.base}/Patient/${PERSON}/$everything`, {
      headers: { Prefer: 'completeness=strict' },
    });
    expect(strict.status).to.equal(502);
  });
});
