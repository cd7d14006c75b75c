import { expect } from 'chai';
import { conform, type Dialect, type Json, keepExtension, SYSTEM } from '../../src/fhir/index.ts';

const run = (given: Json, dialect: Dialect = {}) => {
  const findings: string[] = [];
  const out = JSON.parse(
    JSON.stringify(conform(given, dialect, ({ code, path }) => findings.push(`${code} ${path}`))),
  ) as Json;
  const again: string[] = [];
  conform(out, {}, ({ code, path }) => again.push(`${code} ${path}`));
  expect(again, 'a second time').to.deep.equal([]);
  return { out, findings };
};

const subject = { reference: 'Patient/p' };
const code = { text: 'x' };
const observation = { resourceType: 'Observation', status: 'final', code, subject };
const appointment = { resourceType: 'Appointment', participant: [{ status: 'accepted', actor: { display: 'A' } }] };
const history = {
  resourceType: 'FamilyMemberHistory',
  status: 'completed',
  patient: subject,
  relationship: { text: 'Father' },
};
const condition = { resourceType: 'Condition', subject, code };
const clinical = (status: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: status }],
});
const nhs = (value: string) => ({ system: SYSTEM.nhsNumber, value });
const bcp47 = { coding: [{ system: 'urn:ietf:bcp:47', code: 'cy' }] };

describe('invariants of R4 and UK Core', () => {
  const rules: readonly (readonly [rule: string, given: Json, findings: readonly string[]])[] = [
    [
      'con-4: an end without a status that has ended',
      { ...condition, abatementString: 'last year' },
      ['invariant Condition.abatementString'],
    ],
    ['con-4: an end with one', { ...condition, clinicalStatus: clinical('remission'), abatementString: 'x' }, []],
    [
      'app-3: a booked appointment has a time',
      { ...appointment, status: 'booked' },
      ['missing-required Appointment.start', 'missing-required Appointment.end'],
    ],
    ['app-3: a cancelled one need not', { ...appointment, status: 'cancelled', cancelationReason: code }, []],
    [
      'app-2: a start asks for an end',
      { ...appointment, status: 'proposed', start: '2025-01-01T09:00:00Z' },
      ['missing-required Appointment.end'],
    ],
    [
      'app-4: a reason why it did not take place',
      { ...appointment, status: 'proposed', cancelationReason: code },
      ['invariant Appointment.cancelationReason'],
    ],
    [
      'app-1: somebody takes part',
      { ...appointment, status: 'proposed', participant: [{ status: 'accepted' }] },
      ['missing-required Appointment.participant[0].actor'],
    ],
    [
      'obs-3: a reference range says something',
      { ...observation, referenceRange: [{ appliesTo: [code] }] },
      ['missing-required Observation.referenceRange[0].text'],
    ],
    [
      'rat-1: both sides of a ratio',
      { ...observation, valueRatio: { numerator: { value: 1 } } },
      ['missing-required Observation.valueRatio.denominator'],
    ],
    [
      'fhs-1: an age or a birth',
      { ...history, ageString: '70', bornDate: '1900' },
      ['invariant FamilyMemberHistory.bornDate'],
    ],
    [
      'fhs-2: only an age is estimated',
      { ...history, estimatedAge: true },
      ['invariant FamilyMemberHistory.estimatedAge'],
    ],
    [
      'pat-1: a contact is somebody',
      { resourceType: 'Patient', contact: [{ gender: 'female' }] },
      ['missing-required Patient.contact[0].name'],
    ],
    [
      'mad-1: a dosage has a dose or a rate',
      {
        resourceType: 'MedicationAdministration',
        status: 'completed',
        medicationCodeableConcept: code,
        subject,
        effectiveDateTime: '2025',
        dosage: { text: 'one' },
      },
      ['missing-required MedicationAdministration.dosage.dose'],
    ],
    [
      'inv-1, mdd-1: times in their order',
      { resourceType: 'Task', status: 'requested', intent: 'order', authoredOn: '2025-02', lastModified: '2025-01-31' },
      ['invariant Task.lastModified'],
    ],
    [
      'drt-1: the code of a duration is one of UCUM',
      {
        resourceType: 'Encounter',
        status: 'finished',
        class: { code: 'AMB' },
        length: { value: 1, code: 'd', system: 'urn:x' },
      },
      ['invariant Encounter.length.code'],
    ],
    [
      'rng-2: a range does not end below where it starts',
      { ...observation, valueRange: { low: { value: 2.5 }, high: { value: 1 } } },
      ['invariant Observation.valueRange.high'],
    ],
    [
      'rng-2: unless its units differ',
      { ...observation, valueRange: { low: { value: 2, unit: 'mg' }, high: { value: 1, unit: 'g' } } },
      [],
    ],
    [
      'obs-7: a component is not the observation again',
      {
        ...observation,
        code: { coding: [{ code: 'bp' }] },
        valueString: 'x',
        component: [
          { code: { coding: [{ code: 'systolic' }] } },
          { code: { coding: [{ code: 'bp' }] }, valueString: 'y' },
        ],
      },
      ['invariant Observation.component[1]'],
    ],
    [
      'gol-1: the detail of a target asks for its measure',
      {
        resourceType: 'Goal',
        lifecycleStatus: 'active',
        subject,
        description: code,
        target: [{ detailString: 'x' }],
      },
      ['missing-required Goal.target[0].measure'],
    ],
    [
      'qrs-1: an answer, or items below, not both',
      {
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        item: [{ linkId: '1', answer: [{ valueString: 'x' }], item: [{ linkId: '2' }] }],
      },
      ['invariant QuestionnaireResponse.item[0].item'],
    ],
    [
      'rqg-1: an action is a resource or holds actions, in any depth',
      {
        resourceType: 'RequestGroup',
        status: 'active',
        intent: 'order',
        action: [{ title: 'a' }, { resource: { display: 'x' }, action: [{ title: 'b' }] }],
      },
      [
        'missing-required RequestGroup.action[0].resource',
        'missing-required RequestGroup.action[1].action[0].resource',
        'invariant RequestGroup.action[1].resource',
      ],
    ],
    [
      'prr-1: details of an order without the order',
      { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject, orderDetail: [code] },
      ['missing-required ServiceRequest.code'],
    ],
    [
      'a coding of a value set has no system',
      { ...observation, code: { coding: [{ system: 'https://x.test/ValueSet/a', code: '1' }] } },
      ['invariant Observation.code.coding[0].system'],
    ],
    [
      'a spoken language is a tag of BCP 47',
      {
        resourceType: 'Patient',
        communication: [
          { language: { text: 'Polish' } },
          { language: bcp47 },
          { language: { coding: [{ code: 'pl' }] } },
        ],
      },
      ['invariant Patient.communication[2]', 'invariant Patient.communication[0]'],
    ],
    [
      'ukcore-imm-001: why a vaccine was not given',
      { resourceType: 'Immunization', status: 'not-done', vaccineCode: code, patient: subject, occurrenceString: 'x' },
      ['missing-required Immunization.statusReason'],
    ],
    [
      'an NHS number has a value',
      { resourceType: 'Patient', identifier: [{ system: SYSTEM.nhsNumber }] },
      ['missing-required Patient.identifier[0].value'],
    ],
    [
      'one NHS number, not twice',
      { resourceType: 'Patient', identifier: [nhs('9990000018'), nhs('9990000018')] },
      ['invariant Patient.identifier[1]'],
    ],
    [
      'two NHS numbers stay, for the gate to see',
      { resourceType: 'Patient', identifier: [nhs('9990000018'), nhs('9990000026')] },
      [],
    ],
    [
      'what is required in a required element',
      { resourceType: 'Appointment', status: 'cancelled' },
      ['missing-required Appointment.participant'],
    ],
    [
      'Reference.type is a type',
      { ...observation, encounter: { type: 'encounter', display: 'x' } },
      ['repaired-form Observation.encounter.type'],
    ],
  ];
  for (const [rule, given, findings] of rules) {
    it(`settles ${rule}`, () => {
      expect(run(given).findings).to.deep.equal(findings);
    });
  }

  it('loses no value on the way', () => {
    for (const [, given] of rules) {
      const { out } = run(given);
      const values = JSON.stringify(given).match(/(?<=:)("[^"]*"|\d+|true)/g) ?? [];
      for (const value of values)
        expect(JSON.stringify(out)).to.contain(value.replace(/^"|"$/g, '').replace(/^encounter$/, 'Encounter'));
    }
  });
});

describe('contained resources', () => {
  const practitioner = (more: Json = {}) => ({ resourceType: 'Practitioner', id: 'd', ...more });
  const holding = (contained: readonly Json[], ...references: readonly string[]) => ({
    ...observation,
    contained,
    performer: references.map((reference) => ({ reference })),
  });

  it('stay where something refers to them, be it another or they to what holds them', () => {
    const role = { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: '#d' } };
    const group = {
      resourceType: 'Provenance',
      id: 'v',
      target: [{ reference: '#' }],
      recorded: '2025-01-01T00:00:00Z',
      agent: [{ who: { display: 'x' } }],
    };
    const { out, findings } = run(holding([practitioner(), role, group], '#r'));
    expect(out['contained']).to.have.length(3);
    expect(findings).to.deep.equal([]);
  });

  it('are kept as leaves where nothing does (dom-3), one after the other', () => {
    const role = { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: '#d' } };
    const { out, findings } = run(holding([practitioner({ name: [{ family: 'Nurse' }] }), role]));
    expect(out).to.not.have.property('contained');
    expect(findings).to.deep.equal(['invariant Observation.contained[0]', 'invariant Observation.contained[1]']);
    expect(JSON.stringify(out)).to.contain('Nurse');
  });

  it('have no version, no label and nothing contained of their own (dom-2, dom-4, dom-5)', () => {
    const meta = { versionId: '1', tag: [{ code: 't' }], security: [{ code: 's' }] };
    const { out, findings } = run(
      holding([practitioner({ meta, contained: [{ resourceType: 'Basic', id: 'b' }] })], '#d'),
    );
    expect(findings).to.deep.equal(
      ['contained', 'meta.versionId', 'meta.security'].map((it) => `invariant Observation.contained[0].${it}`),
    );
    expect((out['contained'] as Json[])[0]).to.have.deep.property('meta', { tag: [{ code: 't' }] });
  });

  it('must be there for a reference to them (ref-1), and be of a type that it allows', () => {
    const { out, findings } = run(
      holding(
        [practitioner(), { resourceType: 'Flag', id: 'f', status: 'active', code, subject }],
        '#d',
        '#none',
        '#f',
      ),
    );
    expect(findings).to.include.members([
      'unresolved-reference Observation.performer[1]',
      'reference-target Observation.performer[2]',
    ]);
    expect(JSON.stringify(out)).to.contain('#none').and.contain('"#f"');
  });
});

describe('extensions that nobody can look up', () => {
  it('keeps a free text beside a display', () => {
    const { out } = run({ ...observation, encounter: { reference: 'seen at home', display: 'Visit' } });
    expect(JSON.stringify(out['encounter'])).to.contain('seen at home').and.contain('Visit');
  });

  it('are kept as leaves under their url, parts and all, references as references', () => {
    const extension = [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/geolocation',
        extension: [
          { url: 'latitude', valueDecimal: 1 },
          { url: 'longitude', valueDecimal: 2 },
        ],
      },
      {
        url: 'https://x.test/a',
        extension: [
          { url: 'who', valueReference: { reference: 'Practitioner/1' } },
          { url: 'what', valueCoding: { code: '1', display: 'One' } },
        ],
      },
      { url: 'word', valueString: 'no part of anything' },
    ];
    const { out, findings } = run({ ...observation, extension }, { Extension: keepExtension });
    expect(findings).to.deep.equal([]);
    const told = JSON.stringify(out['extension']);
    expect(told).to.contain('{"url":"latitude","valueDecimal":1}');
    expect(told).to.contain('"https://x.test/a.who"},{"url":"value","valueReference":{"reference":"Practitioner/1"}}');
    expect(told).to.contain('"https://x.test/a.what.code"').and.contain('"https://x.test/a.what.display"');
    expect(told).to.contain('{"url":"path","valueString":"word"}');
  });
});
