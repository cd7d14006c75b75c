import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Extension, Linkage, Provenance } from 'fhir/r4.js';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, BundleEntry, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';
import { coded, status } from './support.ts';

const NHS = '9990000018';
const TYPES = ['Patient', 'AllergyIntolerance', 'Condition', 'MedicationRequest', 'Medication'] as const;
const subject = { reference: 'Patient/p' };
const patient: Json = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS }],
};
const allergy = (id: string, code: Json, more: Json = {}): Json => ({
  resourceType: 'AllergyIntolerance',
  id,
  clinicalStatus: status('active'),
  verificationStatus: status('confirmed'),
  patient: subject,
  code,
  ...more,
});
const problem = (id: string, onset: string, more: Json = {}): Json => ({
  resourceType: 'Condition',
  id,
  subject,
  code: coded('195967001', 'Asthma'),
  clinicalStatus: status('active'),
  onsetDateTime: onset,
  ...more,
});
const shared = { identifier: [{ system: 'https://trust.example/id', value: 'C-4711' }] };
const secret = {
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
};
const prescription = (id: string, more: Json): Json => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'active',
  intent: 'order',
  subject,
  ...more,
});

const one: Json[] = [
  patient,
  allergy('pen', coded('91936005', 'Allergy to penicillin'), { criticality: 'high', ...secret }),
  allergy('latex', { text: 'Latex' }),
  problem('c1', '2010-02-01', shared),
  problem('c2', '2020-06-01'),
  { resourceType: 'Medication', id: 'm', code: { text: 'Ramipril 5mg capsules' } },
  prescription('rx', { medicationReference: { reference: 'Medication/m' } }),
];
const two: Json[] = [
  patient,
  allergy('1', coded('764146007', 'Penicillin'), { criticality: 'low' }),
  allergy('2', coded('111088007', 'Latex')),
  allergy('3', coded('409137002', 'No known drug allergy')),
  problem('1', '2010-02-01', shared),
  problem('2', '2020-06-01', { note: [{ text: 'seen in clinic' }] }),
  prescription('1', { medicationCodeableConcept: { text: 'Ramipril 2.5mg tablets' } }),
];

const entriesOf = (bundle: Bundle, mode: string): BundleEntry[] =>
  (bundle.entry ?? []).filter((it) => it.search?.mode === mode);
const linkagesOf = (bundle: Bundle): Linkage[] =>
  entriesOf(bundle, 'include').flatMap((it) =>
    it.resource?.resourceType === 'Linkage' ? [it.resource as Linkage] : [],
  );
const part = (extension: Extension | undefined, name: string): unknown[] =>
  (extension?.extension ?? [])
    .filter((it) => it.url === name)
    .map((it) => it.valueCode ?? it.valueString ?? it.valuePositiveInt ?? it.valueReference?.reference);
const evidence = (it: Linkage): Extension | undefined =>
  it.extension?.find(({ url }) => url.endsWith('/merge-evidence'));
const states = (bundle: Bundle): (string | undefined)[] =>
  (entriesOf(bundle, 'outcome')[0]!.resource as OperationOutcome).issue.flatMap((it) =>
    (it.details?.coding ?? []).filter(({ system }) => system?.endsWith('/allergy-state')).map(({ code }) => code),
  );

describe('links in a search', () => {
  let app: App;
  before(async () => {
    app = await startTestApp([
      { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: one } }) },
      { id: 'two', adapter: memorySource({ scope: 'type', types: TYPES, records: { [NHS]: two } }) },
    ]);
  });
  after(() => app.close());
  const get = async (path: string, prefer?: string, from = app) => {
    const response = await fetch(path.startsWith('http') ? path : `${from.base}/${path}`, {
      headers: prefer === undefined ? {} : { Prefer: prefer },
    });
    expect(response.status).to.equal(200);
    return { headers: response.headers, body: (await response.json()) as Bundle };
  };

  it('stand beside the records, name their rule and show what contradicts what, by source', async () => {
    const { body, headers } = await get(`AllergyIntolerance?patient=${NHS}`);
    expect(headers.get('preference-applied')).to.equal(null);
    expect(body.total).to.equal(5);
    const penicillin = linkagesOf(body).find((it) => part(evidence(it), 'rule').includes('allergy.agent/1'))!;
    expect(penicillin.item.map((it) => it.type)).to.deep.equal(['alternate', 'alternate']);
    expect(part(evidence(penicillin), 'tier')).to.deep.equal(['T1']);
    expect(part(evidence(penicillin), 'policy')).to.deep.equal(['1.1.0']);
    expect(part(evidence(penicillin), 'terminology')).to.deep.equal(['offline']);
    const conflict = evidence(penicillin)!.extension!.find((it) => it.url === 'conflict');
    expect(part(conflict, 'path')).to.deep.equal(['criticality']);
    expect(part(conflict, 'value')).to.have.members(['one=high', 'two=low']);
    expect(penicillin.meta?.security?.[0]?.code, 'marked as its members are').to.equal('R');
    const ids = new Set(entriesOf(body, 'match').map((it) => `AllergyIntolerance/${it.resource!.id!}`));
    for (const { item } of linkagesOf(body))
      for (const it of item) expect(ids.has(it.resource.reference!)).to.equal(true);
    expect(body.entry!.at(-1)!.search!.mode).to.equal('outcome');
  });

  it('mark each member for those who read no Linkage: a group by its tag, a pair by the other', async () => {
    const { body } = await get(`AllergyIntolerance?patient=${NHS}`);
    const [latex, penicillin] = entriesOf(body, 'match').map((it) => it.resource as unknown as Json);
    const own = (it: Json | undefined) =>
      (it!['extension'] as Extension[]).filter(({ url }) => url.endsWith('/merge-link'));
    const [group] = own(penicillin).flatMap((it) => part(it, 'group'));
    expect((penicillin!['meta'] as { tag: { code: string }[] }).tag.map(({ code }) => code)).to.include(group);
    const [pair] = own(latex).filter((it) => part(it, 'tier').includes('T2'));
    expect(part(pair, 'other')).to.have.length(1);
    expect(
      own(latex)
        .flatMap((it) => part(it, 'reason'))
        .join(),
    ).to.include('same words');
    expect(String(group)).to.match(/^[\w-]{27}$/);
  });

  it('change nothing of a record: without them it is the same to the byte', async () => {
    for (const type of ['AllergyIntolerance', 'Condition', 'MedicationRequest']) {
      const linked = await get(`${type}?patient=${NHS}`);
      const plain = await get(`${type}?patient=${NHS}`, 'merge=none');
      expect(linkagesOf(plain.body)).to.deep.equal([]);
      expect(plain.headers.get('preference-applied')).to.equal('merge=none');
      const strip = (it: BundleEntry): unknown => {
        const { meta, extension, ...rest } = it.resource as unknown as Json & {
          meta: { tag: Json[] };
          extension?: Extension[];
        };
        const kept = (extension ?? []).filter(({ url }) => !url.endsWith('/merge-link'));
        const tag = meta.tag.filter(({ system }) => !String(system).endsWith('/link-group'));
        return { ...rest, meta: { ...meta, tag }, ...(kept.length > 0 && { extension: kept }) };
      };
      expect(JSON.stringify(entriesOf(linked.body, 'match').map(strip))).to.equal(
        JSON.stringify(entriesOf(plain.body, 'match').map(strip)),
      );
    }
  });

  it('are of all matches, so that pages agree; a group keeps its name where a source is missing', async () => {
    const { body: whole } = await get(`Condition?patient=${NHS}`);
    const groups = (bundle: Bundle) => linkagesOf(bundle).flatMap((it) => part(evidence(it), 'group'));
    const onPages: unknown[] = [];
    let next: string | undefined = `Condition?patient=${NHS}&_count=1`;
    while (next !== undefined) {
      const { body }: { body: Bundle } = await get(next);
      onPages.push(...groups(body));
      next = body.link?.find((it) => it.relation === 'next')?.url;
    }
    expect(new Set(onPages)).to.deep.equal(new Set(groups(whole)));
    const third = memorySource({ types: TYPES, records: { [NHS]: [patient, problem('x', '2020-06-01')] } });
    const more = await startTestApp([
      { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: one } }) },
      { id: 'two', adapter: memorySource({ scope: 'type', types: TYPES, records: { [NHS]: two } }) },
      { id: 'three', adapter: third },
    ]);
    try {
      const { body } = await get(`Condition?patient=${NHS}`, undefined, more);
      expect(groups(body)).to.include.members(groups(whole));
    } finally {
      await more.close();
    }
  });

  it('collapse to one match of each group without a contradiction; exact copies become one that names both sources', async () => {
    const { body, headers } = await get(`Condition?patient=${NHS}&_revinclude=Provenance:target`, 'merge=collapse');
    expect(headers.get('preference-applied')).to.equal('merge=collapse');
    expect(body.total).to.equal(2);
    const matches = entriesOf(body, 'match').map((it) => it.resource as unknown as Json);
    expect(matches).to.have.length(2);
    const copies = matches.flatMap((it) => (it['extension'] as Extension[]).flatMap((x) => part(x, 'copy')));
    expect(copies).to.deep.equal(['two']);
    const behind = entriesOf(body, 'include').filter((it) => it.resource?.resourceType === 'Condition');
    expect(behind).to.have.length(1);
    const provenance = entriesOf(body, 'include').flatMap((it) =>
      it.resource?.resourceType === 'Provenance' ? [it.resource as Provenance] : [],
    );
    expect(provenance).to.have.length(2);
    const targets = provenance.flatMap((it) => it.target.map(({ reference }) => reference));
    expect(targets).to.have.length(4);
    const contradicting = await get(`AllergyIntolerance?patient=${NHS}`, 'merge=collapse');
    expect(contradicting.body.total, 'nothing stands behind what contradicts it').to.equal(5);
  });

  it('keep the way of the first page on the next ones', async () => {
    const first = await get(`Condition?patient=${NHS}&_count=1`, 'merge=collapse');
    const next = first.body.link!.find((it) => it.relation === 'next')!.url;
    const second = await get(next);
    expect(second.body.total).to.equal(2);
    const seen = [first, second].flatMap(({ body }) => entriesOf(body, 'match').map((it) => it.resource!.id));
    expect(new Set(seen).size).to.equal(2);
    expect(second.body.link!.some((it) => it.relation === 'next')).to.equal(false);
  });

  it('collapse in the whole record as they do in searches, and keep to it on every page', async () => {
    const conditions = async (query: string, prefer: string | undefined): Promise<Record<string, number>> => {
      const { body, headers } = await get(query, prefer);
      if (prefer !== undefined) expect(headers.get('preference-applied')).to.equal(prefer);
      const next = body.link!.find((it) => it.relation === 'next')?.url;
      const rest = next === undefined ? {} : await conditions(next, undefined);
      const count = (mode: string): number =>
        entriesOf(body, mode).filter((it) => it.resource?.resourceType === 'Condition').length + (rest[mode] ?? 0);
      return { total: body.total!, match: count('match'), include: count('include') };
    };
    const everything = `Patient/${NHS}/$everything`;
    const linked = await conditions(everything, 'merge=link');
    expect(linked).to.include({ match: 4, include: 0 });
    // An exact copy is in the extension of the one that stands for it.
    const expected = { total: linked['total']! - 2, match: 2, include: 1 };
    expect(await conditions(everything, 'merge=collapse')).to.deep.equal(expected);
    expect(await conditions(`${everything}?_count=2`, 'merge=collapse')).to.deep.equal(expected);
  });

  it('join reports by results that came along with them', async () => {
    const reports = (accession: string): Json[] => [
      patient,
      {
        resourceType: 'DiagnosticReport',
        id: `r${accession}`,
        status: 'final',
        subject,
        code: { text: `Full blood count ${accession}` },
        issued: '2024-03-01T10:00:00Z',
        result: [{ reference: 'Observation/hb' }],
      },
      {
        resourceType: 'Observation',
        id: 'hb',
        status: 'final',
        subject,
        code: coded('718-7', 'Haemoglobin'),
        valueQuantity: { value: 131, unit: 'g/L', system: 'http://unitsofmeasure.org', code: 'g/L' },
      },
    ];
    const types = ['Patient', 'DiagnosticReport', 'Observation'] as const;
    const both = await startTestApp(
      ['1', '2'].map((it) => ({
        id: `s${it}`,
        adapter: memorySource({ scope: 'record', types, records: { [NHS]: reports(it) } }),
      })),
    );
    try {
      const { body } = await get(`DiagnosticReport?patient=${NHS}`, undefined, both);
      expect(linkagesOf(body).flatMap((it) => part(evidence(it), 'rule'))).to.deep.equal(['report.results/1']);
    } finally {
      await both.close();
    }
  });

  it('leave medicines apart as one therapy, the product followed within its source', async () => {
    const { body } = await get(`MedicationRequest?patient=${NHS}`);
    const [therapy] = linkagesOf(body);
    expect(part(evidence(therapy!), 'relation')).to.deep.equal(['same-therapy']);
    const { body: collapsed } = await get(`MedicationRequest?patient=${NHS}`, 'merge=collapse');
    expect(collapsed.total).to.equal(2);
  });

  it('are left out of counts, and of nobody’s asking', async () => {
    expect((await get(`Condition?patient=${NHS}&_summary=count`)).body.entry).to.have.length(1);
    expect(linkagesOf((await get(`Patient?_id=${NHS}`)).body)).to.deep.equal([]);
    const { headers } = await get(`Condition?patient=${NHS}`, 'merge=blend');
    expect(headers.get('preference-applied')).to.equal(null);
  });

  it('say what all allergies come to, and only of all of them', async () => {
    expect(states((await get(`AllergyIntolerance?patient=${NHS}`)).body)).to.deep.equal(['known']);
    expect(states((await get(`AllergyIntolerance?patient=${NHS}&criticality=low`)).body)).to.deep.equal([]);
    const nil = allergy('n', coded('716186003', 'No known allergy'));
    const over = allergy('o', coded('111088007'), { clinicalStatus: status('resolved') });
    const degraded = allergy('d', { ...coded('196461000000101'), text: 'Penicillin' });
    const of = async (first: Json[], second: Json[] | 'down') => {
      const failing = memorySource({ types: TYPES, records: {} });
      const down = {
        ...failing,
        connect: () => ({
          ...failing.connect({}, {} as never),
          search: () => Promise.reject(new Error('down')),
        }),
      };
      const other = await startTestApp([
        { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: [patient, ...first] } }) },
        {
          id: 'two',
          adapter: second === 'down' ? down : memorySource({ types: TYPES, records: { [NHS]: [patient, ...second] } }),
        },
      ]);
      try {
        return states((await get(`AllergyIntolerance?patient=${NHS}`, undefined, other)).body);
      } finally {
        await other.close();
      }
    };
    expect(await of([nil], [])).to.deep.equal(['nka-asserted']);
    expect(await of([nil], [over])).to.deep.equal(['nka-asserted']);
    expect(await of([nil], 'down')).to.deep.equal(['nka-asserted-incomplete']);
    expect(await of([nil], [degraded])).to.deep.equal(['known', 'degraded-present']);
    expect(await of([], [over])).to.deep.equal(['no-information']);
    expect(await of([], 'down')).to.deep.equal(['no-information']);
  });
});

describe('a terminology server behind links', () => {
  let server: Server;
  let app: App;
  let fault: 'none' | 'down' | 'hang' = 'none';
  const asked: string[] = [];
  const parameters = (...parameter: Json[]): string => JSON.stringify({ resourceType: 'Parameters', parameter });
  const answers = (url: URL): string => {
    const code = url.searchParams.get('code');
    if (url.pathname.endsWith('/$lookup') && code === '293586001')
      return parameters({
        name: 'property',
        part: [
          { name: 'code', valueCode: '246075003' },
          { name: 'value', valueCode: '387458008' },
        ],
      });
    if (url.pathname.endsWith('/$translate') && code === 'H33..00')
      return parameters({
        name: 'match',
        part: [
          { name: 'equivalence', valueCode: 'equivalent' },
          { name: 'concept', valueCoding: { system: 'http://snomed.info/sct', code: '195967001' } },
        ],
      });
    if (url.pathname.endsWith('/$subsumes')) {
      const [a, b] = [url.searchParams.get('codeA'), url.searchParams.get('codeB')];
      const outcome = a === '195967001' && b === '389145006' ? 'subsumes' : 'not-subsumed';
      return parameters({ name: 'outcome', valueCode: outcome });
    }
    return parameters({ name: 'result', valueBoolean: false });
  };
  const first: Json[] = [
    patient,
    allergy('a', coded('293586001', 'Allergy to aspirin')),
    problem('c', '2019-05-01', { code: coded('H33..00', 'Wheezy chest', 'http://read.info/readv2') }),
  ];
  const second: Json[] = [
    patient,
    allergy('1', coded('387458008', 'ASA')),
    problem('1', '2019-05-01'),
    problem('2', '2019-05-01', { code: coded('389145006', 'Extrinsic type') }),
  ];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers.authorization ?? '');
      if (request.url === '/token') {
        response.end(JSON.stringify({ access_token: 'given', expires_in: 300 }));
        return;
      }
      if (fault === 'hang') return;
      response.statusCode = fault === 'down' ? 503 : 200;
      response.setHeader('Content-Type', 'application/fhir+json');
      response.end(answers(new URL(request.url!, 'http://terminology.example')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    fault = 'none';
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
    process.env['PCR_TEST_TERMINOLOGY'] = 'a token';
    app = await startTestApp(
      [
        { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: first } }) },
        { id: 'two', adapter: memorySource({ types: TYPES, records: { [NHS]: second } }) },
      ],
      { terminology: { url, token: { env: 'PCR_TEST_TERMINOLOGY' }, budgetMs: 200 } as never },
    );
  });
  afterEach(() => app.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const rules = (bundle: Bundle): unknown[] => linkagesOf(bundle).flatMap((it) => part(evidence(it), 'rule'));
  const outcomeOf = (bundle: Bundle): string => JSON.stringify(entriesOf(bundle, 'outcome'));
  const get = async (path: string): Promise<Bundle> => {
    const response = await fetch(`${app.base}/${path}`);
    expect(response.status).to.equal(200);
    return (await response.json()) as Bundle;
  };

  it('joins a finding with its agent, a code with its translation, a concept with a wider one, and says by which knowledge', async () => {
    const allergies = await get(`AllergyIntolerance?patient=${NHS}`);
    expect(rules(allergies)).to.deep.equal(['allergy.agent/1']);
    expect(part(evidence(linkagesOf(allergies)[0]!), 'terminology')[0]).to.match(/^server-[0-9a-f]{16}$/);
    const problems = await get(`Condition?patient=${NHS}`);
    expect(rules(problems)).to.include.members(['condition.onset-day/1', 'condition.near/1']);
    expect(asked.every((it) => it === 'Bearer a token')).to.equal(true);
  });

  it('is asked under a token of its authorisation server, which is fetched once', async () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const oauth = { tokenUrl: `${origin}/token`, clientId: 'us', clientSecret: { env: 'PCR_TEST_TERMINOLOGY' } };
    const own = await startTestApp(
      [
        { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: first } }) },
        { id: 'two', adapter: memorySource({ types: TYPES, records: { [NHS]: second } }) },
      ],
      { terminology: { url: `${origin}/fhir`, oauth, budgetMs: 2000 } as never },
    );
    asked.splice(0);
    try {
      expect((await fetch(`${own.base}/Condition?patient=${NHS}`)).status).to.equal(200);
      const [before, ...others] = asked;
      expect(before).to.equal(`Basic ${Buffer.from('us:a%20token').toString('base64')}`);
      expect(new Set(others)).to.deep.equal(new Set(['Bearer given']));
    } finally {
      await own.close();
    }
  });

  it('is asked about a code once', async () => {
    await get(`AllergyIntolerance?patient=${NHS}`);
    const before = asked.length;
    await get(`AllergyIntolerance?patient=${NHS}`);
    expect(asked.length).to.equal(before);
  });

  for (const [broken, name] of [
    ['down', 'is down'],
    ['hang', 'does not answer in its time'],
  ] as const)
    it(`changes links only where it ${name}, and the account says so`, async () => {
      const whole = await get(`Condition?patient=${NHS}`);
      await app.close();
      await Promise.resolve();
      fault = broken;
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
      app = await startTestApp(
        [
          { id: 'one', adapter: memorySource({ types: TYPES, records: { [NHS]: first } }) },
          { id: 'two', adapter: memorySource({ types: TYPES, records: { [NHS]: second } }) },
        ],
        { terminology: { url, budgetMs: 100 } as never },
      );
      const less = await get(`Condition?patient=${NHS}`);
      const ids = (bundle: Bundle) => entriesOf(bundle, 'match').map((it) => it.resource!.id);
      expect(ids(less)).to.deep.equal(ids(whole));
      expect(less.total).to.equal(whole.total);
      expect(rules(less)).to.not.include('condition.onset-day/1');
      expect(outcomeOf(less)).to.include('terminology service did not answer');
      expect(outcomeOf(whole)).to.not.include('terminology');
      expect(less.meta!.tag![0]!.code).to.equal('complete');
    });
});
