import { join } from 'node:path';
import { expect } from 'chai';
import nock from 'nock';
import { parseFields, type Source, SourceError, type SourceQuery } from '../../src/adapter/index.ts';
import { type Json, type NhsNumber, type ResourceType } from '../../src/fhir/index.ts';
import { drain } from '../../src/search/ask/drain.ts';
import { createGuard } from '../../src/sources/guard.ts';
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

    describe('foretold', () => {
      const HAPI = '_getpages=c8a7&_count=3&_bundletype=searchset';
      /** What the first page and the second say, of how many matches, and the counts that then follow. */
      const servers: readonly (readonly [
        what: string,
        links: readonly [first: string, second: string],
        of: { readonly total?: number; readonly last?: string; readonly size?: number },
        ahead: readonly [first: readonly string[], second: readonly string[]],
      ])[] = [
        [
          'by matches, under whatever name',
          ['patient=p1&_count=3&_offset=3', 'patient=p1&_count=3&_offset=6'],
          { total: 13 },
          [
            ['_offset=6', '_offset=9', '_offset=12'],
            ['_offset=9', '_offset=12'],
          ],
        ],
        [
          'beside a token of the search, where it stands',
          [`_getpagesoffset=3&${HAPI}`, `_getpagesoffset=6&${HAPI}`],
          { total: 10 },
          [['_getpagesoffset=6', '_getpagesoffset=9'], ['_getpagesoffset=9']],
        ],
        [
          'by matches from one on, under a name that is encoded',
          ['%5Bstart%5D=4&x=a%20b', '%5Bstart%5D=7&x=a%20b'],
          { total: 12 },
          [['%5Bstart%5D=7', '%5Bstart%5D=10'], ['%5Bstart%5D=10']],
        ],
        [
          'by pages',
          ['page=2', 'page=3'],
          { total: 14 },
          [
            ['page=3', 'page=4', 'page=5'],
            ['page=4', 'page=5'],
          ],
        ],
        ['by pages from zero on', ['page=1', 'page=2'], { total: 9 }, [['page=2'], []]],
        [
          'by pages or by matches, as the second one shows',
          ['at=2', 'at=3'],
          { total: 10, size: 2 },
          [[], ['at=4', 'at=5']],
        ],
        ['to the last page, where no total is given', ['at=3', 'at=6'], { last: 'at=9' }, [['at=6', 'at=9'], ['at=9']]],
        ['by what is no count', ['after=40512', 'after=40590'], { total: 13 }, [[], []]],
        ['by tokens', ['token=a', 'token=b'], { total: 13 }, [[], []]],
        ['to no end', ['_offset=3', '_offset=6'], {}, [[], []]],
        ['beside what changes', ['_offset=3&t=a', '_offset=6&t=b'], { total: 10 }, [['_offset=6', '_offset=9'], []]],
        ['twice', ['_offset=3&page=1', '_offset=6&page=2'], { total: 13 }, [[], []]],
      ];
      for (const [what, [first, second], { total, last, size = 3 }, ahead] of servers)
        it(`tells which pages follow a link that counts ${what}`, async () => {
          const bundle = (at: number, next: string): Json => {
            const outcome = { resource: failed('warning'), search: { mode: 'outcome' } };
            const matches = Array.from({ length: size }, (_, index) => condition(`c${at}-${index}`));
            const own = searchset(matches, `${BASE}/Condition?${next}`);
            const links = [...(own['link'] as Json[]), { relation: 'last', url: `${BASE}/Condition?${last}` }];
            return {
              ...own,
              ...(total !== undefined && { total }),
              ...(last !== undefined && { link: links }),
              entry: [...(own['entry'] as Json[]), outcome],
            };
          };
          const source = connect({ pageSize: size });
          knowsPatient();
          server.search('Condition', { patient: 'p1', _count: String(size) }, bundle(1, first));
          nock('https://fhir.trust.test').get('/R4/Condition').query(true).reply(200, bundle(2, second));
          const one = await search(source, 'Condition');
          const two = await search(source, 'Condition', { cursor: one.next! });
          const told = [one, two].map((it) => it.ahead!.map((cursor) => cursor.split('\n').slice(it === one ? 1 : 2)));
          // A cursor names all addresses on the way to its page: each of them is the link in which the count has grown.
          const expected = [first, second].map((link, page) =>
            ahead[page]!.map((_, at) => ahead[page]!.slice(0, at + 1).map((it) => addressWith(link, it))),
          );
          expect(told).to.deep.equal(expected);
        });

      const addressWith = (link: string, counter: string): string => {
        const name = counter.replace(/=.*/, '=');
        const query = link.split('&').map((it) => (it.startsWith(name) ? counter : it));
        return `/Condition?${query.join('&')}`;
      };

      it('asks for the pages ahead at the same time, and for none twice', async () => {
        const pages = 8;
        let under = 0;
        let most = 0;
        const asked: number[] = [];
        knowsPatient();
        nock('https://fhir.trust.test')
          .persist()
          .get('/R4/Condition')
          .query(true)
          .reply(async (request: Request) => {
            const offset = Number(new URL(request.url).searchParams.get('_offset'));
            asked.push(offset);
            most = Math.max(most, (under += 1));
            // The first page comes at once, the others once all four are asked for that may be, or as many as are left.
            for (let turn = 0; turn < 200 && offset > 0 && under < Math.min(4, pages - offset); turn += 1)
              await new Promise((resolve) => setImmediate(resolve));
            under -= 1;
            const next = offset + 1 < pages ? `${BASE}/Condition?patient=p1&_offset=${offset + 1}` : undefined;
            return [200, JSON.stringify({ ...searchset([condition(`c${offset}`)], next), total: pages })];
          });
        const guard = createGuard({ concurrent: 9, queued: 0, failures: 0, restMs: 1 }, { now: Date.now });
        const source = connect({ pageSize: 1 });
        const { records, partial } = await drain({ source, adapter: adapter as never, guard }, query('Condition'), {
          maxRecords: 100,
          call: testCall(),
        });
        expect(records.map((it) => it.id)).to.deep.equal(Array.from({ length: pages }, (_, at) => `c${at}`));
        expect(partial).to.equal(false);
        expect(asked.sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(most).to.equal(4);
      });

      it('tells of no page beyond those that its settings allow', async () => {
        knowsPatient();
        const next = `${BASE}/Condition?patient=p1&_offset=1`;
        server.search('Condition', { patient: 'p1', _count: '1' }, { ...searchset([condition('c1')], next), total: 9 });
        const { ahead } = await search(connect({ pageSize: 1, maxPages: 3 }), 'Condition');
        expect(ahead).to.have.length(1);
      });
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
