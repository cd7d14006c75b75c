import { expect } from 'chai';
import type { Json } from '../../src/fhir/index.ts';
import { between, coded, ICD10, LOINC, record, UCUM } from './support.ts';

const ASTHMA = coded('195967001', 'Asthma');
const condition = (source: string, more: Json): ReturnType<typeof record> =>
  record(source, { resourceType: 'Condition', id: source, code: ASTHMA, onsetDateTime: '2020-05-01', ...more });
const named = (source: string, text: string) => condition(source, { code: { text } });
const allergy = (source: string, more: Json) =>
  record(source, { resourceType: 'AllergyIntolerance', id: source, ...more });
const result = (source: string, more: Json) =>
  record(source, {
    resourceType: 'Observation',
    id: source,
    status: 'final',
    code: coded('1000651000000109', 'Serum potassium level'),
    effectiveDateTime: '2024-03-01T09:00:00Z',
    ...more,
  });
const measured = (value: unknown, unit: string): Json => ({ valueQuantity: { value, unit } });

describe('a status counts, however it is written', () => {
  for (const status of ['Entered-In-Error', 'entered in error', ' ENTERED_IN_ERROR ', 'enteredinerror'])
    it(`withdraws a problem by "${status}", as code, as words and as display`, () => {
      for (const verificationStatus of [
        { coding: [{ code: status }] },
        { text: status },
        { coding: [{ display: status }] },
      ])
        expect(between(condition('gp', {}), condition('acute', { verificationStatus }))).to.include({ tier: 'T3' });
    });

  for (const status of ['Not-Done', 'not done', 'NOT_DONE', 'notdone'])
    it(`knows a vaccination as not given by "${status}"`, () => {
      const given = (source: string, more: Json) =>
        record(source, {
          resourceType: 'Immunization',
          id: source,
          vaccineCode: { text: 'MMR' },
          occurrenceDateTime: '2020-04-05',
          ...more,
        });
      expect(between(given('gp', { status: 'completed' }), given('acute', { status }))).to.include({ tier: 'T3' });
    });

  it('withdraws a document as it does all else: its content joins it with nothing', () => {
    const document = (source: string, status: string) =>
      record(source, {
        resourceType: 'DocumentReference',
        id: source,
        status,
        content: [{ attachment: { hash: 'q83v', size: 12 } }],
      });
    expect(between(document('gp', 'current'), document('acute', 'current'))).to.include({ tier: 'T1' });
    expect(between(document('gp', 'current'), document('acute', 'entered-in-error'))).to.equal(undefined);
  });
});

describe('words that turn a meaning', () => {
  const TURNED = [
    ...['Asthma unlikely', "Doesn't have asthma", 'Asthma -ve', 'Free of asthma', 'Without asthma', 'Asthma disproved'],
    ...['R/O asthma', 'Poss asthma', 'Could be asthma', 'Presumed asthma', 'Asthma (?)', 'Asthma？', 'DDx asthma'],
    ...['F/H asthma', 'F.H. asthma', 'Wife has asthma', 'Parents both asthma', "Mum's asthma", 'Niece: asthma'],
    ...['Asthma risk', 'Asthma carrier', 'Asthma - wrong patient', 'Recorded in error: asthma', 'Asthma [deleted]'],
  ];
  for (const text of TURNED)
    it(`never takes "${text}" for asthma, be it coded so`, () => {
      const said = condition('acute', { code: { ...ASTHMA, text } });
      expect(['T3', undefined]).to.include(between(condition('gp', {}), said)?.tier);
    });

  for (const text of [
    'Colonoscopy declined',
    'DNA colonoscopy',
    'Colonoscopy overdue',
    'For colonoscopy',
    'TCI colonoscopy',
  ])
    it(`never takes "${text}" for a colonoscopy`, () => {
      const code = coded('73761001', 'Colonoscopy');
      const done = (source: string, more: Json) =>
        record(source, { resourceType: 'Procedure', id: source, code, performedDateTime: '2022-01-03', ...more });
      expect(['T3', undefined]).to.include(between(done('gp', {}), done('acute', { code: { ...code, text } }))?.tier);
    });

  it('lets a request ask for what is to come', () => {
    const asked = (source: string, text: string) =>
      record(source, {
        resourceType: 'ServiceRequest',
        id: source,
        authoredOn: '2022-01-03',
        code: { ...coded('73761001'), text },
      });
    expect(between(asked('gp', 'For colonoscopy'), asked('acute', 'Colonoscopy'))).to.include({ tier: 'T2' });
  });
});

describe('the side of a site that is told by code alone', () => {
  const knee = (source: string, more: Json) =>
    condition(source, { code: coded('239873007', 'Osteoarthritis of knee'), ...more });

  it('is read where the code is a common one', () => {
    expect(
      between(knee('gp', { bodySite: [coded('82169009')] }), knee('acute', { bodySite: [coded('6757004')] })),
    ).to.equal(undefined);
  });

  it('agrees with no told side where nobody can read it', () => {
    const unread = knee('gp', { bodySite: [coded('999000111')] });
    const left = knee('acute', { code: { ...coded('239873007'), text: 'Left knee OA' } });
    expect(between(unread, left)).to.equal(undefined);
    expect(between(unread, knee('acute', {}))).to.include({ tier: 'T2' });
  });
});

describe('one name in many spellings', () => {
  const SAME = [
    ['Crohn&#39;s disease', 'Crohn’s disease'],
    ['<p>Psoriasis</p>', 'Psoriasis'],
    ['\uff27\uff4f\uff55\uff54', 'Gout'],
    ['Pso\u00adriasis', 'Psoriasis'],
    ['Gout (disorder)', '[X]Gout N.O.S.'],
    ['Chest infections', 'Lower respiratory tract infection'],
    ['Psoraisis', 'Psoriasis'],
    ['Diagnosis: known gout', 'Gout'],
    ['T2 DM', 'Type II diabetes mellitus'],
    ['[D]Cataract - right', 'Right-sided cataract'],
  ] as const;
  for (const [one, other] of SAME)
    it(`${JSON.stringify(one)} is ${JSON.stringify(other)}`, () => {
      expect(between(named('gp', one), named('acute', other))).to.include({ tier: 'T2' });
    });

  for (const [one, other] of [
    ['Dysphagia', 'Dysphasia'],
    ['Hypothyroidism', 'Hyperthyroidism'],
    ['Cerebral haemorrhage', 'Cerebellar haemorrhage'],
    ['Hypotension', 'Hypertension'],
  ] as const)
    it(`${one} is no ${other}`, () => {
      expect(between(named('gp', one), named('acute', other))).to.equal(undefined);
    });

  it('an allergy by its plural, its reaction or a brand', () => {
    const to = (source: string, text: string) => allergy(source, { code: { text } });
    expect(between(to('gp', 'Penicillin allergies'), to('acute', 'Known penicillin allergy - rash'))).to.include({
      tier: 'T2',
    });
    expect(between(to('gp', 'Voltarol'), to('acute', 'Diclofenac sensitivity'))).to.include({ tier: 'T2' });
  });

  it('a text of a page is a story and no name', () => {
    const story = `Asthma. ${'Reviewed in clinic and continues. '.repeat(20)}`;
    expect(between(named('gp', story), named('acute', story))).to.equal(undefined);
  });
});

describe('one code in many spellings', () => {
  for (const [system, code] of [
    ['http://hl7.org/fhir/sid/icd-10-gb/', 'j459'],
    ['urn:oid:2.16.840.1.113883.6.3', 'J45.9D'],
    ['ICD-10', 'J45.9+'],
  ] as const)
    it(`${code} of ${system} is J45.9`, () => {
      const one = condition('gp', { code: coded('J45.9', undefined, ICD10) });
      expect(between(one, condition('acute', { code: coded(code, undefined, system) }))).to.include({ tier: 'T1' });
    });

  for (const system of [
    'HTTP://SNOMED.INFO/SCT/',
    'SNOMED CT',
    'http://snomed.info/sct/999000031000000106',
    'http://snomed.info/sct|v1',
  ])
    it(`${system} is SNOMED CT`, () => {
      const other = condition('acute', { code: coded('195967001', undefined, system) });
      expect(between(condition('gp', {}), other)).to.include({ tier: 'T1' });
    });

  for (const [one, other] of [
    ['https://lab.example/Result', 'http://lab.example/result/'],
    ['urn:oid:1.2.3.4', '1.2.3.4'],
  ] as const)
    it(`an identifier of ${one} is one of ${other}`, () => {
      const flag = (source: string, system: string, value: string) =>
        record(source, { resourceType: 'Flag', id: source, status: 'active', identifier: [{ system, value }] });
      const id = '0a1b2c3d-0000-4000-8000-00000000000f';
      expect(between(flag('gp', one, `urn:uuid:${id.toUpperCase()}`), flag('acute', other, `{${id}}`))).to.include({
        tier: 'T0',
      });
    });
});

describe('one value in many spellings', () => {
  const potassium = result('gp', measured(5.4, 'mmol/L'));
  const SAID: readonly Json[] = [
    ...['mmol/l', 'MMOL/L', 'mmol / L', 'mmols/litre', 'millimol per litre'].map((unit) => measured(5.4, unit)),
    measured('5.4', 'mmol/L'),
    measured(5400, 'µmol/l'),
    ...['5.4 mmol/L', '5,4 mmol/l', '= 5.4 mmol/L (H)', '5.4 mmol/L [L]', '5.4 mmol/L (3.5 - 5.3)', '*5.4mmol/L'].map(
      (valueString) => ({ valueString }),
    ),
  ];
  for (const said of SAID)
    it(`5.4 mmol/L is ${JSON.stringify(said)}`, () => {
      expect(between(potassium, result('acute', said))).to.include({ tier: 'T1' });
    });

  for (const unit of ['x10^9/L', '10^9/l', '10e9/L', 'x 10 9/L', 'x10(9)/L', '10⁹/L', '10*3/uL', '/nL'])
    it(`a count in 10*9/L is one in ${unit}`, () => {
      const count = (source: string, written: string) =>
        result(source, {
          code: coded('777-3', undefined, LOINC),
          valueQuantity: { value: 250, unit: written, system: UCUM, code: written },
        });
      expect(between(count('gp', '10*9/L'), count('acute', unit))).to.include({ tier: 'T1' });
    });

  it('a blood pressure in one text is that in two components, and contradicts it where it differs', () => {
    const parts = [130, 80].map((value) => ({ code: { text: 'part' }, valueQuantity: { value, unit: 'mm Hg' } }));
    const pressure = (source: string, more: Json) =>
      result(source, { code: coded('75367002', 'Blood pressure'), ...more });
    expect(
      between(pressure('gp', { component: parts }), pressure('acute', { valueString: '130/80 mmHg' })),
    ).to.deep.include({
      tier: 'T1',
      conflicts: [],
    });
    expect(between(pressure('gp', { component: parts }), pressure('acute', { valueString: '150/80' }))).to.deep.include(
      {
        tier: 'T3',
        conflicts: ['value'],
      },
    );
  });
});

describe('one day in many spellings', () => {
  for (const onsetString of ['1/5/2020', '01-May-2020', '1st May 2020', '2020/05/01', '20200501'])
    it(`${onsetString} is 2020-05-01`, () => {
      const written = condition('acute', { onsetDateTime: undefined, onsetString });
      expect(between(condition('gp', {}), written)).to.include({ tier: 'T1' });
    });

  it('takes midnight for a day whose time is not told, in England and in UTC', () => {
    for (const effectiveDateTime of ['2024-07-01T00:00:00Z', '2024-07-01T00:00:00+01:00', '2024-06-30T23:00:00Z']) {
      const told = result('gp', { ...measured(5.4, 'mmol/L'), effectiveDateTime });
      const other = result('acute', { ...measured(5.4, 'mmol/L'), effectiveDateTime: '2024-07-01T09:30:00+01:00' });
      expect(between(told, other), effectiveDateTime).to.include({ tier: 'T2' });
      expect(between(told, result('mh', { ...measured(5.4, 'mmol/L'), effectiveDateTime }))).to.include({ tier: 'T2' });
    }
  });

  it('does not read the day of recording for an onset that is told in words which nobody can compare', () => {
    const about = (source: string, more: Json) =>
      condition(source, { onsetDateTime: undefined, recordedDate: '2020-05-10', ...more });
    expect(between(condition('gp', {}), about('acute', {}))).to.include({ tier: 'T2' });
    expect(between(condition('gp', {}), about('acute', { onsetString: 'aged 12' }))).to.include({ tier: 'T3' });
  });
});
