import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type {
  Bundle,
  CapabilityStatement,
  OperationOutcome,
  OperationOutcomeIssue,
  Patient,
  Provenance,
} from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';

const RICH = '9990000018';
const LEDGER = 'https://patient-core-records.example/fhir/StructureDefinition/ledger';
const STATUS = 'https://patient-core-records.example/fhir/CodeSystem/source-status';

/** The ledger of an answer: what it says of each source. */
const ledgerOf = (answer: Bundle | OperationOutcome): Record<string, string> => {
  const outcome = answer.resourceType === 'Bundle' ? (answer.entry?.at(-1)?.resource as OperationOutcome) : answer;
  return Object.fromEntries(
    outcome.issue.flatMap((issue: OperationOutcomeIssue) => {
      const source = issue.extension
        ?.find((it) => it.url === LEDGER)
        ?.extension?.find((it) => it.url === 'source')?.valueCode;
      return source === undefined
        ? []
        : [[source, issue.details?.coding?.find((it) => it.system === STATUS)?.code ?? '']];
    }),
  );
};
const completeness = (bundle: Bundle): string | undefined => bundle.meta?.tag?.[0]?.code;
const matches = (bundle: Bundle) =>
  (bundle.entry ?? []).filter((it) => it.search?.mode === 'match').map((it) => it.resource!);
const sourcesOf = (bundle: Bundle): string[] =>
  [...new Set(matches(bundle).map((it) => it.meta?.source?.replace('urn:pcr:source:', '') ?? ''))].sort();

describe('a journey through the sandbox', function () {
  this.timeout(20_000);
  let sandbox: Sandbox;
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${sandbox.app.base}/${path}`, { headers });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Bundle };
  };
  const mend = (): void => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' }));

  before(async () => (sandbox = await createSandbox({ port: 0, only: ['gp', 'acute', 'community'], log: silentLog })));
  afterEach(mend);
  after(() => sandbox.close());

  it('shows allergies of GP, hospital and community in one Bundle, each with its source, and accounts for all three', async () => {
    const { status, headers, body } = await get(`AllergyIntolerance?patient=${RICH}`);
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('application/fhir+json; charset=utf-8');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(body).to.include({ resourceType: 'Bundle', type: 'searchset', total: matches(body).length });
    expect(sourcesOf(body)).to.deep.equal(['acute', 'community', 'gp']);
    expect(ledgerOf(body)).to.deep.equal({ gp: 'answered', acute: 'answered', community: 'answered' });
    expect(completeness(body)).to.equal('complete');
    for (const resource of matches(body)) {
      expect(resource.id).to.match(/^[A-Za-z0-9.-]{1,64}$/);
      expect(JSON.stringify(resource)).to.contain(`"reference":"Patient/${RICH}"`);
    }
    expect(JSON.stringify(body)).to.not.match(/127\.0\.0\.1:\d+\/(Patient|api)/);
  });

  it('answers partial, and says so, when the community source is dead', async () => {
    sandbox.sources.get('community')!.setFault({ fault: 'down' });
    const { status, body } = await get(`AllergyIntolerance?patient=${RICH}`);
    expect(status).to.equal(200);
    expect(sourcesOf(body)).to.deep.equal(['acute', 'gp']);
    expect(ledgerOf(body)).to.deep.equal({ gp: 'answered', acute: 'answered', community: 'unavailable' });
    expect(completeness(body)).to.equal('partial');
  });

  for (const [fault, expected] of Object.entries({
    down: ['unavailable'],
    hang: ['timeout'],
    '429': ['throttled'],
    malformed: ['invalid-response'],
    truncate: ['invalid-response', 'unavailable'],
    'wrong-patient': ['wrong-patient'],
  })) {
    for (const source of ['gp', 'acute', 'community']) {
      it(`${source} ${fault}: the others are all there, and the ledger says ${expected.join(' or ')}`, async () => {
        sandbox.sources.get(source)!.setFault({ fault: fault as 'down' });
        const { status, body } = await get(`AllergyIntolerance?patient=${RICH}`);
        expect(status).to.equal(200);
        const ledger = ledgerOf(body);
        expect(ledger[source]).to.be.oneOf(expected);
        expect(sourcesOf(body)).to.deep.equal(['acute', 'community', 'gp'].filter((it) => it !== source));
        expect(completeness(body)).to.equal('partial');
      });
    }
  }

  it('waits for a slow source within its time, and not for one that is too slow', async () => {
    sandbox.sources.get('gp')!.setFault({ fault: 'slow', ms: 300 });
    expect(ledgerOf((await get(`Condition?patient=${RICH}`)).body)['gp']).to.equal('answered');
    sandbox.sources.get('gp')!.setFault({ fault: 'slow', ms: 30_000 });
    const start = performance.now();
    const { body } = await get(`Condition?patient=${RICH}`);
    expect(ledgerOf(body)['gp']).to.equal('timeout');
    expect(performance.now() - start).to.be.below(3500);
  });

  it('answers 502 when no source answers, 504 when all are too slow, with the account alone', async () => {
    sandbox.sources.forEach((it) => it.setFault({ fault: 'down' }));
    const dead = await get(`Condition?patient=${RICH}`);
    expect(dead.status).to.equal(502);
    expect(dead.body.resourceType).to.equal('OperationOutcome');
    expect(ledgerOf(dead.body)).to.deep.equal({ gp: 'unavailable', acute: 'unavailable', community: 'unavailable' });
    sandbox.sources.forEach((it) => it.setFault({ fault: 'hang' }));
    expect((await get(`Condition?patient=${RICH}`)).status).to.equal(504);
  });

  it('turns a partial answer into a failure for a caller who wants all or nothing', async () => {
    sandbox.sources.get('acute')!.setFault({ fault: 'down' });
    expect((await get(`Condition?patient=${RICH}`, { Prefer: 'completeness=strict' })).status).to.equal(502);
  });

  it('knows the difference between an unknown patient and an empty record', async () => {
    const search = await get('Condition?patient=9990000158');
    expect(search.status).to.equal(200);
    expect(search.body.total).to.equal(0);
    expect(ledgerOf(search.body)).to.deep.equal({
      gp: 'not-known-here',
      acute: 'not-known-here',
      community: 'not-known-here',
    });
    expect((await get('Patient/9990000158')).status).to.equal(404);
    const empty = await get('AllergyIntolerance?patient=9990000174');
    expect(ledgerOf(empty.body)['gp']).to.equal('empty');
  });

  it('reads every resource back by its id, the same as it was found', async () => {
    const { body: metadata } = await get('metadata');
    const types = (metadata as unknown as CapabilityStatement)
      .rest![0]!.resource!.filter((it) =>
        it.searchParam?.some(({ name }) => name === 'patient' || it.type === 'Patient'),
      )
      .map((it) => it.type);
    const seen = new Set<string>();
    for (const type of types) {
      const { body, status } = await get(`${type}?patient=${RICH}`, { Prefer: 'merge=none' });
      expect(status, type).to.equal(200);
      const [first] = matches(body);
      if (!first) continue;
      seen.add(type);
      const read = await get(`${type}/${first.id ?? ''}`);
      expect(read.status, type).to.equal(200);
      if (type !== 'Patient') expect(read.body, type).to.deep.equal(first);
    }
    expect(seen.size).to.be.greaterThan(14);
  });

  it('leaves no reference that cannot be followed', async () => {
    const { body } = await get(`Encounter?patient=${RICH}`);
    const references = [...new Set(JSON.stringify(body).match(/"reference":"[A-Z][A-Za-z]+\/[^"]+"/g) ?? [])].map(
      (it) => it.slice(13, -1),
    );
    expect(references.length).to.be.greaterThan(3);
    for (const reference of references) expect((await get(reference)).status, reference).to.equal(200);
  });

  it('finds the patient as one, linked to the Patient of each source', async () => {
    const { body } = await get(`Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${RICH}`);
    const [patient] = matches(body) as Patient[];
    expect(patient).to.include({ resourceType: 'Patient', id: RICH });
    expect(patient!.link).to.have.length(3);
    const own = (body.entry ?? []).filter((it) => it.search?.mode === 'include').map((it) => it.resource as Patient);
    expect(own.map((it) => it.link?.at(-1))).to.deep.equal(
      Array(3).fill({ other: { reference: `Patient/${RICH}` }, type: 'refer' }),
    );
    const { body: read } = await get(`Patient/${RICH}`);
    expect(read).to.include({ resourceType: 'Patient', id: RICH });
  });

  it('says how each entry got here', async () => {
    const { body } = await get(`AllergyIntolerance?patient=${RICH}&_revinclude=Provenance:target`);
    const provenance = (body.entry ?? [])
      .map((it) => it.resource)
      .filter((it): it is Provenance => it?.resourceType === 'Provenance');
    expect(provenance.map((it) => it.meta?.source)).to.deep.equal([
      'urn:pcr:source:gp',
      'urn:pcr:source:acute',
      'urn:pcr:source:community',
    ]);
    const targets = provenance.flatMap((it) => it.target.map((target) => target.reference));
    expect(targets).to.have.members(matches(body).map((it) => `${it.resourceType}/${it.id ?? ''}`));
    expect(provenance.map((it) => it.entity?.[0]?.role)).to.deep.equal(['derivation', 'quotation', 'derivation']);
  });

  it('filters what no source can filter', async () => {
    const all = matches((await get(`AllergyIntolerance?patient=${RICH}`)).body);
    const { body } = await get(`AllergyIntolerance?patient=${RICH}&clinical-status=active&date=ge2010`);
    expect(matches(body).length).to.be.greaterThan(0).and.below(all.length);
    const [one] = all;
    const byId = await get(`AllergyIntolerance?patient=${RICH}&_id=${one!.id ?? ''}`);
    expect(matches(byId.body).map((it) => it.id)).to.deep.equal([one!.id]);
  });

  it('answers a posted search and the guide’s own addresses alike', async () => {
    const { body: plain } = await get(`AllergyIntolerance?patient=${RICH}`);
    const posted = await fetch(`${sandbox.app.base}/AllergyIntolerance/_search`, {
      method: 'POST',
      body: new URLSearchParams({ patient: RICH }),
    });
    expect(matches((await posted.json()) as Bundle)).to.deep.equal(matches(plain));
    const root = sandbox.app.base.replace('/FHIR/R4', '');
    const alias = await fetch(`${root}/strategicapi/allergies/FHIR/R4/AllergyIntolerance?patient=Patient/${RICH}`);
    expect(matches((await alias.json()) as Bundle)).to.deep.equal(matches(plain));
    expect((await fetch(`${root}/medications/FHIR/R4/MedicationStatement?patient=${RICH}`)).status).to.equal(200);
    expect((await fetch(`${root}/summary/FHIR/R4/Composition?type=60591-5`)).status).to.equal(400);
    expect((await fetch(`${root}/summary/FHIR/R4/Composition?type=60591-5&patient=${RICH}`)).status).to.equal(200);
    expect((await fetch(`${root}/strategicapi/discharge/FHIR/R4/Bundle`, { method: 'POST' })).status).to.equal(501);
  });

  it('shows the faults of the people who have some', async () => {
    const expected: Record<string, Record<string, string[]>> = {
      '9990000093': { gp: ['timeout'] },
      '9990000107': { community: ['unavailable'] },
      '9990000115': { acute: ['throttled'] },
      '9990000123': { gp: ['invalid-response'] },
      '9990000131': { acute: ['wrong-patient'] },
      '9990000166': { community: ['timeout'] },
      '9990000174': { acute: ['invalid-response', 'unavailable'] },
    };
    for (const [person, faults] of Object.entries(expected)) {
      const { body } = await get(`Condition?patient=${person}`);
      for (const [source, statuses] of Object.entries(faults))
        expect(ledgerOf(body)[source], `${person} ${source}`).to.be.oneOf(statuses);
    }
  });

  it('says how every source is', async () => {
    const root = sandbox.app.base.replace('/FHIR/R4', '');
    expect((await fetch(`${root}/_ping`)).status).to.equal(200);
    const well = (await (await fetch(`${root}/_status`)).json()) as {
      status: string;
      checks: Record<string, { status: string }>;
    };
    expect(well.status).to.equal('pass');
    expect(Object.keys(well.checks)).to.deep.equal(['gp', 'acute', 'community']);
    sandbox.sources.get('acute')!.setFault({ fault: 'down' });
    const ill = (await (await fetch(`${root}/_status`)).json()) as typeof well;
    expect(ill).to.have.property('status', 'warn');
    expect(ill.checks['acute']).to.include({ status: 'fail', outcome: 'unavailable' });
  });

  it('is broken and mended from outside', async () => {
    const control = `${sandbox.app.base.replace('/FHIR/R4', '')}/_sandbox/sources`;
    const put = (id: string, body: string) => fetch(`${control}/${id}`, { method: 'PUT', body });
    expect((await put('gp', '{"fault":"429","ms":5000}')).status).to.equal(200);
    expect(ledgerOf((await get(`Condition?patient=${RICH}`)).body)['gp']).to.equal('throttled');
    expect((await put('gp', '{"fault":"none"}')).status).to.equal(200);
    expect(ledgerOf((await get(`Condition?patient=${RICH}`)).body)['gp']).to.equal('answered');
    expect((await put('gp', '{"fault":"fire"}')).status).to.equal(400);
    expect((await put('nobody', '{"fault":"none"}')).status).to.equal(404);
    expect((await fetch(`${control}/gp`)).status).to.equal(405);
  });
});
