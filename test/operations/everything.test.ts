import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Immunization } from 'fhir/r4.js';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, CapabilityStatement, OperationOutcome } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';

const people = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../sandbox/people/people.json'), 'utf8')) as {
    nhsNumber: string;
    invalidated?: true;
  }[]
).flatMap((it) => (it.invalidated ? [] : [it.nhsNumber]));
const RICH = '9990000018';

describe('$everything', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let searched: string[];
  before(async () => {
    sandbox = await createSandbox({ port: 0, log: silentLog });
    const { body } = await get<CapabilityStatement>('metadata');
    searched = body
      .rest![0]!.resource!.filter(
        (it) => it.type === 'Patient' || it.searchParam?.some(({ name }) => name === 'patient'),
      )
      .map((it) => it.type);
  });
  afterEach(() => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' })));
  after(() => sandbox.close());

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it asked for
  const get = async <T = Bundle>(path: string): Promise<{ status: number; body: T }> => {
    // Links depend on what was asked for: here the records themselves are compared.
    const response = await fetch(path.startsWith('http') ? path : `${sandbox.app.base}/${path}`, {
      headers: { Prefer: 'merge=none' },
    });
    return { status: response.status, body: (await response.json()) as T };
  };
  const idsIn = (bundle: Bundle, mode: 'match' | 'include' | 'outcome'): string[] =>
    (bundle.entry ?? [])
      .filter((it) => it.search?.mode === mode)
      .map((it) => `${it.resource!.resourceType}/${it.resource!.id ?? ''}`);
  const perType = async (person: string): Promise<{ matches: string[]; entries: Map<string, unknown> }> => {
    const bundles = await Promise.all(
      searched.map(async (type) => {
        const id = type === 'Patient' ? '_id' : 'patient';
        const { status, body } = await get(`${type}?${id}=${person}`);
        // A type that only a broken source holds has no answer.
        expect(status, type).to.be.oneOf([200, 502, 504]);
        return status === 200 ? body : { ...body, entry: [] };
      }),
    );
    const entries = new Map(
      bundles
        .flatMap((it) => it.entry ?? [])
        .map((it) => [`${it.resource!.resourceType}/${it.resource!.id ?? ''}`, it.resource]),
    );
    return { matches: bundles.flatMap((it) => idsIn(it, 'match')), entries };
  };
  const issuesOf = (bundle: Bundle): OperationOutcome['issue'] =>
    (bundle.entry!.at(-1)!.resource as OperationOutcome).issue;

  for (const person of people)
    it(`of ${person} equals the union of the searches for every type, resource by resource`, async () => {
      const { status, body } = await get(`Patient/${person}/$everything`);
      expect(status).to.equal(200);
      const { matches, entries } = await perType(person);
      expect(idsIn(body, 'match')).to.have.members(matches);
      expect(body.total).to.equal(matches.length);
      for (const { resource, search } of body.entry!)
        if (search?.mode === 'match')
          expect(resource).to.deep.equal(entries.get(`${resource!.resourceType}/${resource!.id!}`));
      expect(body.entry!.at(-1)).to.have.nested.property('search.mode', 'outcome');
      expect(new Set(body.entry!.map((it) => it.fullUrl)).size).to.equal(body.entry!.length);
    });

  it('asks a source that answers for the whole patient once, and another once for each type', async () => {
    const asked = (id: string): number => sandbox.sources.get(id)!.requests().length;
    const before = { gp: asked('gp') };
    await get(`Patient/${RICH}/$everything`);
    expect(asked('gp') - before.gp).to.equal(1);
    const acute = sandbox.sources.get('acute')!;
    const from = acute.requests().length;
    await get(`Patient/9990000034/$everything`);
    const requests = acute.requests().slice(from);
    expect(requests.length).to.be.greaterThan(20);
    expect(new Set(requests).size).to.equal(requests.length);
  });

  it('walks through pages to the end, each match once, in the order of the whole', async () => {
    const { body: whole } = await get(`Patient/${RICH}/$everything`);
    const seen: string[] = [];
    let next: string | undefined = `Patient/${RICH}/$everything?_count=17`;
    while (next !== undefined) {
      const { status, body }: { status: number; body: Bundle } = await get(next);
      expect(status).to.equal(200);
      expect(body.total).to.equal(whole.total);
      expect(idsIn(body, 'outcome')).to.have.length(1);
      seen.push(...idsIn(body, 'match'));
      next = body.link!.find((it) => it.relation === 'next')?.url;
    }
    expect(seen).to.deep.equal(idsIn(whole, 'match'));
  });

  it('counts without entries where none are wanted, and posts like it gets', async () => {
    const { body } = await get(`Patient/${RICH}/$everything?_count=0`);
    expect(body.entry).to.have.length(1);
    const response = await fetch(`${sandbox.app.base}/Patient/${RICH}/$everything`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: '_count', valueInteger: 0 },
          { name: '_type', valueCode: 'Condition' },
        ],
      }),
    });
    const posted = (await response.json()) as Bundle;
    expect(posted.total).to.equal((await get(`Condition?patient=${RICH}`)).body.total);
    const empty = await fetch(`${sandbox.app.base}/Patient/${RICH}/$everything`, { method: 'POST' });
    expect(((await empty.json()) as Bundle).total).to.equal(body.total);
  });

  it('gives the wanted types alone, and asks no source for others', async () => {
    const acute = sandbox.sources.get('acute')!;
    const from = acute.requests().length;
    const { body } = await get(`Patient/${RICH}/$everything?_type=Condition,Observation&_type=AllergyIntolerance`);
    const types = [...idsIn(body, 'match'), ...idsIn(body, 'include')].map((it) => it.split('/')[0]);
    expect(new Set(types)).to.deep.equal(new Set(['AllergyIntolerance', 'Condition', 'Observation']));
    expect(acute.requests().slice(from).join('\n')).to.not.match(/Procedure|Encounter/);
  });

  it('selects by clinical date, keeps what has none, and selects by time of update', async () => {
    const { body } = await get(`Patient/${RICH}/$everything?start=2020-01-01&end=2024-12-31`);
    const { body: whole } = await get(`Patient/${RICH}/$everything`);
    expect(body.total).to.be.below(whole.total!).and.above(0);
    const dated = (bundle: Bundle) =>
      bundle.entry!.flatMap(({ resource }) =>
        resource?.resourceType === 'Immunization' ? [(resource as Immunization).occurrenceDateTime!] : [],
      );
    expect(dated(body)).to.deep.equal(dated(whole).filter((it) => it >= '2020' && it < '2025'));
    expect(idsIn(body, 'match')).to.include.members(
      idsIn(whole, 'match').filter((it) => /^(Patient|Organization|Practitioner|Medication)\//.test(it)),
    );
    const { body: recent } = await get(`Patient/${RICH}/$everything?_since=2024-01-01T00:00:00Z`);
    for (const { resource, search } of recent.entry!)
      if (search?.mode === 'match')
        expect(resource!.meta!.lastUpdated! >= '2024', resource!.resourceType).to.equal(true);
    expect(issuesOf(recent).some((it) => it.expression?.[0] === '_since')).to.equal(true);
  });

  it('says which types a source did not give, when it gave others', async () => {
    sandbox.sources.get('acute')!.setFault({ fault: 'down' });
    const { status, body } = await get(`Patient/${RICH}/$everything`);
    expect(status).to.equal(200);
    expect(body.meta!.tag![0]!.code).to.equal('partial');
    sandbox.sources.forEach((it) => it.setFault({ fault: 'down' }));
    expect((await get(`Patient/${RICH}/$everything`)).status).to.equal(502);
  });

  for (const [path, status, expression] of [
    ['Patient/9990000018/$nothing', 404, undefined],
    ['$everything', 400, undefined],
    ['Patient/$everything', 400, undefined],
    ['Condition/abc/$everything', 400, undefined],
    ['Patient/9990000019/$everything', 400, 'id'],
    ['Patient/abc/$everything', 400, 'id'],
    ['Patient/9990000018/$everything?colour=red', 400, 'colour'],
    ['Patient/9990000018/$everything?start=2020&start=2021', 400, 'start'],
    ['Patient/9990000018/$everything?start=soon', 400, 'start'],
    ['Patient/9990000018/$everything?start=2020-02-31', 400, 'start'],
    ['Patient/9990000018/$everything?start=2021&end=2020', 400, 'end'],
    ['Patient/9990000018/$everything?_since=lately', 400, '_since'],
    ['Patient/9990000018/$everything?_type=Unicorn', 400, '_type'],
    ['Patient/9990000018/$everything?_type=Claim', 400, '_type'],
    ['Patient/9990000018/$everything?_count=1001', 400, '_count'],
    ['Patient/9990000018/$everything?_page=nonsense', 400, '_page'],
  ] as const)
    it(`${path} is a ${status} that says what was expected`, async () => {
      const { status: got, body } = await get<OperationOutcome>(path);
      expect(got).to.equal(status);
      expect(body.resourceType).to.equal('OperationOutcome');
      expect(body.issue[0]!.details!.text).to.be.a('string').and.not.equal('');
      expect(body.issue[0]!.expression?.[0]).to.equal(expression);
    });

  it('opens no page of another patient', async () => {
    const { body } = await get(`Patient/${RICH}/$everything?_count=5`);
    const next = new URL(body.link!.find((it) => it.relation === 'next')!.url).search;
    expect((await get(`Patient/9990000026/$everything${next}`)).status).to.equal(400);
  });

  it('refuses a body that is no Parameters resource', async () => {
    const post = (body: string, type = 'application/fhir+json') =>
      fetch(`${sandbox.app.base}/Patient/${RICH}/$everything`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      });
    expect((await post('{"resourceType":"Patient"}')).status).to.equal(400);
    expect((await post('{')).status).to.equal(400);
    expect((await post('[]')).status).to.equal(400);
    expect((await post('a=b', 'text/plain')).status).to.equal(415);
    expect((await post('{"resourceType":"Parameters","parameter":[{"name":"_count"}]}')).status).to.equal(400);
    const xml =
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="_count"/><valueInteger value="0"/></parameter></Parameters>';
    expect((await post(xml, 'application/fhir+xml')).status).to.equal(200);
  });
});
