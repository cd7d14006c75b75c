import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import nock from 'nock';
import { parseFields, type Page, type Settings, type Source, SourceError } from '../../src/adapter/index.ts';
import { type Json, parseNhsNumber } from '../../src/fhir/index.ts';
import type { Collection } from '../../mappings/community-json/index.ts';
import { drain } from '../../src/search/ask/drain.ts';
import { createGuard } from '../../src/sources/guard.ts';
import { adapterContract, dataDirectory, serveSimulator, testCall, testTools } from '../../test/support/index.ts';
import adapter from './index.ts';
import { schemaFaults } from './schema-faults.ts';
import { simulator } from './simulator.ts';
import { stubCommunity } from './stub.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

adapterContract({ adapter, simulator, fixtures, stranger: '9990000212' });

const BASE = 'https://community.test/fellside';
const PERSON = parseNhsNumber('9990000018')!;
const PATIENT = { patientId: 50018, nhsNumber: '999 000 0018', surname: 'Hallam' };

describe('the community adapter', () => {
  let tools: ReturnType<typeof testTools>;
  let source: Source;
  let stub: ReturnType<typeof stubCommunity>;

  before(() => {
    process.env['COMMUNITY_TEST_SECRET'] = 'p%s:wörd';
  });
  beforeEach(() => {
    nock.disableNetConnect();
    tools = testTools();
    source = connect();
    stub = stubCommunity(BASE);
  });
  afterEach(() => {
    tools.close();
    nock.cleanAll();
    nock.enableNetConnect();
  });

  describe('its token', () => {
    it('is asked for with the client’s credentials, once, and sent with every request', async () => {
      const call = testCall();
      nock(BASE, {
        reqheaders: { authorization: `Basic ${Buffer.from('our%3Aclient:p%25s%3Aw%C3%B6rd').toString('base64')}` },
      })
        .post('/oauth/token', 'grant_type=client_credentials')
        .matchHeader('content-type', 'application/x-www-form-urlencoded')
        .reply(200, { access_token: 'abc', token_type: 'Bearer', expires_in: 300 });
      nock(BASE, { reqheaders: { authorization: 'Bearer abc', 'x-correlation-id': call.correlationId } })
        .get('/api/v2/health')
        .times(2)
        .reply(200, { status: 'UP' });
      await source.health(call);
      await source.health(call);
      expect(nock.isDone()).to.equal(true);
    });

    it('is asked for once when many wait for it', async () => {
      stub.grantsToken();
      nock(BASE).get('/api/v2/health').times(3).reply(200, { status: 'UP' });
      await Promise.all([1, 2, 3].map(() => source.health(testCall())));
      expect(nock.isDone()).to.equal(true);
    });

    it('fails all who wait for it alike', async () => {
      nock(BASE).post('/oauth/token').reply(503, '', { 'Retry-After': '4' });
      const errors = await Promise.all([1, 2].map(() => failure(source.health(testCall()))));
      expect(errors.map(({ kind, retryAfter }) => [kind, retryAfter])).to.deep.equal([
        ['unavailable', 4],
        ['unavailable', 4],
      ]);
    });

    it('is asked for again by whoever still has time when the one who asked had not', async () => {
      nock(BASE).post('/oauth/token').delay(500).reply(200, { access_token: 'late', expires_in: 300 });
      stub.grantsToken();
      nock(BASE).get('/api/v2/health').matchHeader('authorization', 'Bearer token-1').reply(200, { status: 'UP' });
      const hasty = failure(source.health(testCall(50)));
      await source.health(testCall());
      expect((await hasty).kind).to.equal('timeout');
      expect(nock.isDone()).to.equal(true);
    });

    it('is replaced once when the API does not take it, for all requests at once', async () => {
      stub.grantsToken('old');
      stub.findsPatients(PERSON, [PATIENT], 'old');
      nock(BASE)
        .get(/\/(allergies|alerts)\?/)
        .matchHeader('authorization', 'Bearer old')
        .times(2)
        .reply(401, { errorCode: 'AUT-401' });
      stub.grantsToken('new');
      for (const collection of ['allergies', 'alerts'] as const) {
        stub.holds({ patientId: 50018, collection, pageSize: 100, token: 'new' }, []);
      }
      await search(connect({ collections: ['allergies', 'alerts'] }));
      expect(nock.isDone()).to.equal(true);
    });

    it('is not replaced for ever', async () => {
      stub.grantsToken('one');
      stub.grantsToken('two');
      nock(BASE).get('/api/v2/health').times(2).reply(401, { errorCode: 'AUT-401' });
      expect((await failure(source.health(testCall()))).kind).to.equal('refused');
      expect(nock.isDone()).to.equal(true);
    });

    it('is refused to an unknown client with the API’s code, and without its words', async () => {
      stub.refusesClient();
      const error = await failure(source.health(testCall()));
      expect(error).to.deep.include({ kind: 'refused', message: 'refused' });
      expect(error.reason?.code).to.equal('AUT-401');
    });

    for (const body of [{}, { access_token: '', expires_in: 300 }, { access_token: 'a' }, 'token', []]) {
      it(`is not read out of ${JSON.stringify(body)}`, async () => {
        nock(BASE).post('/oauth/token').reply(200, JSON.stringify(body));
        expect((await failure(source.health(testCall()))).kind).to.equal('invalid-response');
      });
    }
  });

  describe('its lookup of the patient', () => {
    beforeEach(() => stub.grantsToken());

    it('knows when there is nobody', async () => {
      stub.findsPatients(PERSON, []);
      expect((await failure(search())).kind).to.equal('not-known-here');
    });

    it('refuses an answer about another number, or without one', async () => {
      stub.findsPatients(PERSON, [{ ...PATIENT, nhsNumber: '999 000 0026' }]);
      expect((await failure(search())).kind).to.equal('wrong-patient');
      stub.findsPatients(PERSON, [{ patientId: 50018 }]);
      expect((await failure(search())).kind).to.equal('wrong-patient');
    });

    it('refuses two patients under one number, and a patient without an id', async () => {
      stub.findsPatients(PERSON, [PATIENT, { ...PATIENT, patientId: 50019 }]);
      expect((await failure(search())).kind).to.equal('invalid-response');
      stub.findsPatients(PERSON, [{ nhsNumber: '999 000 0018' }]);
      expect((await failure(search())).kind).to.equal('invalid-response');
      stub.findsPatients(PERSON, [{ ...PATIENT, patientId: '../50019' }]);
      expect((await failure(search())).kind).to.equal('invalid-response');
    });

    it('is made once for all pages of an answer', async () => {
      stub.findsPatients(PERSON, [PATIENT]);
      const alerts = entries('alertId', 2);
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 1 }, [alerts[0]], 2);
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 1, page: 2 }, [alerts[1]], 2);
      await pagesOf(connect({ collections: ['alerts'], pageSize: 1 }));
      expect(nock.isDone()).to.equal(true);
    });
  });

  describe('its pages', () => {
    const alerts = entries('alertId', 5);

    beforeEach(() => {
      stub.grantsToken();
      stub.findsPatients(PERSON, [PATIENT]);
    });

    it('asks every collection for its first page, and yields all of them with the patient', async () => {
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 100 }, alerts);
      stub.holds({ patientId: 50018, collection: 'allergies', pageSize: 100 }, entries('allergyId', 1));
      const page = await search(connect({ collections: ['alerts', 'allergies'] }));
      expect(page.records.map((it) => it.kind)).to.deep.equal(['patient', ...alerts.map(() => 'alerts'), 'allergies']);
      expect(page)
        .to.deep.include({ patientIds: ['50018'] })
        .and.not.have.property('next');
    });

    it('goes on only with the collections that do, and asks for no more than was asked of it', async () => {
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2 }, alerts.slice(0, 2), 5);
      stub.holds({ patientId: 50018, collection: 'allergies', pageSize: 2 }, entries('allergyId', 2));
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2, page: 2 }, alerts.slice(2, 4), 5);
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2, page: 3 }, alerts.slice(4), 5);
      const pages = await pagesOf(connect({ collections: ['alerts', 'allergies'] }), 2);
      expect(pages.map((it) => it.records.map(({ kind, id }) => `${kind}/${id}`))).to.deep.equal([
        ['patient/50018', 'alerts/1', 'alerts/2', 'allergies/1', 'allergies/2'],
        ['alerts/3', 'alerts/4'],
        ['alerts/5'],
      ]);
      expect(nock.isDone()).to.equal(true);
    });

    it('tells the pages of all collections ahead from the first one on, and asks for them at the same time', async () => {
      let under = 0;
      let most = 0;
      const asked: string[] = [];
      const totals: Readonly<Record<string, number>> = { alerts: 7, allergies: 4 };
      nock(BASE)
        .persist()
        .get(/\/(alerts|allergies)\?/)
        .reply(async (request: Request) => {
          const { pathname, searchParams } = new URL(request.url);
          const collection = pathname.replace(/.*\//, '');
          const page = Number(searchParams.get('page'));
          asked.push(`${collection} ${page}`);
          most = Math.max(most, (under += 1));
          // The first pages come at once; then two of one collection and three of the other are all that is left.
          for (let turn = 0; turn < 200 && page > 1 && most < 4; turn += 1)
            await new Promise((resolve) => setImmediate(resolve));
          under -= 1;
          const totalRecords = totals[collection]!;
          const [idKey, size] = [
            collection === 'alerts' ? 'alertId' : 'allergyId',
            Math.min(2, totalRecords - page * 2 + 2),
          ];
          const records = Array.from({ length: size }, (_, at) => ({ [idKey]: page * 10 + at, patientId: 50018 }));
          return [200, JSON.stringify({ page, pageSize: 2, totalRecords, records })];
        });
      const { records, partial } = await drained(connect({ collections: ['alerts', 'allergies'], pageSize: 2 }));
      expect(partial).to.equal(false);
      expect(records).to.have.length(1 + 7 + 4);
      expect(most).to.equal(4);
      expect(asked.sort()).to.deep.equal([
        ...['alerts 1', 'alerts 2', 'alerts 3', 'alerts 4'],
        ...['allergies 1', 'allergies 2'],
      ]);
    });

    it('refuses pages that repeat one another, also where each is the first to come', async () => {
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2 }, alerts.slice(0, 2), 6);
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2, page: 2 }, alerts.slice(2, 4), 6);
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2, page: 3 }, alerts.slice(3, 5), 6);
      const source = connect({ collections: ['alerts'], pageSize: 2 });
      expect((await failure(drained(source))).kind).to.equal('invalid-response');
      expect(nock.isDone()).to.equal(true);
    });

    it('keeps the digits of decimals', async () => {
      stub.answers(
        '/patients/50018/assessments',
        '{"page":1,"pageSize":100,"totalRecords":1,"records":[{"assessmentId":1,"patientId":50018,"totalScore":3.10}]}',
      );
      const { records } = await search(connect({ collections: ['assessments'] }));
      expect(JSON.stringify(records[1]?.body)).to.include('"totalScore":3.10');
    });

    const second = { page: 2, pageSize: 2, totalRecords: 5, records: alerts.slice(2, 4) };
    const broken: readonly (readonly [string, unknown])[] = [
      ['ends early', { ...second, records: alerts.slice(2, 3) }],
      ['is empty before the end', { ...second, records: [] }],
      ['is longer than was asked for', { ...second, records: alerts.slice(2, 5) }],
      ['repeats the page before', { ...second, records: alerts.slice(0, 2) }],
      ['overlaps the page before', { ...second, records: [alerts[2], alerts[0]] }],
      ['is another page', { ...second, page: 1 }],
      ['has another size', { ...second, pageSize: 50 }],
      ['is of a collection that has changed meanwhile', { ...second, totalRecords: 6 }],
      ['has no records', { page: 2, pageSize: 2, totalRecords: 5 }],
      ['has no total', { ...second, totalRecords: undefined }],
      ['is a list', alerts.slice(2, 4)],
    ];
    for (const [what, answer] of broken) {
      it(`refuses a page that ${what}`, async () => {
        stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 2 }, alerts.slice(0, 2), 5);
        stub.answers('/patients/50018/alerts', JSON.stringify(answer));
        expect((await failure(drained(connect({ collections: ['alerts'], pageSize: 2 })))).kind).to.equal(
          'invalid-response',
        );
      });
    }

    it('refuses a page with an entry of another patient', async () => {
      stub.holds({ patientId: 50018, collection: 'alerts', pageSize: 100 }, [
        ...alerts,
        { alertId: 9, patientId: 50026 },
      ]);
      expect((await failure(search(connect({ collections: ['alerts'] })))).kind).to.equal('wrong-patient');
    });
  });

  describe('its errors', () => {
    const failures: readonly (readonly [status: number, errorCode: string, kind: string, reason?: string])[] = [
      [404, 'PAT-404', 'not-known-here'],
      [404, 'COL-404', 'refused'],
      [400, 'VAL-400', 'refused', 'VAL-400'],
      [403, 'CON-403', 'refused', 'CON-403'],
      [403, 'NEW-403', 'refused'],
      [429, 'LIM-429', 'throttled'],
      [500, 'SYS-500', 'unavailable'],
      [503, 'SYS-503', 'unavailable'],
      [504, 'SYS-504', 'timeout'],
      [302, '', 'invalid-response'],
    ];
    for (const [status, errorCode, kind, reason] of failures) {
      it(`calls ${status} ${errorCode} ${kind}`, async () => {
        stub.grantsToken();
        stub.findsPatients(PERSON, [PATIENT]);
        stub.fails('/patients/50018/alerts', { status, errorCode, headers: { 'Retry-After': '9' } });
        const error = await failure(search(connect({ collections: ['alerts'] })));
        expect(error.kind).to.equal(kind);
        expect(error.reason?.code).to.equal(reason);
        expect(error.message).to.equal(kind);
        if (kind === 'throttled') expect(error.retryAfter).to.equal(9);
      });
    }

    it('does not take the 404 of a wrong address for an unknown patient', async () => {
      stub.grantsToken();
      nock(BASE).get('/api/v2/patients').query(true).reply(404, '<h1>Not found</h1>');
      expect((await failure(search())).kind).to.equal('refused');
    });

    it('calls a body that is no JSON, or not the promised one, an invalid response', async () => {
      stub.grantsToken();
      for (const body of ['<html>', '', '[]', '{"patients":{}}', '{"patients":[null]}']) {
        stub.answers('/patients', body);
        expect((await failure(search())).kind, body).to.equal('invalid-response');
      }
    });

    it('is not well where the API says it is not', async () => {
      stub.grantsToken();
      stub.answers('/health', '{"status":"DOWN"}');
      expect((await failure(source.health(testCall()))).kind).to.equal('unavailable');
    });
  });

  it('claims the types of its collections only', () => {
    const { scope, types } = adapter.capabilities(settingsOf({ collections: ['allergies'] }));
    expect(scope).to.equal('record');
    expect(Object.keys(types)).to.have.members([
      'Patient',
      'AllergyIntolerance',
      'Practitioner',
      'PractitionerRole',
      'Organization',
    ]);
  });

  function settingsOf(
    given: { readonly collections?: readonly Collection[]; readonly pageSize?: number } = {},
  ): Settings<typeof adapter.settings> {
    const parsed = parseFields(
      adapter.settings,
      { baseUrl: BASE, clientId: 'our:client', clientSecret: { env: 'COMMUNITY_TEST_SECRET' }, ...given },
      'settings',
    );
    if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
    return parsed.value;
  }

  function connect(given?: Parameters<typeof settingsOf>[0]): Source {
    return adapter.connect(settingsOf(given), tools);
  }

  function search(from: Source = source, count = 200, cursor?: string): Promise<Page> {
    const query = { patient: PERSON, types: [], filters: [], count, ...(cursor !== undefined && { cursor }) };
    return from.search!(query, testCall());
  }

  /** All pages as the facade reads them: compared with each other, some of them asked for ahead. */
  function drained(from: Source): ReturnType<typeof drain> {
    const guard = createGuard({ concurrent: 9, queued: 0, failures: 0, restMs: 1 }, { now: Date.now });
    const query = { patient: PERSON, types: [], filters: [], count: 200 };
    return drain({ source: from, adapter: adapter as never, guard }, query, { maxRecords: 1000, call: testCall() });
  }

  async function pagesOf(from: Source, count = 200): Promise<readonly Page[]> {
    const pages = [await search(from, count)];
    for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
      pages.push(await search(from, count, next));
    return pages;
  }
});

describe('the community simulator', () => {
  it('takes a token only until it expires', async () => {
    const running = await serveSimulator((data) => simulator(data, 0), dataDirectory(fixtures));
    const tools = testTools();
    try {
      const parsed = parseFields(adapter.settings, running.settings, 'settings');
      if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
      const error = await failure(adapter.connect(parsed.value, tools).health(testCall()));
      expect(error.kind).to.equal('refused');
      expect(running.requests()).to.deep.equal([
        'POST /oauth/token',
        'GET /api/v2/health',
        'POST /oauth/token',
        'GET /api/v2/health',
      ]);
    } finally {
      tools.close();
      await running.close();
    }
  });

  for (const person of ['9990000018', '9990000026']) {
    it(`serves a document that keeps to the supplier's schema: ${person}`, () => {
      expect(schemaFaults(JSON.parse(readFileSync(join(fixtures, `${person}.json`), 'utf8')))).to.deep.equal([]);
    });
  }

  it('has a schema that tells a document with a wrong key, a missing one and a wrong value', () => {
    const document = {
      patient: { patientId: 'x', nhsNumber: '999' },
      alerts: [{ alertId: 1, alert: { colour: 'red' } }],
      letters: [],
    };
    expect(schemaFaults(document)).to.have.members([
      'letters: unknown',
      'patient.patientId: expected integer',
      'alerts[0].patientId: missing',
      'alerts[0].alert.colour: unknown',
    ]);
  });
});

function entries(idKey: string, count: number): readonly Json[] {
  return Array.from({ length: count }, (_, index) => ({ [idKey]: index + 1, patientId: 50018 }));
}

async function failure(work: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await work.then(
    () => new Error('it answered'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(SourceError);
  return error as SourceError;
}
