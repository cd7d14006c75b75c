import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, FhirResource, OperationOutcome, Patient } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';

const ORDINARY = '9990000018';
const AT_RISK = '9990000301';
const VERY_RESTRICTED = '9990000328';
const SUPERSEDED = '9990000336';
const CURRENT = '9990000026';
const INVALIDATED = '9990000344';
const DEAD = '9990000352';
const DOUBTFUL = '9990000360';
const UNTRACED = '9990000255';
const STATUS = 'https://patient-core-records.example/fhir/CodeSystem/source-status';
const LEDGER = 'https://patient-core-records.example/fhir/StructureDefinition/ledger';

/** Words of the places, people and numbers in the records of those whose whereabouts are restricted. */
const TELLING =
  /Refuge|Hidden|Gatehouse|Long Drive|Northmoor|Riverbank|Fennick|Dale |ZZ99|01632|07700|Saltholme|Sister|Rowena|"A9900\d"|"R9[AC]\d*"|Infirmary|UmVmdWdl/;

const outcomeOf = (answer: Bundle | OperationOutcome): OperationOutcome =>
  answer.resourceType === 'Bundle' ? (answer.entry?.at(-1)?.resource as OperationOutcome) : answer;
const ledgerOf = (answer: Bundle | OperationOutcome): Record<string, string> =>
  Object.fromEntries(
    outcomeOf(answer).issue.flatMap(({ extension, details }) => {
      const source = extension
        ?.find((it) => it.url === LEDGER)
        ?.extension?.find((it) => it.url === 'source')?.valueCode;
      return source === undefined ? [] : [[source, details?.coding?.find((it) => it.system === STATUS)?.code ?? '']];
    }),
  );
const codesOf = (answer: Bundle | OperationOutcome): string[] => outcomeOf(answer).issue.map((it) => it.code);
const completeness = (bundle: Bundle): string | undefined => bundle.meta?.tag?.[0]?.code;
const matches = (bundle: Bundle): FhirResource[] =>
  (bundle.entry ?? []).filter((it) => it.search?.mode === 'match').map((it) => it.resource as FhirResource);
const labels = (resource: FhirResource): (string | undefined)[] => (resource.meta?.security ?? []).map((it) => it.code);

describe('a journey with a patient who is traced', function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  afterEach(() => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' })));
  after(() => sandbox.close());

  const raw = async (path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${sandbox.app.base}/${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const { status, text } = await raw(path, headers);
    return { status, text, body: JSON.parse(text) as Bundle };
  };
  const requestsOf = (source: string): number => sandbox.sources.get(source)!.requests().length;
  /** A sandbox of its own, that remembers nothing of others: for faults of the identity source. */
  const afresh = async (work: (own: Sandbox) => Promise<void>): Promise<void> => {
    const own = await createSandbox({ port: 0, log: silentLog });
    try {
      await work(own);
    } finally {
      await own.close();
    }
  };

  it('asks everybody about an ordinary patient, and accounts for the identity source too', async () => {
    const { body } = await get(`Condition?patient=${ORDINARY}`);
    expect(ledgerOf(body)).to.deep.equal({
      pds: 'traced',
      gp: 'answered',
      acute: 'answered',
      community: 'answered',
    });
    expect(completeness(body)).to.equal('complete');
  });

  it('traces a patient once for the many searches that an app begins with', async () => {
    await afresh(async (own) => {
      const types = ['Condition', 'AllergyIntolerance', 'MedicationRequest', 'Observation', 'Encounter'];
      await Promise.all(types.map((it) => fetch(`${own.app.base}/${it}?patient=${ORDINARY}`)));
      expect(own.sources.get('pds')!.requests()).to.deep.equal([`GET /Patient/${ORDINARY}`]);
    });
  });

  describe('whose whereabouts are restricted (H8)', () => {
    it('does not ask the GP, and says that the record there is withheld', async () => {
      const before = requestsOf('gp');
      for (const type of ['Condition', 'AllergyIntolerance', 'Patient']) {
        const { body } = await get(`${type}?${type === 'Patient' ? '_id' : 'patient'}=${AT_RISK}`);
        expect(ledgerOf(body)).to.deep.equal({
          pds: type === 'Patient' ? 'answered' : 'traced',
          gp: 'withheld',
          acute: 'answered',
          community: 'answered',
        });
        expect(completeness(body)).to.equal('partial');
        expect(codesOf(body)).to.include('suppressed');
      }
      expect(requestsOf('gp')).to.equal(before);
    });

    it('shows what the other sources hold, each entry labelled', async () => {
      const { body } = await get(`Condition?patient=${AT_RISK}`);
      expect(matches(body).length).to.be.greaterThan(0);
      for (const resource of matches(body)) expect(labels(resource)).to.include.members(['R', 'REDACTED']);
      const { body: very } = await get(`Condition?patient=${VERY_RESTRICTED}`);
      for (const resource of matches(very)) expect(labels(resource)).to.include.members(['V', 'REDACTED']);
    });

    it('tells in no type, form, include or account where the patient is', async () => {
      const { body } = await get('metadata');
      const types = (body as unknown as { rest: { resource: { type: string; searchParam?: unknown[] }[] }[] }).rest[0]!
        .resource;
      let shown = 0;
      for (const { type } of types.filter((it) => it.searchParam))
        for (const person of [AT_RISK, VERY_RESTRICTED]) {
          const named = type === 'Patient' ? '_id' : 'patient';
          const query = `${type}?${named}=${person}&_include=${type}:*&_revinclude=Provenance:target`;
          const { text, body: found } = await get(query);
          expect(text, query).to.not.match(TELLING);
          shown += matches(found).length;
        }
      expect(shown).to.be.greaterThan(20);
      for (const accept of ['application/fhir+xml', 'application/fhir+json'])
        for (const shape of [
          '',
          '&_elements=address,telecom,contact,managingOrganization',
          '&_summary=true',
          '&_summary=text',
        ])
          expect((await raw(`Patient?_id=${AT_RISK}${shape}`, { Accept: accept })).text, shape).to.not.match(TELLING);
    });

    it('tells it by no selection and no order: a search for the right place finds as little as for a wrong one', async () => {
      for (const [right, wrong] of [
        ['address=Hidden', 'address=Elsewhere'],
        ['address-postalcode=ZZ99 3HD', 'address-postalcode=ZZ99 9ZZ'],
        ['telecom=07700900301', 'telecom=07700900999'],
        ['_sort=address', '_sort=-address'],
      ] as const) {
        const [one, other] = [
          await get(`Patient?_id=${AT_RISK}&${right}`),
          await get(`Patient?_id=${AT_RISK}&${wrong}`),
        ];
        expect(one.body.total, right).to.equal(other.body.total);
        expect(ledgerOf(one.body), right).to.deep.equal(ledgerOf(other.body));
      }
      const chained = async (place: string) =>
        (await get(`Condition?patient=${AT_RISK}&patient.address-postalcode=${place}`)).body.total;
      expect(await chained('ZZ99 3HD')).to.equal(await chained('ZZ99 9ZZ'));
      const served = async (place: string) =>
        (await get(`Encounter?patient=${AT_RISK}&service-provider.name=${place}`)).body.total;
      expect(await served('Northmoor')).to.equal(0);
      expect(await served('Nowhere')).to.equal(0);
    });

    it('reads by id through the same steps', async () => {
      const { body } = await get(`Encounter?patient=${AT_RISK}`);
      expect(matches(body).length).to.be.greaterThan(0);
      for (const { id } of matches(body)) {
        const { status, text } = await get(`Encounter/${id}`);
        expect(status).to.equal(200);
        expect(text).to.not.match(TELLING);
        expect(JSON.parse(text)).to.deep.equal(matches(body).find((it) => it.id === id));
      }
      const { text, body: patient } = await get(`Patient/${AT_RISK}`);
      expect(patient).to.include({ resourceType: 'Patient', id: AT_RISK });
      expect(text).to.not.match(TELLING);
    });

    it('gives the whole record through the same steps', async () => {
      const before = requestsOf('gp');
      const { text, body } = await get(`Patient/${AT_RISK}/$everything`);
      expect(text).to.not.match(TELLING);
      expect(matches(body).length).to.be.greaterThan(10);
      for (const resource of matches(body)) expect(labels(resource), resource.resourceType).to.include('R');
      expect(ledgerOf(body)).to.deep.equal({
        pds: 'answered',
        gp: 'withheld',
        acute: 'answered',
        community: 'answered',
      });
      expect(codesOf(body)).to.include('suppressed');
      expect(requestsOf('gp')).to.equal(before);
      const { body: some } = await get(`Patient/${AT_RISK}/$everything?_type=Condition`);
      expect(ledgerOf(some)).to.deep.equal({ pds: 'traced', gp: 'withheld', acute: 'answered', community: 'answered' });
    });

    it('summarises the record through the same steps', async () => {
      for (const path of [`Patient/${AT_RISK}/$summary`, `Composition?patient=${AT_RISK}&type=60591-5`]) {
        const { status, text } = await get(path);
        expect(status, path).to.equal(200);
        expect(text, path).to.not.match(TELLING);
        expect(text, path).to.contain('Marlowe-Finch').and.contain('suppressed');
      }
    });

    it('looks the same whether there was anything to withhold or not (H9)', async () => {
      const { body } = await get(`AllergyIntolerance?patient=${AT_RISK}`);
      const all = matches(body).map((it) => labels(it).filter((code) => code === 'R' || code === 'REDACTED'));
      expect(new Set(all.map(String))).to.deep.equal(new Set(['R,REDACTED']));
      const suppressed = (of: Bundle) => outcomeOf(of).issue.find((it) => it.code === 'suppressed')?.details?.text;
      expect(suppressed(body)).to.equal(suppressed((await get(`Goal?patient=${AT_RISK}`)).body));
    });
  });

  describe('who cannot be traced', () => {
    for (const fault of ['down', '429', '500', 'malformed', 'hang'] as const)
      it(`fails closed for places while the identity source is ${fault}, and shows the rest`, async () => {
        await afresh(async (own) => {
          own.sources.get('pds')!.setFault({ fault, ms: 1000 });
          const before = own.sources.get('gp')!.requests().length;
          const response = await fetch(`${own.app.base}/Patient?_id=${ORDINARY}`);
          const body = (await response.json()) as Bundle;
          expect(response.status).to.equal(200);
          expect(completeness(body)).to.equal('unknown');
          expect(ledgerOf(body)).to.deep.include({ gp: 'untraced', acute: 'answered', community: 'answered' });
          expect(ledgerOf(body)['pds']).to.not.be.oneOf(['traced', 'answered']);
          expect(JSON.stringify(body))
            .to.not.match(TELLING)
            .and.not.match(/Quarry Rise/);
          expect(JSON.stringify(matches(body))).to.contain('Hallsworth');
          expect(own.sources.get('gp')!.requests()).to.have.length(before);
          const strict = { headers: { Prefer: 'completeness=strict' } };
          const failed = await fetch(`${own.app.base}/Condition?patient=${ORDINARY}`, strict);
          expect(failed.status).to.be.oneOf([502, 504]);
        });
      });

    it('treats a patient of whom the identity source knows nothing as one it may hide', async () => {
      const { body } = await get(`Condition?patient=${UNTRACED}`);
      expect(completeness(body)).to.equal('unknown');
      expect(ledgerOf(body)).to.deep.include({ pds: 'not-known-here', gp: 'untraced' });
    });

    it('asks again when the identity source is well again, and opens what was closed', async () => {
      await afresh(async (own) => {
        const ask = async () => (await (await fetch(`${own.app.base}/Patient?_id=${ORDINARY}`)).json()) as Bundle;
        own.sources.get('pds')!.setFault({ fault: 'down' });
        expect(completeness(await ask())).to.equal('unknown');
        own.sources.get('pds')!.setFault({ fault: 'none' });
        const mended = await ask();
        expect(completeness(mended)).to.equal('complete');
        expect(JSON.stringify(mended)).to.match(/Quarry Rise/);
      });
    });

    it('does not let sources wait that need not: only the GP is asked after the trace', async () => {
      await afresh(async (own) => {
        own.sources.get('pds')!.setFault({ fault: 'hang' });
        const asking = fetch(`${own.app.base}/Condition?patient=${ORDINARY}`);
        const asked = (id: string): boolean =>
          own.sources
            .get(id)!
            .requests()
            .some((it) => !it.includes('metadata'));
        while (!asked('acute') || !asked('community')) await new Promise((resolve) => setImmediate(resolve));
        expect(asked('gp')).to.equal(false);
        await (await asking).arrayBuffer();
        expect(asked('gp')).to.equal(false);
      });
    });
  });

  it('follows a superseded number to the one that replaced it, and says so', async () => {
    const [old, current] = [await get(`Condition?patient=${SUPERSEDED}`), await get(`Condition?patient=${CURRENT}`)];
    const ids = (of: Bundle) => matches(of).map((it) => it.id);
    expect(ids(old.body)).to.deep.equal(ids(current.body)).and.not.deep.equal([]);
    expect(old.body.link?.[0]?.url).to.contain(`patient=${CURRENT}`);
    expect(outcomeOf(old.body).issue.map((it) => it.details?.text ?? '')).to.satisfy((texts: string[]) =>
      texts.some((it) => it.includes('superseded')),
    );
    expect(old.text).to.not.contain(SUPERSEDED);
    const { body } = await get(`Patient/${SUPERSEDED}`);
    const patient = body as unknown as Patient;
    expect(patient.id).to.equal(CURRENT);
    expect(patient.link?.filter((it) => it.type === 'replaces').map((it) => it.other.identifier?.value)).to.deep.equal([
      SUPERSEDED,
    ]);
    expect((await get(`Patient/${SUPERSEDED}/$summary`)).text)
      .to.contain(`Patient/${CURRENT}`)
      .and.not.contain(`Patient/${SUPERSEDED}`);
    const { body: whole } = await get(`Patient/${SUPERSEDED}/$everything`);
    expect(matches(whole)[0]?.id).to.equal(CURRENT);
    expect(whole.link?.[0]?.url).to.contain(`Patient/${CURRENT}/`);
    for (const form of [
      `Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${SUPERSEDED}`,
      `Condition?patient=Patient/${SUPERSEDED}`,
      `Condition?subject:identifier=https://fhir.nhs.uk/Id/nhs-number|${SUPERSEDED}`,
    ])
      expect((await get(form)).body.total, form).to.be.greaterThan(0);
  });

  it('finds nobody under an invalidated number, and shows nothing that a source keeps under it', async () => {
    for (const path of [
      `Condition?patient=${INVALIDATED}`,
      `Patient?_id=${INVALIDATED}`,
      `Patient/${INVALIDATED}`,
      `Patient/${INVALIDATED}/$everything`,
    ]) {
      const { status, body } = await get(path);
      expect(status, path).to.equal(404);
      expect(outcomeOf(body).issue[0]?.details?.text).to.contain('invalidated');
    }
  });

  describe('whom sources describe differently (H4)', () => {
    it('holds back a source that describes somebody else, and warns of one that is wrong in one thing', async () => {
      const { body, text } = await get(`Condition?patient=${DOUBTFUL}`);
      expect(ledgerOf(body)).to.deep.include({ gp: 'answered', acute: 'answered', community: 'quarantined' });
      expect(completeness(body)).to.equal('partial');
      expect(text).to.not.match(/Abernethy|28\/01\/1951|1951-01-28/);
      const told = outcomeOf(body).issue.filter((it) => it.code === 'conflict');
      expect(told.map((it) => [it.diagnostics, it.severity])).to.deep.equal([
        ['gp', 'warning'],
        ['community', 'warning'],
      ]);
      expect(told.map((it) => it.details?.text).join()).to.not.match(/1948|Okonjo/);
    });

    it('holds it back from the whole record, whatever types are asked for', async () => {
      for (const query of ['', '?_type=Condition', '?_type=Encounter,AllergyIntolerance']) {
        const { body, text } = await get(`Patient/${DOUBTFUL}/$everything${query}`);
        expect(ledgerOf(body), query).to.deep.include({ gp: 'answered', acute: 'answered', community: 'quarantined' });
        expect(text, query).to.not.match(/Abernethy|1951-01-28/);
      }
    });

    it('reads nothing of it by id either', async () => {
      await afresh(async (own) => {
        // The same record, under an id that was given while the identity source said nothing.
        own.sources.get('pds')!.setFault({ fault: 'down' });
        const found = (await (await fetch(`${own.app.base}/Condition?patient=${DOUBTFUL}`)).json()) as Bundle;
        const [doubtful] = matches(found).filter((it) => it.meta?.source === 'urn:pcr:source:community');
        expect(doubtful).to.not.equal(undefined);
        own.sources.get('pds')!.setFault({ fault: 'none' });
        const response = await fetch(`${own.app.base}/Condition/${doubtful!.id}`);
        expect(response.status).to.equal(404);
        expect(ledgerOf((await response.json()) as OperationOutcome)).to.deep.equal({ community: 'quarantined' });
      });
    });
  });

  it('asserts a death on the word of the identity source, and tells who does not know of it', async () => {
    const { body } = await get(`Patient?_id=${DEAD}`);
    const [patient] = matches(body) as [Patient];
    expect(patient.deceasedDateTime).to.equal('2026-09-12T00:00:00+00:00');
    expect(completeness(body)).to.equal('complete');
  });

  it('explains who traces and who waits for the trace', async () => {
    const { text } = await get(`Condition/$explain?patient=${ORDINARY}`);
    expect(text).to.contain('It is asked whose the NHS number is').and.contain('only once the patient is traced');
  });

  it('composes the patient field by field, the identity source first, and names the source of each', async () => {
    const { body } = await get(`Patient?_id=${ORDINARY}`);
    const [patient] = matches(body) as [Patient];
    const composed = Object.fromEntries(
      (patient.extension ?? [])
        .filter((it) => it.url.endsWith('/composed-from'))
        .map(({ extension = [] }) => [
          extension.find((it) => it.url === 'source')?.valueCode,
          extension.filter((it) => it.url === 'field').map((it) => it.valueString),
        ]),
    ) as Record<string, string[]>;
    expect(composed['pds']).to.include.members(['name', 'gender', 'birthDate', 'address', 'generalPractitioner']);
    expect(Object.keys(composed).length).to.be.greaterThan(1);
    const fields = Object.values(composed).flat();
    const single = fields.filter((it) => !['extension', 'identifier'].includes(it));
    expect(new Set(single).size).to.equal(single.length);
    expect(patient.name?.[0]).to.have.property('use', 'usual');
    expect(patient.identifier?.some((it) => it.system === 'https://northmoor.example/Id/hospital-number')).to.equal(
      true,
    );
    expect(patient.link?.filter((it) => it.type === 'seealso')).to.have.length(4);
    for (const { other } of patient.link ?? []) {
      const { status, body: own } = await get(other.reference!);
      expect(status).to.equal(200);
      expect((own as unknown as Patient).link?.at(-1)).to.deep.equal({
        other: { reference: `Patient/${ORDINARY}` },
        type: 'refer',
      });
    }
  });
});
