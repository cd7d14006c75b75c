import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import nock from 'nock';
import { SourceError, type Trace } from '../../src/adapter/index.ts';
import type { NhsNumber } from '../../src/fhir/index.ts';
import { adapterContract, testActor, testCall, testTools } from '../../test/support/index.ts';
import pds from './index.ts';
import { createPace } from './pace.ts';
import { simulator } from './simulator.ts';
import { pdsPatient, stubPds } from './stub.ts';

const BASE = 'https://pds.example/personal-demographics/FHIR/R4';
const NHS = '9990000018' as NhsNumber;
const CURRENT = '9990000026';

adapterContract({
  adapter: pds,
  simulator,
  fixtures: join(import.meta.dirname, 'fixtures'),
  stranger: '9990000212',
});

describe('PDS in its own words', () => {
  const tools = testTools();
  const stub = stubPds(BASE);
  const { trace } = pds.connect(
    { baseUrl: BASE, bearer: 'token-1', signedJwt: undefined, callsPerSecond: 1000 },
    tools,
  );
  before(() => nock.disableNetConnect());
  afterEach(() => {
    expect(nock.pendingMocks()).to.deep.equal([]);
    nock.cleanAll();
  });
  after(() => {
    nock.enableNetConnect();
    tools.close();
  });
  const traced = (): Promise<Trace> => trace!(NHS, testCall());
  const failing = async (): Promise<SourceError> => {
    const error: unknown = await traced().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(SourceError);
    return error as SourceError;
  };

  for (const [security, restriction] of [
    ['U', 'unrestricted'],
    ['R', 'restricted'],
    ['V', 'very-restricted'],
  ] as const)
    it(`reads the label ${security} as ${restriction}`, async () => {
      stub.answers(NHS, pdsPatient(NHS, security));
      expect(await traced()).to.include({ outcome: 'found', nhsNumber: NHS, restriction });
    });

  for (const meta of [
    undefined,
    {},
    { security: [] },
    { security: [{ code: 'N' }] },
    { security: [{ code: 'U' }, { code: 'R' }] },
  ])
    it(`takes nobody for unrestricted who is not said to be: ${meta ? JSON.stringify(meta) : 'no meta'}`, async () => {
      stub.answers(NHS, pdsPatient(NHS, 'U', { meta }));
      expect(await traced()).to.have.property('restriction', 'restricted');
    });

  it('reads a record of another id as that of the number which superseded the one asked for', async () => {
    stub.answers(NHS, pdsPatient(CURRENT));
    expect(await traced()).to.include({ outcome: 'found', nhsNumber: CURRENT });
  });

  it('knows a number that is invalidated from one that is not known, and both from a wrong address', async () => {
    stub.refuses(NHS, [404, 'INVALIDATED_RESOURCE']);
    expect(await traced()).to.deep.equal({ outcome: 'invalidated' });
    stub.refuses(NHS, [404, 'RESOURCE_NOT_FOUND']);
    expect(await failing()).to.deep.include({
      kind: 'not-known-here',
      reason: { system: 'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode', code: 'RESOURCE_NOT_FOUND' },
    });
    nock(BASE).get(`/Patient/${NHS}`).reply(404, '<html>no such page</html>');
    expect(await failing()).to.have.property('kind', 'refused');
  });

  for (const [status, code, kind] of [
    [400, 'INVALID_RESOURCE_ID', 'refused'],
    [401, 'ACCESS_DENIED', 'refused'],
    [403, 'ACCESS_DENIED', 'refused'],
    [408, 'UNABLE_TO_CALL_SERVICE', 'timeout'],
    [503, 'SERVICE_UNAVAILABLE', 'unavailable'],
  ] as const)
    it(`calls ${status} ${code} ${kind}`, async () => {
      stub.refuses(NHS, [status, code]);
      expect(await failing()).to.deep.include({ kind, reason: { system: SPINE, code } });
    });

  it('hands on how long to leave the service alone, and no word that it does not know', async () => {
    stub.refuses(NHS, [429, 'TOO_MANY_REQUESTS'], 7);
    expect(await failing()).to.include({ kind: 'throttled', retryAfter: 7 });
    stub.refuses(NHS, [429, 'Doreen Hallsworth is asked for too often']);
    expect(await failing()).to.include({ kind: 'throttled', reason: undefined });
  });

  for (const [name, body] of Object.entries({
    'an id that is no NHS number': pdsPatient('9990000019'),
    'an identifier that is not its id': pdsPatient(NHS, 'U', { identifier: pdsPatient(CURRENT)['identifier'] }),
    'another resource': { resourceType: 'Person', id: NHS },
    'a list': [] as never,
  }))
    it(`does not take ${name} for a patient`, async () => {
      stub.answers(NHS, body);
      expect(await failing()).to.have.property('kind', 'invalid-response');
    });

  it('says for whom it asks, and gives every request an id of its own', async () => {
    const ids: unknown[] = [];
    for (let time = 0; time < 2; time++)
      nock(BASE, {
        reqheaders: {
          authorization: 'Bearer token-1',
          accept: 'application/fhir+json',
          'nhsd-end-user-organisation-ods': testActor.organisation.ods,
          'nhsd-session-urid': testActor.practitioner!.sdsRoleProfileId,
          'x-correlation-id': /.+/,
          'x-request-id': (it) => ids.push(it) > 0,
        },
      })
        .get(`/Patient/${NHS}`)
        .reply(200, JSON.stringify(pdsPatient(NHS)));
    await traced();
    await traced();
    expect(new Set(ids).size).to.equal(2);
  });
});

describe('PDS behind a signed JWT', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const tools = testTools();
  let running: Server;
  let base: string;
  before(async () => {
    process.env['PDS_PUBLIC_KEY'] = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const read = () => Promise.resolve(Buffer.from(JSON.stringify(pdsPatient(NHS))));
    const { handle } = await simulator({ people: () => Promise.resolve([NHS]), read, complain: () => undefined });
    running = createServer(handle);
    await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
  });
  after(() => {
    delete process.env['PDS_PUBLIC_KEY'];
    running.close();
    tools.close();
  });
  const withJwt = (more: object = {}, own: Partial<typeof tools> = {}) =>
    pds.connect(
      {
        baseUrl: base,
        bearer: undefined,
        callsPerSecond: 1000,
        signedJwt: {
          tokenUrl: `${base}/oauth2/token`,
          apiKey: 'our-key',
          keyId: 'test-1',
          // As a variable of the environment may hold it.
          privateKey: privateKey.export(pem).toString().replaceAll('\n', '\\n'),
          ...more,
        },
      },
      { ...tools, ...own },
    );
  const kindOf = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => 'answered',
      (error: unknown) => (error as SourceError).kind,
    );

  it('is given a token for it, once for many who wait, and asked with that', async () => {
    const { trace } = withJwt();
    const traces = await Promise.all([1, 2, 3].map(() => trace!(NHS, testCall())));
    for (const it of traces) expect(it).to.include({ outcome: 'found', nhsNumber: NHS });
  });

  it('is given a new one where the one at hand is not taken any more', async () => {
    tools.cache.set('token', 'an old one', 60);
    expect(await kindOf(withJwt().trace!(NHS, testCall()))).to.equal('answered');
  });

  it('refuses another key, another audience, a JWT that was used and one that ends too late', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
    const wrong: readonly (readonly [object, Partial<typeof tools>])[] = [
      [{ privateKey: other }, {}],
      [{ tokenUrl: `${base}/oauth2/token?` }, {}],
      [{}, { now: () => Date.now() + 60_000 }],
    ];
    for (const [more, own] of wrong) {
      tools.cache.delete('token');
      expect(await kindOf(withJwt(more, own).trace!(NHS, testCall()))).to.equal('refused');
    }
    for (const expected of ['answered', 'refused']) {
      tools.cache.delete('token');
      expect(await kindOf(withJwt({}, { uuid: () => 'once' }).trace!(NHS, testCall()))).to.equal(expected);
    }
  });

  it('does not start with what is no key', () => {
    expect(() => withJwt({ privateKey: 'secret' })).to.throw(/^settings\.signedJwt\.privateKey: expected/);
  });
});

describe('the pace of calls', () => {
  const call = (deadline: number) => ({ ...testCall(), deadline });

  it('lets as many begin at once as a second allows, and turns away whose turn comes too late', async () => {
    let time = 1000;
    const pace = createPace(2, () => time);
    await pace(call(1500));
    await pace(call(1500));
    const error: unknown = await pace(call(1500)).catch((thrown: unknown) => thrown);
    expect(error).to.include({ kind: 'throttled', retryAfter: 1 });
    time = 2000;
    await pace(call(2100));
  });

  it('lets the next one wait for its turn, and stop waiting when its signal says so', async () => {
    const pace = createPace(1, Date.now);
    await pace(testCall());
    const start = performance.now();
    const stopped: unknown = await pace({ ...testCall(), signal: AbortSignal.timeout(20) }).catch((it: unknown) => it);
    expect(stopped).to.have.property('kind', 'timeout');
    expect(performance.now() - start).to.be.below(900);
  });
});

const SPINE = 'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode';
