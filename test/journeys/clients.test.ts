import { expect } from 'chai';
import smart from 'fhirclient';
import { Client as KitClient } from 'fhir-kit-client';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, CapabilityStatement, Patient } from '../../src/fhir/index.ts';
import { MAX_BATCH_ENTRIES } from '../../src/http/batch.ts';
import { OPERATIONS } from '../../src/operations/table.ts';
import { silentLog } from '../../src/platform/log.ts';

const RICH = '9990000018';

describe('clients that others wrote', function () {
  this.timeout(20_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  after(() => sandbox.close());

  const matches = (bundle: Bundle): string[] =>
    (bundle.entry ?? []).filter((it) => it.search?.mode === 'match').map((it) => it.resource!.id!);

  it('fhir-kit-client: capability, read, search by GET and POST, paging to the end, includes', async () => {
    const client = new KitClient({ baseUrl: sandbox.app.base });
    const statement = (await client.capabilityStatement()) as unknown as CapabilityStatement;
    expect(statement.fhirVersion).to.equal('4.0.1');
    const patient = (await client.read({ resourceType: 'Patient', id: RICH })) as unknown as Patient;
    expect(patient.id).to.equal(RICH);

    const searchParams = { patient: RICH, _count: 7 };
    let page = (await client.search({ resourceType: 'Observation', searchParams })) as unknown as Bundle | undefined;
    const { total } = page!;
    const seen: string[] = [];
    for (; page; page = (await client.nextPage({ bundle: page as never })) as unknown as Bundle | undefined)
      seen.push(...matches(page));
    expect(seen.length).to.equal(total).and.be.greaterThan(7);
    expect(new Set(seen).size).to.equal(total);

    const posted = await client.search({
      resourceType: 'Observation',
      searchParams: { patient: RICH },
      options: { postSearch: true },
    });
    expect(matches(posted as unknown as Bundle)).to.deep.equal(seen);
    const one = await client.read({ resourceType: 'Observation', id: seen[0]! });
    expect(one).to.include({ resourceType: 'Observation', id: seen[0] });
    const including = await client.search({
      resourceType: 'MedicationRequest',
      searchParams: { patient: RICH, _include: 'MedicationRequest:medication' },
    });
    const modes = (including as unknown as Bundle).entry!.map(
      (it) => `${it.search!.mode} ${it.resource!.resourceType}`,
    );
    expect(modes).to.include('include Medication');
  });

  it('fhir-kit-client: every operation that the capability statement names, and a batch of them', async () => {
    const client = new KitClient({ baseUrl: sandbox.app.base });
    const statement = (await client.capabilityStatement()) as unknown as CapabilityStatement;
    const { resource = [], interaction = [] } = statement.rest![0]!;
    const entry = [];
    for (const { type, operation = [] } of resource)
      for (const { name } of operation) {
        const patient = type === 'Patient' ? { _id: RICH } : { patient: RICH };
        const placed = OPERATIONS.find((it) => it.name === name)!.level === 'instance';
        const asked = { name, resourceType: type, ...(placed && { id: RICH }) };
        const input = placed ? undefined : patient;
        const got = await client.operation({ ...asked, method: 'GET', ...(input && { input }) });
        expect(got, `${type}/$${name}`).to.have.property('resourceType').that.is.oneOf(['Bundle', 'Parameters']);
        const query = input ? `?${new URLSearchParams(input).toString()}` : '';
        entry.push({ request: { method: 'GET', url: `${type}/${placed ? `${RICH}/` : ''}$${name}${query}` } });
        if (placed) expect(await client.operation(asked)).to.have.property('resourceType', got.resourceType);
      }
    expect(entry.length).to.be.greaterThan(0);
    expect(interaction.map((it) => it.code)).to.include('batch');
    const body = { resourceType: 'Bundle', type: 'batch', entry: entry.slice(0, MAX_BATCH_ENTRIES) };
    const answer = (await client.batch({ body: body })) as unknown as Bundle;
    expect(answer.entry!.map((it) => it.response!.status)).to.deep.equal(body.entry.map(() => '200'));
  });

  it('fhirclient: read, search, all pages, references followed', async () => {
    // On a server the library wants the exchange it works in; it needs no more of it than a host.
    const inExchange = smart as unknown as (request: object, response: object) => typeof smart;
    const client = inExchange({ headers: { host: 'app.example' }, url: '/' }, {}).client({
      serverUrl: sandbox.app.base,
    });
    expect(await client.request<Patient>(`Patient/${RICH}`)).to.include({ id: RICH });
    const pages = await client.request<Bundle[]>(`Observation?patient=${RICH}&_count=10`, { pageLimit: 0 });
    const all = await client.request<Bundle>(`Observation?patient=${RICH}`);
    expect(pages.length).to.be.greaterThan(1);
    expect(pages.flatMap(matches)).to.deep.equal(matches(all));
    const [first = ''] = matches(all);
    const resolved: unknown = await client.request(`Observation/${first}`, {
      resolveReferences: ['subject'],
      graph: true,
    });
    expect(resolved).to.have.nested.property('subject.resourceType', 'Patient');
  });
});
