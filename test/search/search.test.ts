import { expect } from 'chai';
import fc from 'fast-check';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';

const NHS = '9990000018';
const SNOMED = 'http://snomed.info/sct';
const UCUM = 'http://unitsofmeasure.org';
const subject = { reference: 'Patient/p' };
const patient: Json = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS }],
  name: [{ family: 'Ångström-Hale', given: ['Zoë'] }],
  gender: 'female',
};
const observation = (id: string, more: object): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject,
  code: { text: id },
  ...more,
});
const coded = (code: string, text?: string) => ({
  coding: [{ system: SNOMED, code, display: `display ${code}` }],
  ...(text && { text }),
});
const kg = (value: number) => ({ value, unit: 'kg', system: UCUM, code: 'kg' });

const one: Json[] = [
  patient,
  { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Okafor', given: ['Ada'] }] },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    type: [coded('11', 'Clinic')],
    period: { start: '2024-01-10', end: '2024-01-12' },
  },
  observation('bp', {
    code: coded('75367002'),
    effectivePeriod: { start: '2024-03-01' },
    component: [
      { code: coded('271649006'), valueQuantity: { value: 140, unit: 'mmHg' } },
      { code: coded('271650006'), valueQuantity: { value: 90, unit: 'mmHg' } },
    ],
  }),
  observation('w2', {
    code: coded('27113001', 'Body weight'),
    valueQuantity: { value: 79500, unit: 'g', system: UCUM, code: 'g' },
    effectiveDateTime: '2024-02-01',
    status: 'amended',
  }),
  observation('w1', {
    code: coded('27113001', 'Body weight'),
    valueQuantity: kg(80),
    effectiveDateTime: '2024-01-10T09:00:00Z',
    encounter: { reference: 'Encounter/e1' },
    performer: [{ reference: 'Practitioner/dr' }],
  }),
  observation('note', {
    code: { text: 'Éclair au café' },
    identifier: [
      {
        system: 'https://lab.example',
        value: 'A|1',
        type: { coding: [{ system: 'https://t.example', code: 'ACC' }], text: 'Accession' },
      },
    ],
  }),
];
const two: Json[] = [
  patient,
  observation('w3', { code: coded('27113001'), valueQuantity: kg(82), effectiveDateTime: '2023-12-31' }),
  observation('hb', { code: coded('718-7'), valueString: 'high' }),
];

describe('a search', () => {
  let app: App;
  const types = ['Patient', 'Observation', 'Encounter', 'Practitioner'] as const;
  before(async () => {
    app = await startTestApp([
      { id: 'one', adapter: memorySource({ types, records: { [NHS]: one } }) },
      { id: 'two', adapter: memorySource({ scope: 'type', types, records: { [NHS]: two } }) },
    ]);
  });
  after(() => app.close());

  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${app.base}/${query}`, { headers });
    return { status: response.status, body: (await response.json()) as Bundle };
  };
  /** What a search finds, by the words of its codes: ids are sealed. */
  const WORDS: Record<string, string> = {};
  const find = async (query: string) => {
    const { status, body } = await ask(query);
    expect(status, query).to.equal(200);
    return (body.entry ?? [])
      .filter((it) => it.search?.mode === 'match')
      .map((it) => WORDS[it.resource!.id!] ?? it.resource!.id!);
  };
  before(async () => {
    for (const [source, held] of [
      ['one', one],
      ['two', two],
    ] as const) {
      const { body } = await ask(`Observation?patient=${NHS}&_tag=${source}`);
      const names = held.filter((it) => it['resourceType'] === 'Observation').map((it) => String(it['id']));
      const found = body.entry!.filter((it) => it.search?.mode === 'match');
      expect(found).to.have.length(names.length);
      found.forEach((it, at) => (WORDS[it.resource!.id!] = names[at]!));
    }
  });

  const cases: [query: string, expected: string[]][] = [
    ['', ['bp', 'w2', 'w1', 'w3', 'note', 'hb']],
    ['code=27113001', ['w2', 'w1', 'w3']],
    [`code=${SNOMED}|27113001`, ['w2', 'w1', 'w3']],
    ['code=http://loinc.org|27113001', []],
    [`code=${SNOMED}|`, ['bp', 'w2', 'w1', 'w3', 'hb']],
    ['code=27113001,75367002', ['bp', 'w2', 'w1', 'w3']],
    ['code=27113001&status=amended', ['w2']],
    ['status:not=final', ['w2']],
    ['code:not=27113001', ['bp', 'note', 'hb']],
    ['code:text=body', ['w2', 'w1']],
    ['code:text=ECLAIR', ['note']],
    ['status:in=http://hl7.org/fhir/ValueSet/observation-status', ['bp', 'w2', 'w1', 'w3', 'note', 'hb']],
    ['identifier=https://lab.example|A\\|1', ['note']],
    ['identifier:of-type=https://t.example|ACC|A\\|1', ['note']],
    ['date=2024-01-10', ['w1']],
    ['date=2024', ['w2', 'w1']],
    ['date=ge2024-02', ['bp', 'w2']],
    ['date=gt2024-02', ['bp']],
    ['date=lt2024', ['w3']],
    ['date=le2024-01-10', ['w1', 'w3']],
    ['date=sa2024-01-31', ['bp', 'w2']],
    ['date=eb2024-01-01', ['w3']],
    ['date=ne2024', ['bp', 'w3']],
    ['date=ge2024&date=lt2024-02', ['w1']],
    ['date:missing=true', ['note', 'hb']],
    ['date:missing=false&code:missing=false', ['bp', 'w2', 'w1', 'w3']],
    ['value-quantity=80', ['w1']],
    [`value-quantity=80|${UCUM}|kg`, ['w2', 'w1']],
    [`value-quantity=80.0|${UCUM}|kg`, ['w1']],
    [`value-quantity=lt80|${UCUM}|kg`, ['w2']],
    [`value-quantity=79.5|${UCUM}|kg`, ['w2']],
    ['value-quantity=ge80||kg', ['w1', 'w3']],
    ['value-quantity=ap80', ['w1', 'w3']],
    ['value-string=HI', ['hb']],
    ['value-string:exact=HI', []],
    ['value-string:contains=ig', ['hb']],
    [`code-value-quantity=27113001$gt80|${UCUM}|kg`, ['w3']],
    ['component-code-value-quantity=271649006$140', ['bp']],
    ['component-code-value-quantity=271649006$90', []],
    ['combo-code=271650006', ['bp']],
    ['encounter.type=11', ['w1']],
    ['encounter:Encounter.date=2024-01-11', []],
    ['performer:Practitioner.name=oka', ['w1']],
    ['performer.name=nobody', []],
    ['subject.name=angstrom', ['bp', 'w2', 'w1', 'w3', 'note', 'hb']],
    ['patient.gender=male', []],
    ['_sort=date', ['w3', 'w1', 'w2', 'bp', 'note', 'hb']],
    ['_sort=-date', ['bp', 'w2', 'w1', 'w3', 'note', 'hb']],
    ['_sort=-status,date', ['w3', 'w1', 'bp', 'note', 'hb', 'w2']],
    ['_sort=value-quantity&code=27113001', ['w2', 'w1', 'w3']],
    ['_source=urn:pcr:source:two', ['w3', 'hb']],
    ['_profile=https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation&code=718-7', ['hb']],
    ['_lastUpdated=ge2000', []],
  ];
  for (const [query, expected] of cases) {
    it(`Observation?${query} finds ${expected.join(' ') || 'nothing'}`, async () => {
      expect(await find(`Observation?patient=${NHS}${query && '&'}${query.replace(/\|/g, '%7C')}`)).to.deep.equal(
        expected,
      );
    });
  }

  it('follows references by the ids that answers gave, and _has the other way round', async () => {
    const { body } = await ask(`Encounter?patient=${NHS}`);
    const id = body.entry![0]!.resource!.id!;
    for (const value of [id, `Encounter/${id}`, `${app.base}/Encounter/${id}`])
      expect(await find(`Observation?patient=${NHS}&encounter=${value}`)).to.deep.equal(['w1']);
    expect(await find(`Observation?patient=${NHS}&encounter:Encounter=${id}`)).to.deep.equal(['w1']);
    expect(await find(`Observation?patient=${NHS}&encounter=Encounter/${'x'.repeat(54)}`)).to.deep.equal([]);
    expect(await find(`Encounter?patient=${NHS}&_has:Observation:encounter:code=27113001`)).to.have.length(1);
    expect(await find(`Encounter?patient=${NHS}&_has:Observation:encounter:code=718-7`)).to.have.length(0);
    expect(await find(`Practitioner?patient=${NHS}&_has:Observation:performer:encounter.type=11`)).to.have.length(1);
  });

  const bad = [
    'code:colour=x',
    'status:in=http://example.com/vs',
    'date=soon',
    'value-quantity=heavy',
    'value-quantity=1|2',
    'code-value-quantity=1',
    '_sort=code-value-quantity',
    '_sort=colour',
    '_count=-1',
    '_count=x',
    '_count=100000',
    '_include=Observation',
    '_include=Observation:colour',
    '_include=Unicorn:x',
    '_revinclude=x',
    '_summary=some',
    '_elements=a.b,',
    '_total=much',
    '_contained=both',
    'date:missing=maybe',
    'encounter=a%20b',
    'subject=Group/1',
    '_has:Observation=1',
    'encounter.part-of.part-of.part-of.part-of.type=1',
    'code=|',
    'identifier:of-type=a|b',
  ];
  for (const query of bad) {
    it(`Observation?${query} is a 400 that names its parameter`, async () => {
      const { status, body } = await ask(`Observation?patient=${NHS}&${query.replace(/\|/g, '%7C')}`);
      expect(status).to.equal(400);
      expect((body as unknown as OperationOutcome).issue[0]!.severity).to.equal('error');
    });
  }

  it('includes what matches refer to, once, and what refers to them', async () => {
    const modes = async (query: string) => {
      const { body } = await ask(`Observation?patient=${NHS}&${query}`);
      return body
        .entry!.filter((it) => it.search?.mode === 'include')
        .map((it) => it.resource!.resourceType)
        .sort();
    };
    expect(await modes('code=27113001&_include=Observation:encounter')).to.deep.equal(['Encounter']);
    expect(await modes('code=27113001&_include=Observation:performer:Practitioner')).to.deep.equal(['Practitioner']);
    expect(await modes('code=27113001&_include=*')).to.include.members(['Encounter', 'Practitioner']);
    const { body } = await ask(
      `Encounter?patient=${NHS}&_revinclude=Observation:encounter&_include:iterate=Observation:performer`,
    );
    expect(body.entry!.map((it) => `${it.search!.mode} ${it.resource!.resourceType}`)).to.deep.equal([
      'match Encounter',
      'include Observation',
      'include Practitioner',
      'outcome OperationOutcome',
    ]);
    expect(body.total).to.equal(1);
  });

  it('shows parts of resources, tagged as such, and what R4 requires in any case', async () => {
    const first = async (query: string) =>
      (await ask(`Observation?patient=${NHS}&_sort=-value-quantity&${query}`)).body.entry![0]!
        .resource as unknown as Json & {
        meta: { tag: { code: string }[] };
      };
    const some = await first('_elements=code,effective');
    expect(some).to.have.keys(['resourceType', 'id', 'meta', 'status', 'code', 'effectiveDateTime']);
    expect(some.meta.tag.at(-1)!.code).to.equal('SUBSETTED');
    expect(await first('_summary=true'))
      .to.include.keys('code', 'valueQuantity')
      .and.not.have.any.keys('note');
    expect(await first('_summary=text')).to.not.have.any.keys('valueQuantity');
    expect(await first('_summary=data')).to.include.keys('valueQuantity');
    const { body } = await ask(`Observation?patient=${NHS}&_summary=count`);
    expect(body.total).to.equal(6);
    expect(body.entry).to.have.length(1);
    expect((await ask(`Observation?patient=${NHS}&_total=none`)).body).to.not.have.property('total');
    expect((await ask(`Observation?patient=${NHS}&_count=0`)).body.entry).to.have.length(1);
  });

  const walk = async (query: string): Promise<string[]> => {
    const seen: string[] = [];
    let url: string | undefined = `${app.base}/Observation?patient=${NHS}&${query}`;
    while (url !== undefined) {
      const body = (await (await fetch(url)).json()) as Bundle;
      seen.push(...body.entry!.filter((it) => it.search?.mode === 'match').map((it) => WORDS[it.resource!.id!]!));
      expect(body.total).to.equal(6);
      url = body.link!.find((it) => it.relation === 'next')?.url;
      expect(url ?? '').to.not.contain(NHS);
    }
    return seen;
  };

  it('walks through pages to the end, each match once and in order', async () => {
    for (const count of [1, 2, 4, 6, 7]) {
      expect(await walk(`_count=${count}`)).to.deep.equal(['bp', 'w2', 'w1', 'w3', 'note', 'hb']);
      expect(await walk(`_count=${count}&_sort=-date`)).to.deep.equal(['bp', 'w2', 'w1', 'w3', 'note', 'hb']);
    }
  });

  it('refuses a page token that was tampered with, is for another type, or has company', async () => {
    const { body } = await ask(`Observation?patient=${NHS}&_count=2`);
    const token = new URL(body.link!.find((it) => it.relation === 'next')!.url).searchParams.get('_page')!;
    expect((await ask(`Observation?_page=${token}`)).status).to.equal(200);
    for (const query of [
      `Observation?_page=${token.slice(0, -2)}xx`,
      `Encounter?_page=${token}`,
      `Observation?_page=${token}&_count=1`,
      'Observation?_page=x',
      'Observation?_page=',
    ]) {
      expect((await ask(query)).status, query).to.equal(400);
    }
  });

  it('answers any query with 200 or 400 and never hangs', async function () {
    this.timeout(60_000);
    const names = fc.constantFrom(
      'code',
      'date',
      '_sort',
      '_count',
      '_include',
      '_has:Observation:encounter:code',
      'encounter.type',
      'value-quantity',
      '_elements',
      '_page',
      'performer:Practitioner.name',
      '_id',
      'combo-code-value-concept',
      '_tag',
      'x',
    );
    const values = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'a|b',
        'a$b',
        '\\',
        ',',
        '|',
        'ge2024',
        '1e400',
        '-',
        '*:*',
        'Observation:*',
        '%',
        '2024-01-01T00:00:00Z',
        'http://x|y',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, values), { maxLength: 4 }), async (pairs) => {
        const query = new URLSearchParams([['patient', NHS], ...pairs]);
        const { status } = await ask(`Observation?${query.toString()}`);
        expect(status).to.be.oneOf([200, 400]);
      }),
      { numRuns: 400 },
    );
  });
});
