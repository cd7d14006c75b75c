import { join } from 'node:path';
import { expect } from 'chai';
import nock from 'nock';
import { parseFields, type Source, SourceError, type SourceQuery } from '../../src/adapter/index.ts';
import { type Json, type NhsNumber, type ResourceType } from '../../src/fhir/index.ts';
import { adapterContract, testCall, testTools } from '../../test/support/index.ts';
import type { Body } from '../../mappings/uk-core-r4/index.ts';
import adapter from './index.ts';
import { simulator } from './simulator.ts';
import { type FhirStub, patientNamed, searchset, stubFhirServer } from './stub.ts';

adapterContract({ adapter, simulator, fixtures: join(import.meta.dirname, 'fixtures'), stranger: '9990000212' });

const BASE = 'https://fhir.trust.test/R4';
const NHS = '9990000018' as NhsNumber;
const OTHER = '9990000026';
const condition = (id: string): Json => ({ resourceType: 'Condition', id, subject: { reference: 'Patient/p1' } });
const failed = (severity: string): Json => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code: 'exception', diagnostics: 'db01' }],
});

describe('fhir-r4, as its server sees it', () => {
  let server: FhirStub;
  let tools: ReturnType<typeof testTools>;

  before(() => nock.disableNetConnect());
  beforeEach(() => {
    server = stubFhirServer(BASE);
    tools = testTools();
  });
  afterEach(() => {
    tools.close();
    nock.cleanAll();
  });
  after(() => nock.enableNetConnect());

  const connect = (given: Json = {}): Source<Body> => {
    const settings = parseFields(adapter.settings, { baseUrl: BASE, ...given }, 'settings');
    if ('faults' in settings) throw new Error(settings.faults.join());
    return adapter.connect(settings.value, tools);
  };
  const query = (type: ResourceType, more: Partial<SourceQuery> = {}): SourceQuery => ({
    patient: NHS,
    types: [type],
    filters: [],
    count: 20,
    ...more,
  });
  const search = async (source: Source<Body>, type: ResourceType, more: Partial<SourceQuery> = {}) =>
    source.search!(query(type, more), testCall());
  const read = async (source: Source<Body>, type: ResourceType, id: string) =>
    source.read!({ type, id, patient: NHS }, testCall());
  const knowsPatient = (): void => server.patient(NHS, searchset([patientNamed('p1', NHS)]));

  it('asks for the patient by NHS number, then for the type by the server’s own id of the patient', async () => {
    knowsPatient();
    server.search('Condition', { patient: 'p1', _count: '20' }, searchset([condition('c1')]));
    const page = await search(connect(), 'Condition');
    expect(server.asked.map((it) => it.url)).to.deep.equal([
      '/Patient?identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018',
      '/Condition?patient=p1&_count=20',
    ]);
    expect(page.records.map((it) => `${it.kind}/${it.id}`)).to.deep.equal(['Condition/c1']);
    expect(page.patientIds).to.deep.equal(['p1']);
    expect(page.next).to.equal(undefined);
  });

  it('asks for FHIR JSON, names the call, and sends a token only where one is configured', async () => {
    process.env['FHIR_R4_TEST_TOKEN'] = 'abc';
    server.metadata({ resourceType: 'CapabilityStatement' });
    server.metadata({ resourceType: 'CapabilityStatement' });
    const call = testCall();
    await connect().health(call);
    await connect({ bearer: { env: 'FHIR_R4_TEST_TOKEN' } }).health(call);
    delete process.env['FHIR_R4_TEST_TOKEN'];
    const [plain, authorised] = server.asked.map((it) => it.headers);
    expect(plain).to.include({ accept: 'application/fhir+json', 'x-correlation-id': call.correlationId });
    expect(plain).to.not.have.property('authorization');
    expect(authorised).to.have.property('authorization', 'Bearer abc');
  });

  it('is not healthy where /metadata is no CapabilityStatement', async () => {
    server.metadata({ resourceType: 'Patient' });
    expect(await kindOf(connect().health(testCall()))).to.equal('invalid-response');
    server.metadata([503]);
    expect(await kindOf(connect().health(testCall()))).to.equal('unavailable');
  });

  describe('looking the patient up', () => {
    it('remembers the id, and that there is none', async () => {
      knowsPatient();
      server.search('Condition', { patient: 'p1', _count: '20' }, searchset([]));
      server.search('Flag', { patient: 'p1', _count: '20' }, searchset([]));
      const source = connect();
      await search(source, 'Condition');
      await search(source, 'Flag');
      expect(server.asked).to.have.length(3);

      tools.cache.delete(`patient ${NHS}`);
      server.patient(NHS, searchset([]));
      expect(await kindOf(search(source, 'Condition'))).to.equal('not-known-here');
      expect(await kindOf(search(source, 'Flag'))).to.equal('not-known-here');
      expect(server.asked).to.have.length(4);
    });

    it('asks again each time where nothing is to be remembered', async () => {
      const source = connect({ patientIdSeconds: 0 });
      for (let time = 0; time < 2; time++) {
        knowsPatient();
        server.search('Flag', { patient: 'p1', _count: '20' }, searchset([]));
        await search(source, 'Flag');
      }
      expect(server.asked).to.have.length(4);
    });

    it('answers a search for Patient from the lookup, asked for anew', async () => {
      const source = connect();
      knowsPatient();
      knowsPatient();
      await search(source, 'Patient');
      const page = await search(source, 'Patient');
      expect(page.records.map((it) => it.id)).to.deep.equal(['p1']);
      expect(server.asked).to.have.length(2);
    });

    it('asks for all ids where several Patients carry the number', async () => {
      server.patient(NHS, searchset([patientNamed('p1', NHS), patientNamed('p2', '999 000 0018')]));
      server.search('Condition', { patient: 'p1,p2', _count: '20' }, searchset([]));
      expect((await search(connect(), 'Condition')).patientIds).to.deep.equal(['p1', 'p2']);
    });

    const strangers: Readonly<Record<string, Json>> = {
      'another number': patientNamed('p1', OTHER),
      'another number beside the right one': patientNamed('p1', NHS, OTHER),
      'no number': patientNamed('p1'),
      'a number under an old name of its system': {
        ...patientNamed('p1', NHS),
        identifier: [
          { system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS },
          { system: 'http://fhir.nhs.net/Id/nhs-number', value: OTHER },
        ],
      },
    };
    for (const [what, stranger] of Object.entries(strangers)) {
      it(`refuses an answer in which a Patient carries ${what}`, async () => {
        server.patient(NHS, searchset([patientNamed('p0', NHS), stranger]));
        expect(await kindOf(search(connect(), 'Condition'))).to.equal('wrong-patient');
      });
    }

    it('does not take a search for Patients that finds other things for one that finds nobody', async () => {
      server.patient(NHS, searchset([condition('c1')]));
      expect(await kindOf(search(connect(), 'Condition'))).to.equal('invalid-response');
    });

    it('refuses an id that could not stand in a search', async () => {
      server.patient(NHS, searchset([patientNamed('p1,p2', NHS)]));
      expect(await kindOf(search(connect(), 'Condition'))).to.equal('invalid-response');
    });
  });

  describe('searching', () => {
    it('pushes the filters that its settings list and no other, as FHIR writes them', async () => {
      knowsPatient();
      server.search(
        'Condition',
        { patient: 'p1', _count: '5', 'code:not': 'http://snomed.info/sct|1,a\\,b', 'clinical-status': 'active' },
        searchset([]),
      );
      const types = { Condition: { search: { code: 'exact', 'clinical-status': 'superset' } } };
      await search(connect({ types, pageSize: 5 }), 'Condition', {
        filters: [
          { code: 'code', modifier: 'not', values: ['http://snomed.info/sct|1', 'a\\,b'] },
          { code: 'clinical-status', values: ['active'] },
          { code: 'category', values: ['x'] },
        ],
      });
      expect(server.asked[1]?.url).to.equal(
        '/Condition?patient=p1&_count=5&code%3Anot=http%3A%2F%2Fsnomed.info%2Fsct%7C1%2Ca%5C%2Cb&clinical-status=active',
      );
    });

    it('counts included entries as records and hands outcome entries on as warnings, without diagnostics', async () => {
      knowsPatient();
      const entry = [
        { resource: condition('c1'), search: { mode: 'match' } },
        { resource: { resourceType: 'Practitioner', id: 'd1' }, search: { mode: 'include' } },
        { resource: failed('warning'), search: { mode: 'outcome' } },
      ];
      server.search('Condition', { patient: 'p1', _count: '20' }, { resourceType: 'Bundle', type: 'searchset', entry });
      const page = await search(connect(), 'Condition');
      expect(page.records.map((it) => it.kind)).to.deep.equal(['Condition', 'Practitioner']);
      expect(page.warnings).to.deep.equal([
        { system: 'http://hl7.org/fhir/issue-type', code: 'exception', effect: 'incomplete' },
      ]);
    });

    it('keeps the digits of decimals', async () => {
      knowsPatient();
      nock('https://fhir.trust.test')
        .get('/R4/Observation')
        .query({ patient: 'p1', _count: '20' })
        .reply(
          200,
          '{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Observation","id":"o1","valueQuantity":{"value":4.00}}}]}',
        );
      const page = await search(connect(), 'Observation');
      expect(JSON.stringify(page.records[0]?.body.resource)).to.contain('"value":4.00');
    });

    const answers: readonly (readonly [what: string, reply: Parameters<FhirStub['patient']>[1], kind: string])[] = [
      ['a redirect', [302, undefined, { Location: 'https://elsewhere.test/' }], 'invalid-response'],
      ['a status of no content', [204], 'invalid-response'],
      ['a refusal', [401], 'refused'],
      ['a request that it does not support', [400, failed('error')], 'refused'],
      ['a failure', [500, failed('fatal')], 'unavailable'],
      ['an error instead of a Bundle', failed('error'), 'invalid-response'],
      ['nothing but an error', searchset([failed('error')]), 'invalid-response'],
      ['a Bundle of another type', { resourceType: 'Bundle', type: 'collection' }, 'invalid-response'],
      ['a resource', condition('c1'), 'invalid-response'],
    ];
    for (const [what, reply, kind] of answers) {
      it(`calls ${what} ${kind}`, async () => {
        knowsPatient();
        server.search('Condition', { patient: 'p1', _count: '20' }, reply);
        expect(await kindOf(search(connect(), 'Condition'))).to.equal(kind);
        expect(nock.isDone()).to.equal(true);
      });
    }
  });

  describe('following pages', () => {
    const firstPage = (next: unknown): void => {
      knowsPatient();
      server.search('Condition', { patient: 'p1', _count: '20' }, searchset([condition('c1')], next as string));
    };

    it('follows a next link of any form below its base', async () => {
      for (const [link, url] of [
        [`${BASE}/Condition?patient=p1&page=2%2B`, '/Condition?patient=p1&page=2%2B'],
        [`${BASE}?_getpages=a%20b`, '?_getpages=a+b'],
        ['Condition/_page/x%2Fy', '/Condition/_page/x%2Fy'],
      ] as const) {
        const source = connect({ patientIdSeconds: 0 });
        firstPage(link);
        const first = await search(source, 'Condition');
        knowsPatient();
        nock('https://fhir.trust.test')
          .get((it) => it.startsWith('/R4'))
          .reply((request: Request) => {
            expect(request.url).to.equal(BASE + url);
            return [200, JSON.stringify(searchset([condition('c2')]))];
          });
        const second = await search(source, 'Condition', { cursor: first.next! });
        expect(second.records.map((it) => it.id)).to.deep.equal(['c2']);
        expect(second.patientIds).to.deep.equal(['p1']);
        expect(second.next).to.equal(undefined);
      }
    });

    for (const link of [
      'https://elsewhere.test/R4/Condition?page=2',
      'http://fhir.trust.test/R4/Condition?page=2',
      'https://fhir.trust.test:8443/R4/Condition?page=2',
      'https://fhir.trust.test/R4x/Condition?page=2',
      'https://fhir.trust.test/R4/../admin?page=2',
      'https://fhir.trust.test/R4/%2e%2e/admin?page=2',
      'https://user:secret@fhir.trust.test/R4/Condition?page=2',
      '//elsewhere.test/R4/Condition',
      'file:///etc/passwd',
      'https://',
      7,
    ]) {
      it(`refuses the next link ${link}`, async () => {
        firstPage(link);
        expect(await kindOf(search(connect(), 'Condition'))).to.equal('invalid-response');
      });
    }

    it('refuses a next link that leads in a circle', async () => {
      const source = connect();
      const link = (page: number): string => `${BASE}/Condition?page=${page}`;
      firstPage(link(2));
      server.search('Condition', { page: '2' }, searchset([condition('c2')], link(3)));
      server.search('Condition', { page: '3' }, searchset([condition('c3')], link(2)));
      const first = await search(source, 'Condition');
      const second = await search(source, 'Condition', { cursor: first.next! });
      expect(await kindOf(search(source, 'Condition', { cursor: second.next! }))).to.equal('invalid-response');
    });

    it('stops after as many pages as its settings allow, and says that there was more', async () => {
      const source = connect({ maxPages: 2 });
      firstPage(`${BASE}/Condition?page=2`);
      server.search('Condition', { page: '2' }, searchset([condition('c2')], `${BASE}/Condition?page=3`));
      const first = await search(source, 'Condition');
      const second = await search(source, 'Condition', { cursor: first.next! });
      expect(second.next).to.equal(undefined);
      expect(second.warnings?.map((it) => [it.code, it.effect, it.types])).to.deep.equal([
        ['incomplete', 'incomplete', ['Condition']],
      ]);
      expect(second.warnings?.[0]?.text).to.include('more pages than are followed (2)');
    });
  });

  describe('reading', () => {
    it('reads a resource by its id, with the ids by which the server names the patient', async () => {
      knowsPatient();
      server.read('Condition', 'c1', condition('c1'));
      const page = await read(connect(), 'Condition', 'c1');
      expect(page?.records.map((it) => it.id)).to.deep.equal(['c1']);
      expect(page?.patientIds).to.deep.equal(['p1']);
    });

    it('finds nothing where the server has nothing, or no longer', async () => {
      for (const status of [404, 410]) {
        knowsPatient();
        server.read('Condition', 'c1', [status]);
        expect(await read(connect({ patientIdSeconds: 0 }), 'Condition', 'c1')).to.equal(undefined);
      }
    });

    it('refuses another resource than the one it asked for', async () => {
      for (const reply of [condition('c2'), { ...condition('c1'), resourceType: 'Flag' }, failed('error')]) {
        knowsPatient();
        server.read('Condition', 'c1', reply);
        expect(await kindOf(read(connect({ patientIdSeconds: 0 }), 'Condition', 'c1'))).to.equal('invalid-response');
      }
    });

    for (const id of ['..', '.', '', 'a/b', '../Patient', '%2e%2e', 'a?b', 'a b', 'é', 'x'.repeat(65), 'c1\n']) {
      it(`asks for nothing by the id ${JSON.stringify(id)}`, async () => {
        expect(await read(connect(), 'Condition', id)).to.equal(undefined);
        expect(server.asked).to.deep.equal([]);
      });
    }
  });
});

const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'an answer',
    (error: unknown) => (error instanceof SourceError ? error.kind : String(error)),
  );
