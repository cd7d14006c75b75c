import { expect } from 'chai';
import type { Json } from '../../src/fhir/index.ts';
import { link } from '../../src/link/link.ts';
import { OFFLINE } from '../../src/link/terms.ts';
import { between, coded, ICD10, LOINC, pairsOf, record, SNOMED, status, UCUM } from './support.ts';

const allergy = (id: string, more: Json): Json => ({
  resourceType: 'AllergyIntolerance',
  id,
  clinicalStatus: status('active'),
  verificationStatus: status('confirmed'),
  ...more,
});
const condition = (id: string, more: Json): Json => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: status('active'),
  ...more,
});
const result = (id: string, more: Json): Json => ({ resourceType: 'Observation', id, status: 'final', ...more });
const vaccination = (id: string, more: Json): Json => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  ...more,
});
const medicine = (id: string, more: Json): Json => ({
  resourceType: 'MedicationStatement',
  id,
  status: 'active',
  ...more,
});
const quantity = (value: number, unit: string): Json => ({
  valueQuantity: { value, unit, system: UCUM, code: unit },
});

describe('what others get wrong', () => {
  it('keeps high and low criticality, and says that they contradict each other', () => {
    const a = record('gp', allergy('1', { code: coded('111088007', 'Latex'), criticality: 'low' }));
    const b = record('acute', allergy('1', { code: coded('111088007', 'Latex'), criticality: 'high' }));
    expect(between(a, b)).to.deep.include({ tier: 'T1', relation: 'same-fact', conflicts: ['criticality'] });
  });

  it('never joins a refuted allergy with an asserted one, and links them as contradicting', () => {
    const a = record('gp', allergy('1', { code: coded('372687004') }));
    const b = record('acute', allergy('2', { code: coded('372687004'), verificationStatus: status('refuted') }));
    expect(between(a, b)).to.deep.include({ tier: 'T3', relation: 'related' });
    expect(between(a, b)?.conflicts).to.include('verificationStatus');
  });

  it('knows substance and finding of penicillin as one agent', () => {
    const a = record('gp', allergy('1', { code: coded('91936005', 'Allergy to penicillin') }));
    const b = record('acute', allergy('2', { code: coded('764146007', 'Penicillin') }));
    expect(between(a, b)).to.include({ tier: 'T1', rule: 'allergy.agent/1' });
  });

  it('sets nothing known against an allergy within its scope, and no other', () => {
    const nka = record('gp', allergy('nka', { code: coded('409137002', 'No known drug allergy') }));
    const drug = record('acute', allergy('1', { code: coded('372687004'), category: ['medication'] }));
    const food = record('acute', allergy('2', { code: coded('762952008'), category: ['food'] }));
    expect(between(nka, drug)).to.deep.include({ tier: 'T3', relation: 'related', conflicts: ['code'] });
    expect(between(nka, food)).to.equal(undefined);
  });

  it('keeps what a degraded code hides: two of them are not one fact, their words may be', () => {
    const degraded = (text: string): Json => ({ ...coded('196411000000103', 'Transfer-degraded record entry'), text });
    const breast = record('gp', condition('1', { code: degraded('Ca breast'), onsetDateTime: '2020-01-05' }));
    const asthma = record('acute', condition('2', { code: degraded('Asthma'), onsetDateTime: '2020-01-05' }));
    const other = record('mh', condition('3', { code: { text: 'ASTHMA' }, onsetDateTime: '2020-01-05' }));
    expect(between(breast, asthma)).to.equal(undefined);
    expect(between(asthma, other)).to.include({ tier: 'T2' });
  });

  it('makes no group of three asthma entries of which one has no date', () => {
    const asthma = (source: string, id: string, onset?: string) =>
      record(source, condition(id, { code: coded('195967001'), ...(onset && { onsetDateTime: onset }) }));
    const linked = link(
      [asthma('gp', '1', '2010-01-01'), asthma('acute', '2'), asthma('mh', '3', '2020-06-01')],
      OFFLINE,
    );
    expect(linked.groups).to.deep.equal([]);
    expect([...pairsOf(linked).values()].map((it) => it.tier)).to.deep.equal(['T3', 'T3']);
  });

  it('keeps active and stopped medicines, as one therapy that contradicts itself', () => {
    const a = record('gp', medicine('1', { medicationCodeableConcept: { text: 'Ramipril 5mg capsules' } }));
    const b = record('acute', {
      ...medicine('2', { medicationCodeableConcept: { text: 'Ramipril' } }),
      status: 'stopped',
    });
    const other = record('acute', medicine('3', { medicationCodeableConcept: { text: 'Rosuvastatin 5mg tablets' } }));
    expect(between(a, b)).to.deep.include({ relation: 'same-therapy', conflicts: ['status'] });
    expect(between(a, other)).to.equal(undefined);
  });

  it('compares doses by what they come to in a day', () => {
    const dosed = (source: string, name: string, dose: string) =>
      record(source, medicine(dose, { medicationCodeableConcept: { text: name }, dosage: [{ text: dose }] }));
    const one = dosed('gp', 'Furosemide 40mg tablets', 'One to be taken each morning');
    expect(between(one, dosed('acute', 'Furosemide 20mg tablets', '2 OM'))?.conflicts).to.deep.equal([]);
    expect(between(one, dosed('acute', 'Frusemide 40mg tablets', '1 BD'))?.conflicts).to.deep.equal(['dosage']);
    expect(between(one, dosed('acute', 'Furosemide', 'as directed'))?.conflicts).to.deep.equal([]);
  });

  it('gives an entry in error no key: it is related, whatever it shares', () => {
    const code = coded('38598009', 'Administration of measles and mumps and rubella vaccine');
    const a = record('gp', vaccination('1', { vaccineCode: code, occurrenceDateTime: '2020-04-05' }));
    const b = record('acute', {
      ...vaccination('2', { vaccineCode: code, occurrenceDateTime: '2020-04-05' }),
      status: 'entered-in-error',
    });
    expect(between(a, b)).to.deep.include({ tier: 'T3', relation: 'related', conflicts: ['status'] });
  });

  it('keeps final and amended results, and says that their values differ', () => {
    const specimen = { identifier: { system: 'https://lab.example/accession', value: 'A-7001' } };
    const base = { code: coded('1000651000000109', 'Serum potassium level'), specimen };
    const a = record('gp', { ...result('1', { ...base, ...quantity(4.7, 'mmol/L') }), status: 'preliminary' });
    const b = record('acute', result('2', { ...base, ...quantity(3.9, 'mmol/L') }));
    expect(between(a, b)).to.deep.include({ tier: 'T2', conflicts: ['value'] });
  });

  it('keeps a visit to the GP and one to A&E on one day apart', () => {
    const visit = (source: string, start: string, code: string) =>
      record(source, { resourceType: 'Encounter', id: source, status: 'finished', class: { code }, period: { start } });
    expect(
      between(visit('gp', '2024-03-01T09:00:00Z', 'AMB'), visit('acute', '2024-03-01T18:00:00Z', 'EMER')),
    ).to.equal(undefined);
  });

  it('knows people by number, never by name', () => {
    const khan = (source: string, gmc: string) =>
      record(source, {
        resourceType: 'Practitioner',
        id: source,
        identifier: [{ system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: gmc }],
        name: [{ family: 'Khan', given: ['A'] }],
      });
    expect(between(khan('gp', '9100222'), khan('acute', '9100333'))).to.equal(undefined);
    expect(between(khan('gp', '9100222'), khan('acute', ' 9100222 '))).to.include({ tier: 'T0' });
  });

  it('joins no results of different value, unit or hour', () => {
    const hba1c = (source: string, id: string, more: Json) =>
      record(source, result(id, { code: { text: 'HbA1c' }, ...more }));
    const at = (effectiveDateTime: string, said: Json): Json => ({ effectiveDateTime, ...said });
    const percent = hba1c('gp', '1', at('2024-03-01T09:00:00Z', quantity(48, '%')));
    const molar = hba1c('acute', '2', at('2024-03-01T09:00:00Z', quantity(48, 'mmol/mol')));
    expect(between(percent, molar)).to.deep.include({ tier: 'T3', conflicts: ['value'] });
    const [ten, later, latest] = ['10:00', '10:50', '11:40'].map((time, index) =>
      hba1c(['gp', 'acute', 'mh'][index]!, String(index), at(`2024-03-01T${time}:00Z`, quantity(48, 'mmol/mol'))),
    );
    expect(pairsOf(link([ten!, later!, latest!], OFFLINE)).size).to.equal(0);
    const said = (id: string, time: string, valueString: string) =>
      hba1c('gp', id, at(`2024-03-01T${time}:00Z`, { valueString }));
    expect(between(said('1', '10:00', 'Positive'), said('2', '11:00', 'Negative'))).to.equal(undefined);
  });

  it('does not take equal ids of two sources for one record', () => {
    const a = record('gp', condition('1', { code: coded('195967001'), onsetDateTime: '2010-01-01' }));
    const b = record('acute', condition('1', { code: coded('44054006'), onsetDateTime: '2010-01-01' }));
    expect(between(a, b)).to.equal(undefined);
  });
});

describe('what keeps two facts apart', () => {
  const knee = (source: string, more: Json) =>
    record(
      source,
      condition(source, { code: coded('239873007', 'Osteoarthritis of knee'), onsetDateTime: '2020-05-01', ...more }),
    );
  const left = { bodySite: [coded('82169009', 'Structure of left knee region')] };
  const right = { bodySite: [coded('6757004', 'Structure of right knee region')] };

  it('the side of the body; a side that is not told makes no key and contradicts none', () => {
    expect(between(knee('gp', left), knee('acute', right))).to.equal(undefined);
    expect(between(knee('gp', left), knee('acute', left))).to.include({ tier: 'T1' });
    expect(between(knee('gp', left), knee('acute', {}))).to.include({ tier: 'T2' });
    const words = record('acute', condition('w', { code: { text: 'R knee OA' }, onsetDateTime: '2020-05-01' }));
    expect(between(knee('gp', left), words)).to.equal(undefined);
    expect(between(knee('gp', right), words)).to.include({ tier: 'T2' });
  });

  it('family, denial and planning, whatever the words and codes share', () => {
    const mine = record('gp', condition('1', { code: { text: 'Asthma' }, onsetDateTime: '2020-05-01' }));
    for (const text of ['FH: asthma', 'Mother - asthma', 'No asthma', 'Denies asthma', 'At risk of asthma'])
      expect(
        between(mine, record('acute', condition('2', { code: { text }, onsetDateTime: '2020-05-01' }))),
        text,
      ).to.equal(undefined);
    const unspecified = { code: coded('J45.9', 'Asthma, not otherwise specified', ICD10), onsetDateTime: '2020-05-01' };
    expect(between(mine, record('acute', condition('3', unspecified)))).to.include({ tier: 'T2' });
  });

  it('the episode: weeks apart, or two onsets in one source', () => {
    const uti = (source: string, id: string, onset: string) =>
      record(source, condition(id, { code: coded('68566005'), onsetDateTime: onset }));
    expect(between(uti('gp', '1', '2022-01-01'), uti('acute', '2', '2022-01-05'))).to.include({ tier: 'T2' });
    expect(between(uti('gp', '1', '2022-01-01'), uti('gp', '2', '2022-01-05'))).to.equal(undefined);
    expect(between(uti('gp', '1', '2022-01-01'), uti('acute', '2', '2022-06-05'))).to.equal(undefined);
  });

  it('the antigen, the dose and the week of a vaccination', () => {
    const given = (source: string, text: string, day: string) =>
      record(source, vaccination(source, { vaccineCode: { text }, occurrenceDateTime: day }));
    expect(between(given('gp', 'Flu jab', '2023-10-01'), given('acute', 'Influenza vaccine', '2023-10-02'))).to.include(
      {
        tier: 'T2',
      },
    );
    expect(between(given('gp', 'Flu jab', '2023-10-01'), given('acute', 'Covid-19 vaccine', '2023-10-01'))).to.equal(
      undefined,
    );
    expect(between(given('gp', 'Covid 1st', '2021-03-01'), given('acute', 'Covid 2nd', '2021-03-01'))).to.equal(
      undefined,
    );
    expect(between(given('gp', 'MMR', '2021-03-01'), given('acute', 'Rubella vaccine', '2021-03-01'))).to.include({
      tier: 'T3',
    });
    expect(between(given('gp', 'Flu jab', '2022-10-01'), given('acute', 'Flu jab', '2023-10-01'))).to.equal(undefined);
  });

  it('a number that several items share', () => {
    const item = (id: string, text: string) =>
      record('gp', {
        resourceType: 'MedicationRequest',
        id,
        status: 'active',
        identifier: [{ system: 'https://fhir.nhs.uk/Id/prescription-order-number', value: '9638CC-X99999-67B2AB' }],
        medicationCodeableConcept: { text },
      });
    expect(between(item('1', 'Diazepam 2mg tablets'), item('2', 'Lansoprazole 30mg capsules'))).to.equal(undefined);
    expect(between(item('1', 'Diazepam 2mg tablets'), item('2', 'Diazepam 2mg tablets'))).to.include({ tier: 'T0' });
  });

  it('placeholders, and a component that holds two values of one identifier system', () => {
    const doctor = (source: string, ...values: readonly string[]) =>
      record(source, {
        resourceType: 'Practitioner',
        id: `${source}${values.join()}`,
        identifier: values.map((it) => {
          const [system, value] = it.split('|');
          return { system: `https://id.example/${system ?? ''}`, value };
        }),
      });
    for (const value of ['0', '0000000', 'UNKNOWN', 'n/a', 'xx', '--', '9999999'])
      expect(between(doctor('gp', `s|${value}`), doctor('acute', `s|${value}`)), value).to.equal(undefined);
    const linked = link(
      [doctor('gp', 'a|111x', 'b|222x'), doctor('acute', 'b|222x', 'c|333x'), doctor('mh', 'c|333x', 'a|444x')],
      OFFLINE,
    );
    expect(linked.groups).to.deep.equal([]);
    expect([...pairsOf(linked).values()].every((it) => it.tier === 'T2')).to.equal(true);
    expect(pairsOf(linked).size).to.equal(2);
  });
});

describe('what makes two records of one fact meet', () => {
  it('other spellings, units, codes and zones of one result', () => {
    const specimen = {
      identifier: {
        system: 'urn:oid:1.2.826.99',
        value: 'ACC-88',
        assigner: { identifier: { system: SNOMED, value: 'x' } },
      },
    };
    const a = record(
      'gp',
      result('1', {
        code: coded('1000731000000107', 'Serum creatinine level'),
        effectiveDateTime: '2022-07-17T12:45:00+01:00',
        specimen,
        valueQuantity: { value: 0.101, unit: 'mmol/L' },
      }),
    );
    const b = record(
      'acute',
      result('2', {
        code: coded('14682-9', 'Creatinine [Moles/volume] in Serum or Plasma', LOINC),
        effectiveDateTime: '2022-07-17T11:45:00Z',
        specimen: { identifier: { system: '1.2.826.99', value: 'ACC-88' } },
        valueQuantity: { value: 101, unit: 'µmol/L' },
      }),
    );
    expect(between(a, b)).to.include({ tier: 'T2', rule: 'observation.day/1' });
    const panel = (source: string, ...values: readonly [string, number][]) =>
      record(
        source,
        result(source, {
          code: { text: 'Blood pressure' },
          effectiveDateTime: '2024-01-01T10:00:00Z',
          component: values.map(([text, value]) => ({ code: { text }, valueQuantity: { value, unit: 'mmHg' } })),
        }),
      );
    expect(
      between(panel('gp', ['Systolic', 140], ['Diastolic', 90]), panel('acute', ['Diastolic', 90], ['Systolic', 140])),
    ).to.include({ tier: 'T2' });
    expect(
      between(panel('gp', ['Systolic', 140], ['Diastolic', 90]), panel('acute', ['Systolic', 140]))?.tier,
    ).to.equal('T3');
  });

  it('a report by the alias of its identifier system', () => {
    const report = (source: string, system: string) =>
      record(source, {
        resourceType: 'DiagnosticReport',
        id: source,
        status: 'final',
        identifier: [{ system, value: '60983088-ff20-1262-7fbb-5a4a30377c02' }],
        code: coded('721981007'),
      });
    expect(
      between(report('gp', 'urn:oid:2.16.840.1.113883.2.1.4.5.5'), report('acute', '2.16.840.1.113883.2.1.4.5.5')),
    ).to.include({
      tier: 'T0',
    });
  });
});
