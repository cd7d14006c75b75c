import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, CapabilityStatement, OperationOutcome } from '../../src/fhir/index.ts';
import { MAX_BATCH_ENTRIES } from '../../src/http/batch.ts';
import { silentLog } from '../../src/platform/log.ts';

const RICH = '9990000018';

describe('a batch', function () {
  this.timeout(20_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  afterEach(() => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' })));
  after(() => sandbox.close());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(sandbox.app.base, { method: 'POST', headers: { 'Content-Type': 'application/fhir+json', ...headers }, body });
  const batch = async (entry: readonly unknown[], headers = {}): Promise<NonNullable<Bundle['entry']>> => {
    const response = await post(JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }), headers);
    expect(response.status).to.equal(200);
    const bundle = (await response.json()) as Bundle;
    expect(bundle).to.include({ resourceType: 'Bundle', type: 'batch-response' });
    return bundle.entry ?? [];
  };
  const get = (url: string, method = 'GET', more = {}) => ({ request: { method, url, ...more } });
  const alone = async (path: string): Promise<{ etag: string | null; body: unknown }> => {
    const response = await fetch(`${sandbox.app.base}/${path}`);
    return { etag: response.headers.get('etag'), body: await response.json() };
  };
  /** Times differ from answer to answer, and so do the ids that are made from them. */
  const timeless = (body: unknown): unknown =>
    JSON.parse(
      JSON.stringify(body, (_, value: unknown) =>
        ['fetchedAt', 'latencyMs'].includes(String((value as { url?: unknown } | null)?.url)) ? null : value,
      ),
    );

  it('answers reads, searches, operations and metadata, each as it would be answered alone, in order', async () => {
    const paths = [
      `Patient/${RICH}`,
      `AllergyIntolerance?patient=${RICH}&clinical-status=active`,
      `Patient/${RICH}/$everything?_type=Condition`,
      'metadata',
      'StructureDefinition/ledger',
    ];
    const entries = await batch([...paths.map((it) => get(it)), get(`${sandbox.app.base}/${paths[0]!}`)]);
    expect(entries.map((it) => it.response!.status)).to.deep.equal(Array(6).fill('200'));
    for (const [at, path] of paths.entries()) {
      const { etag, body } = await alone(path);
      expect(timeless(entries[at]!.resource), path).to.deep.equal(timeless(body));
      expect(entries[at]!.response!.etag, path).to.equal(etag);
    }
    expect(entries[5]).to.deep.equal(entries[0]);
  });

  it('lets one bad entry fail alone, each with the outcome that says why', async () => {
    const entries = await batch([
      get('Condition'),
      get(`Condition?patient=${RICH}`),
      get('Condition?patient=9990000019'),
      get('Unicorn?patient=1'),
      get(`Patient/${RICH}/$nothing`),
      get('Observation/unknown'),
      get('https://elsewhere.example/FHIR/R4/Patient/1'),
      get('../../_status'),
      get('Patient/%E0%A4%A'),
      get(''),
      { request: { method: 'GET' } },
      {},
      'no entry',
      get(`Patient/${RICH}/$everything?_type=Unicorn`),
      get(`Patient/${RICH}?_format=ttl`),
      get(`Patient/${RICH}?_pretty=very`),
    ]);
    expect(entries.map((it) => it.response!.status)).to.deep.equal(
      '400 200 400 400 404 404 400 400 404 400 400 400 400 400 406 400'.split(' '),
    );
    for (const { response, resource } of entries) {
      if (response!.status === '200') continue;
      expect(resource).to.equal(undefined);
      const outcome = response!.outcome as OperationOutcome;
      expect(outcome.resourceType).to.equal('OperationOutcome');
      expect(outcome.issue[0]!.details!.text).to.be.a('string').and.not.equal('');
      expect(JSON.stringify(outcome)).to.not.contain(RICH);
    }
  });

  it('refuses writes entry by entry, and says that they are not served yet', async () => {
    const entries = await batch([
      { resource: { resourceType: 'Condition' }, request: { method: 'POST', url: 'Condition' } },
      get(`Patient/${RICH}`, 'DELETE'),
      get(`Patient/${RICH}`, 'PUT'),
      get(`Patient/${RICH}`, 'PATCH'),
      get(`Patient/${RICH}`),
    ]);
    expect(entries.map((it) => it.response!.status)).to.deep.equal(['501', '501', '501', '501', '200']);
    expect((entries[0]!.response!.outcome as OperationOutcome).issue[0]!.details!.text).to.contain('not served yet');
  });

  it('tells of a source that failed in the entry it failed, and gives nothing twice', async () => {
    sandbox.sources.forEach((it) => it.setFault({ fault: 'down' }));
    const [search, metadata] = await batch([get(`Condition?patient=${RICH}`), get('metadata')]);
    expect(search!.response!.status).to.equal('502');
    expect(search!.resource).to.equal(undefined);
    expect((search!.response!.outcome as OperationOutcome).issue.length).to.be.greaterThan(2);
    expect((metadata!.resource as CapabilityStatement).rest![0]!.interaction![0]!.code).to.equal('batch');
  });

  it('sends nothing again that the caller holds, and no resource where only the head is asked for', async () => {
    const [first] = await batch([get(`Patient/${RICH}`)]);
    const { etag } = first!.response!;
    const [again, other, head] = await batch([
      get(`Patient/${RICH}`, 'GET', { ifNoneMatch: etag }),
      get(`Patient/${RICH}`, 'GET', { ifNoneMatch: 'W/"other"' }),
      get(`Patient/${RICH}`, 'HEAD'),
    ]);
    expect(again).to.deep.equal({ response: { status: '304', etag } });
    expect(other!.response!.status).to.equal('200');
    expect(head).to.deep.equal({ response: { ...first!.response } });
  });

  it('passes the preferences of its request on to every entry', async () => {
    sandbox.sources.get('community')!.setFault({ fault: 'down' });
    const entries = [get(`Condition?patient=${RICH}&colour=red`), get(`Condition?patient=${RICH}`)];
    const statuses = (await batch(entries, { Prefer: 'handling=lenient' })).map((it) => it.response!.status);
    expect(statuses).to.deep.equal(['200', '200']);
    const strict = (await batch(entries, { Prefer: 'completeness=strict' })).map((it) => it.response!.status);
    expect(strict).to.deep.equal(['400', '502']);
  });

  it('takes as many entries as it says, and not one more', async () => {
    const full = await batch(Array.from({ length: MAX_BATCH_ENTRIES }, () => get('StructureDefinition/ledger')));
    expect(full).to.have.length(MAX_BATCH_ENTRIES);
    expect(await batch([])).to.deep.equal([]);
    const entry = Array.from({ length: MAX_BATCH_ENTRIES + 1 }, () => get('metadata'));
    const response = await post(JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }));
    expect(response.status).to.equal(413);
    const { issue } = (await response.json()) as OperationOutcome;
    expect(issue[0]!.details!.text).to.contain(String(MAX_BATCH_ENTRIES));
  });

  it('speaks XML both ways', async () => {
    const xml = `<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/><entry><request><method value="GET"/><url value="Patient/${RICH}"/></request></entry><entry><request><method value="DELETE"/><url value="Patient/${RICH}"/></request></entry></Bundle>`;
    const response = await post(xml, { 'Content-Type': 'application/fhir+xml', Accept: 'application/fhir+xml' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.contain('application/fhir+xml');
    const text = await response.text();
    expect(text).to.contain('<type value="batch-response"/>');
    expect(text).to.contain(`<id value="${RICH}"/>`);
    expect(text).to.match(/<status value="200"\/><etag value="W\/&quot;[^"]*-xml&quot;"\/>/);
    expect(text).to.contain('<status value="501"/>');
  });

  for (const [what, body, type, status, text] of [
    ['a transaction', '{"resourceType":"Bundle","type":"transaction"}', 'application/fhir+json', 400, 'transaction'],
    ['a Bundle of another type', '{"resourceType":"Bundle","type":"document"}', 'application/json', 400, 'batch'],
    ['another resource', '{"resourceType":"Patient"}', 'application/fhir+json', 400, 'Bundle'],
    ['nothing', '', 'application/fhir+json', 400, 'Bundle'],
    ['broken JSON', '{"resourceType":', 'application/fhir+json', 400, 'JSON'],
    ['broken XML', '<Bundle', 'application/fhir+xml', 400, 'XML'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'application/fhir+json'],
    ['text in another charset', '{}', 'application/fhir+json; charset=latin1', 415, 'application/fhir+json'],
  ] as const)
    it(`refuses ${what} with ${status} and says what is expected`, async () => {
      const response = await post(body, { 'Content-Type': type });
      expect(response.status).to.equal(status);
      expect(((await response.json()) as OperationOutcome).issue[0]!.details!.text).to.contain(text);
    });

  it('is too large when its body is', async () => {
    expect((await post(' '.repeat(70_000))).status).to.equal(413);
  });
});
