import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import nock from 'nock';
import { parseFields, type Settings, type Source, SourceError } from '../../src/adapter/index.ts';
import { type Json, type NhsNumber, parseJson } from '../../src/fhir/index.ts';
import {
  adapterContract,
  dataDirectory,
  type RunningSource,
  serveSimulator,
  testActor,
  testCall,
  testTools,
} from '../../test/support/index.ts';
import adapter from './index.ts';
import { parametersFor } from './request.ts';
import { simulator } from './simulator.ts';
import { spineOutcome, stubGpConnect } from './stub.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const PATIENT = '9990000018' as NhsNumber;
const BASE = 'https://practice.example/A99901/STU3/1/gpconnect/structured/fhir';
const query = { patient: PATIENT, types: [], filters: [], count: 50 };
const record = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ resource: { resourceType: 'Patient', id: 'p' } }],
};

adapterContract({ adapter, simulator, fixtures, stranger: '9990000212' });

describe('GP Connect', () => {
  let tools: ReturnType<typeof testTools>;
  const settings = (more: object = {}): Settings<typeof adapter.settings> => {
    const parsed = parseFields(
      adapter.settings,
      { baseUrl: BASE, fromAsid: '200000000001', toAsid: '200000000002', ...more },
      'settings',
    );
    if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
    return parsed.value;
  };
  const connect = (more: object = {}): Required<Pick<Source, 'search' | 'health'>> =>
    adapter.connect(settings(more), tools) as never;
  const failure = async (work: Promise<unknown>): Promise<SourceError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(SourceError);
    return error as SourceError;
  };

  interface Sent {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  }
  /** Answers one request at a host, and tells afterwards what it was. */
  const capturing = (host: string): (() => Sent) => {
    let sent: Sent | undefined;
    nock(host)
      .post('/Patient/$gpc.getstructuredrecord')
      .reply(async (request: Request) => {
        sent = { headers: Object.fromEntries(request.headers), body: await request.json() };
        return [200, record];
      });
    return () => sent!;
  };

  beforeEach(() => {
    tools = testTools();
    nock.disableNetConnect();
  });
  afterEach(() => {
    tools.close();
    nock.cleanAll();
    nock.enableNetConnect();
  });

  describe('its request', () => {
    const capture = async (more: object = {}, host = BASE): Promise<Sent> => {
      const sent = capturing(host);
      await connect(more).search(query, testCall());
      return sent();
    };

    it('asks for the whole record of one patient, each area with the parts that it needs and no date', async () => {
      const { body } = await capture();
      expect(body).to.deep.equal({
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'patientNHSNumber',
            valueIdentifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: PATIENT },
          },
          { name: 'includeAllergies', part: [{ name: 'includeResolvedAllergies', valueBoolean: true }] },
          { name: 'includeMedication', part: [{ name: 'includePrescriptionIssues', valueBoolean: true }] },
          { name: 'includeProblems' },
          { name: 'includeConsultations' },
          { name: 'includeImmunisations' },
          { name: 'includeUncategorisedData' },
          { name: 'includeInvestigations' },
          { name: 'includeReferrals' },
          { name: 'includeDiaryEntries' },
        ],
      });
    });

    it('names both systems, the interaction, and itself anew each time', async () => {
      const [first, second] = [await capture(), await capture()];
      expect(first.headers).to.include({
        'content-type': 'application/fhir+json;charset=utf-8',
        'ssp-from': '200000000001',
        'ssp-to': '200000000002',
        'ssp-interactionid': 'urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1',
      });
      expect(first.headers['ssp-traceid'])
        .to.match(/^[0-9a-f-]{36}$/)
        .and.not.equal(second.headers['ssp-traceid']);
    });

    it('carries an unsigned token that says who asks, for five minutes', async () => {
      const { headers } = await capture();
      const [header, payload, signature] = headers['authorization']!.replace('Bearer ', '').split('.');
      const decoded = (part = ''): Json => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
      expect(decoded(header)).to.deep.equal({ alg: 'none', typ: 'JWT' });
      expect(signature).to.equal('');
      const claims = decoded(payload);
      expect(Number(claims['exp']) - Number(claims['iat'])).to.equal(300);
      expect(claims).to.deep.include({
        sub: testActor.practitioner!.id,
        aud: BASE,
        reason_for_request: 'directcare',
        requested_scope: 'patient/*.read',
      });
      expect(claims).to.have.nested.property('requesting_organization.identifier[0].value', testActor.organisation.ods);
      expect(claims).to.have.nested.property('requesting_practitioner.name[0].family', testActor.practitioner!.family);
      expect(claims)
        .to.have.nested.property('requesting_practitioner.identifier')
        .with.deep.members([
          { system: 'https://fhir.nhs.uk/Id/sds-user-id', value: testActor.practitioner!.sdsUserId },
          { system: 'https://fhir.nhs.uk/Id/sds-role-profile-id', value: testActor.practitioner!.sdsRoleProfileId },
          { system: 'https://patient-core-records.example/fhir/Id/practitioner', value: testActor.practitioner!.id },
        ]);
      expect(claims).to.have.nested.property('requesting_device.model', testActor.device.model);
    });

    it('goes through the Spine Secure Proxy with the whole address of the practice, whom its token is still for', async () => {
      const { headers } = await capture({ proxyUrl: 'https://proxy.example' }, `https://proxy.example/${BASE}`);
      const [, payload = ''] = headers['authorization']!.split('.');
      expect(Buffer.from(payload, 'base64url').toString()).to.contain(`"aud":"${BASE}"`);
    });
  });

  describe('its areas', () => {
    it('claim no type of an area that is not asked for, and warn about one that another area shares', async () => {
      const some = { areas: ['allergies', 'referrals'] };
      const types = Object.keys(adapter.capabilities(settings(some)).types);
      expect(types).to.include.members([
        'AllergyIntolerance',
        'ServiceRequest',
        'Patient',
        'List',
        'DocumentReference',
      ]);
      expect(types).to.not.include.members(['Immunization']).and.not.include.members(['Condition']);
      stubGpConnect(BASE).answers(PATIENT, record);
      const { warnings } = await connect(some).search(query, testCall());
      expect(warnings).to.have.length(7);
      expect(warnings!.find((it) => it.text?.endsWith('diary'))).to.deep.include({
        code: 'not-asked',
        effect: 'incomplete',
        types: ['ServiceRequest', 'List'],
      });
    });
  });

  describe('its answers', () => {
    it('become records, with the digits of their decimals', async () => {
      stubGpConnect(BASE).answers(PATIENT, readFileSync(join(fixtures, `${PATIENT}.json`), 'utf8'));
      const { records } = await connect().search(query, testCall());
      expect(JSON.stringify(records)).to.contain('"value":82.50');
    });

    it('warn of what the practice does not hand out', async () => {
      stubGpConnect(BASE).answers('9990000026', readFileSync(join(fixtures, '9990000026.json'), 'utf8'));
      const { warnings } = await connect().search({ ...query, patient: '9990000026' as NhsNumber }, testCall());
      expect(warnings!.map((it) => it.code)).to.include.members(['data-in-transit', 'NOT_IMPLEMENTED']);
      expect(warnings!.find((it) => it.code === 'NOT_IMPLEMENTED')).to.deep.include({
        types: ['Immunization', 'List'],
      });
    });

    it('are invalid where any entry is broken, however large they are and whoever wants it', async () => {
      const text = readFileSync(join(fixtures, `${PATIENT}.json`), 'utf8');
      expect(text.length).to.be.above(100_000);
      const broken = ['"resourceType":"Practitioner",', '"resourceType"/*', '"resourceType":tru', '\u0007'];
      for (const put of broken) {
        const place = text.lastIndexOf('"resourceType"');
        stubGpConnect(BASE).answers(PATIENT, `${text.slice(0, place)}${put}${text.slice(place + 14)}`);
        expect(await failure(connect().search(query, testCall())), put).to.have.property('kind', 'invalid-response');
      }
    });

    it('are invalid without a patient, in another Bundle, as another resource, or as something else', async () => {
      const bodies = [
        { ...record, entry: [] },
        { ...record, type: 'searchset' },
        { resourceType: 'Patient', id: 'p' },
        '<html>Gateway</html>',
        '',
        '[]',
        'null',
      ];
      for (const body of bodies) {
        stubGpConnect(BASE).answers(PATIENT, body);
        expect(await failure(connect().search(query, testCall())), JSON.stringify(body)).to.have.property(
          'kind',
          'invalid-response',
        );
      }
    });
  });

  describe('its errors', () => {
    const SPINE = 'https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode';

    it('tell "not known here" from a wrong address', async () => {
      for (const code of ['PATIENT_NOT_FOUND', 'NO_RECORD_FOUND'] as const) {
        stubGpConnect(BASE).refuses(PATIENT, code);
        expect(await failure(connect().search(query, testCall()))).to.deep.include({
          kind: 'not-known-here',
          reason: { system: SPINE, code },
        });
      }
      stubGpConnect(BASE).says(PATIENT, { status: 404, body: '<html>No such path</html>' });
      expect(await failure(connect().search(query, testCall()))).to.deep.include({
        kind: 'refused',
        reason: undefined,
      });
    });

    it('say why the practice refused, in a code of the Spine and in nothing else', async () => {
      for (const code of [
        'NO_PATIENT_CONSENT',
        'ACCESS_DENIED',
        'INVALID_NHS_NUMBER',
        'BAD_REQUEST',
        'INVALID_PARAMETER',
      ] as const) {
        stubGpConnect(BASE).refuses(PATIENT, code);
        const error = await failure(connect().search(query, testCall()));
        expect(error).to.deep.include({ kind: 'refused', reason: { system: SPINE, code } });
        expect(JSON.stringify([error.message, error.reason])).to.not.contain('inner.host');
      }
      stubGpConnect(BASE).says(PATIENT, { status: 403, body: spineOutcome('MADE_UP_BY_A_SUPPLIER') });
      expect(await failure(connect().search(query, testCall()))).to.deep.include({
        kind: 'refused',
        reason: undefined,
      });
    });

    it('know the code under every name of its system, and those of the proxy', async () => {
      const systems = [
        'https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1',
        'https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1',
        'https://fhir.nhs.uk/STU3/ValueSet/gpconnect-error-or-warning-code-1',
      ];
      for (const system of systems) {
        stubGpConnect(BASE).says(PATIENT, { status: 403, body: spineOutcome('NO_RELATIONSHIP', { system }) });
        expect(await failure(connect().search(query, testCall()))).to.deep.include({
          reason: { system: SPINE, code: 'NO_RELATIONSHIP' },
        });
      }
      const proxy = 'http://fhir.nhs.net/ValueSet/gpconnect-schedule-response-code-1-0';
      stubGpConnect(BASE).says(PATIENT, { status: 403, body: spineOutcome('403', { system: proxy }) });
      expect(await failure(connect().search(query, testCall()))).to.deep.include({
        kind: 'refused',
        reason: { system: proxy, code: '403' },
      });
    });

    it('believe the code of an outcome that comes with a status of success', async () => {
      const kinds = {
        PATIENT_NOT_FOUND: 'not-known-here',
        NO_PATIENT_CONSENT: 'refused',
        INTERNAL_SERVER_ERROR: 'unavailable',
      };
      for (const [code, kind] of Object.entries(kinds)) {
        stubGpConnect(BASE).says(PATIENT, { status: 200, body: spineOutcome(code) });
        expect(await failure(connect().search(query, testCall()))).to.have.property('kind', kind);
      }
      stubGpConnect(BASE).says(PATIENT, {
        status: 200,
        body: spineOutcome('NOT_IMPLEMENTED', { severity: 'warning' }),
      });
      expect(await failure(connect().search(query, testCall()))).to.have.property('kind', 'invalid-response');
    });

    it('tell throttling, a fault and an outage apart', async () => {
      stubGpConnect(BASE).says(PATIENT, { status: 429, body: '', headers: { 'Retry-After': '9' } });
      expect(await failure(connect().search(query, testCall()))).to.include({ kind: 'throttled', retryAfter: 9 });
      stubGpConnect(BASE).refuses(PATIENT, 'INTERNAL_SERVER_ERROR');
      expect(await failure(connect().search(query, testCall()))).to.have.property('kind', 'unavailable');
      stubGpConnect(BASE).says(PATIENT, { status: 502, body: spineOutcome('502', { system: 'x' }) });
      expect(await failure(connect().search(query, testCall()))).to.have.property('kind', 'unavailable');
      stubGpConnect(BASE).isDown();
      expect(await failure(connect().search(query, testCall()))).to.have.property('kind', 'unavailable');
    });
  });

  it('is healthy when its metadata can be read', async () => {
    stubGpConnect(BASE).isUp();
    await connect().health(testCall());
    nock(BASE).get('/metadata').reply(503);
    expect(await failure(connect().health(testCall()))).to.have.property('kind', 'unavailable');
  });

  describe('its simulator', () => {
    let running: RunningSource;
    let headers: Record<string, string>;
    before(async () => {
      running = await serveSimulator(simulator, dataDirectory(fixtures));
    });
    after(() => running.close());
    beforeEach(async () => {
      nock.enableNetConnect();
      // What the adapter sends, as a caller that is about to get it wrong would copy it.
      const sent = capturing(BASE);
      await connect().search(query, testCall());
      headers = Object.fromEntries(
        Object.entries(sent().headers).filter(([name]) => /^(ssp|auth|content-type)/.test(name)),
      );
    });

    const post = async (
      body: string,
      more: Record<string, string> = {},
    ): Promise<{ status: number; text: string; code: string | undefined }> => {
      const response = await fetch(`${running.url}/Patient/$gpc.getstructuredrecord`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body,
      });
      const text = await response.text();
      return { status: response.status, text, code: /"code":"([A-Z_]+)"/.exec(text)?.[1] };
    };
    const whole = parametersFor(PATIENT, ['allergies']);

    it('answers with the bytes of the file', async () => {
      expect((await post(whole)).text).to.equal(readFileSync(join(fixtures, `${PATIENT}.json`), 'utf8'));
    });

    it('is strict about headers and token', async () => {
      for (const more of [
        { 'content-type': 'application/json' },
        { 'ssp-traceid': 'x' },
        { 'ssp-from': '' },
        { 'ssp-interactionid': 'x' },
        { authorization: 'Bearer x.y.' },
      ]) {
        expect(await post(whole, more), JSON.stringify(more)).to.include({ status: 400, code: 'BAD_REQUEST' });
      }
    });

    it('is strict about parameters', async () => {
      expect(await post('{}')).to.include({ status: 400, code: 'BAD_REQUEST' });
      expect(await post(whole.replace(PATIENT, '9990000019'))).to.include({ status: 400, code: 'INVALID_NHS_NUMBER' });
      expect(await post(whole.replace('Id/nhs-number', 'Id/other'))).to.include({
        status: 400,
        code: 'INVALID_IDENTIFIER_SYSTEM',
      });
      expect(await post(whole.replace('includeResolvedAllergies', 'includeOther'))).to.include({
        status: 422,
        code: 'INVALID_PARAMETER',
      });
      expect(await post(whole.replace(PATIENT, '9990000212'))).to.include({ status: 404, code: 'PATIENT_NOT_FOUND' });
    });

    it('answers and warns where it does not know a parameter', async () => {
      const { status, text } = await post(whole.replace('"includeAllergies"', '"includeMoods"'));
      expect(status).to.equal(200);
      const { warnings } = adapter.split(parseJson(text));
      expect(warnings!.at(-1)).to.include({
        code: 'NOT_IMPLEMENTED',
        text: 'includeMoods is an unrecognised parameter',
      });
    });
  });
});
