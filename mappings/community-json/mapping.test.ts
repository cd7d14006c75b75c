import { join } from 'node:path';
import { expect } from 'chai';
import { type Json, parseJson } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { goldenPairs } from '../../test/support/index.ts';
import { map, split } from './index.ts';

/** What an answer becomes: issues and resources. */
const mapWhole = (answer: unknown) => {
  const { issues, resources } = mapAnswer({ map: map as never }, split(answer), { source: 'community' });
  return {
    issues: issues.map((it) => ({
      code: it.details?.coding?.[0]?.code,
      about: it.diagnostics,
      path: it.expression?.[0],
    })),
    resources: resources.map(({ localId, resource }) => ({ localId, resource: resource as unknown as Json })),
  };
};

/** The resources of one type that an answer becomes. */
const mapTo = (type: string, answer: unknown): readonly Json[] =>
  mapWhole(answer).resources.flatMap(({ resource }) => (resource['resourceType'] === type ? [resource] : []));
const one = (type: string, answer: unknown): Json => {
  const [resource, ...others] = mapTo(type, answer);
  expect(others).to.deep.equal([]);
  return resource!;
};
const codesOf = (answer: unknown) => mapWhole(answer).issues.map(({ code, path }) => `${code} ${path}`);
const sourceText = (valueString: string) => ({
  extension: [{ url: 'https://patient-core-records.example/fhir/StructureDefinition/source-text', valueString }],
});
const RESTRICTED = [
  { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R', display: 'restricted' },
];

const nurse = { staffId: 1, name: 'Nora Bell', role: 'District nurse', team: { teamId: 2, name: 'East' } };

describe('the mapping of the community record to UK Core', () => {
  goldenPairs({ split, map }, join(import.meta.dirname, 'golden'));

  it('shows the day of a local time, keeps the time as text, and says so', () => {
    const contact = {
      contactId: 3,
      patientId: 1,
      contactType: 'Clinic',
      outcome: 'Attended',
      startDateTime: '27/10/2024 01:30',
    };
    expect(one('Encounter', contact)['period']).to.deep.equal({
      start: '2024-10-27',
      _start: sourceText('27/10/2024 01:30'),
    });
    expect(codesOf(contact)).to.deep.equal(['reduced-precision Encounter.period.start']);
  });

  it('keeps a day that no calendar has as text', () => {
    const problem = { problemId: 3, patientId: 1, problem: { term: 'Fall' }, onsetDate: '31/02/2024' };
    expect(one('Condition', problem)['_onsetDateTime']).to.deep.equal(sourceText('31/02/2024'));
    expect(codesOf(problem)).to.include('invalid-value Condition.onsetDateTime');
  });

  it('tells a patient who did not attend from one who was seen', () => {
    const encounter = one('Encounter', {
      contactId: 3,
      patientId: 1,
      contactType: 'Clinic',
      outcome: 'Did not attend',
    });
    expect(encounter).to.deep.include({ status: 'cancelled', _status: sourceText('Did not attend') });
    expect(encounter['extension']).to.deep.equal([
      {
        url: 'http://hl7.org/fhir/StructureDefinition/encounter-reasonCancelled',
        valueCodeableConcept: {
          coding: [{ system: 'https://fellside.example/CodeSystem/contact-outcome', code: 'Did not attend' }],
          text: 'Did not attend',
        },
      },
    ]);
  });

  it('makes up no status: unknown where R4 has that code, absent where it has not, and says so', () => {
    expect(one('Encounter', { contactId: 3, patientId: 1, contactType: 'Clinic' })['status']).to.equal('unknown');
    expect(codesOf({ contactId: 3, patientId: 1, contactType: 'Clinic' })).to.deep.equal([
      'missing-required Encounter.status',
    ]);
    const flag = { alertId: 3, patientId: 1, alert: { term: 'Dog' } };
    expect(one('Flag', flag)).to.not.have.property('status');
    expect(codesOf(flag)).to.deep.equal(['missing-required Flag.status']);
  });

  for (const mark of ['Y', 'y', 'yes', true, false, 1]) {
    it(`marks an entry that is restricted: ${JSON.stringify(mark)}, and a goal of such a plan`, () => {
      const plan = {
        carePlanId: 3,
        patientId: 1,
        title: 'Plan',
        restricted: mark,
        goals: [{ goalId: 4, goal: 'Sleep' }],
      };
      expect(one('CarePlan', plan)['meta']).to.deep.equal({ security: RESTRICTED });
      expect(one('Goal', plan)['meta']).to.deep.equal({ security: RESTRICTED });
    });
  }

  it('marks no entry that is not restricted, nor the staff who recorded one that is', () => {
    expect(one('Flag', { alertId: 3, patientId: 1, alert: 'Dog', restricted: 'N' })).to.not.have.property('meta');
    const restricted = { alertId: 3, patientId: 1, alert: 'Dog', restricted: 'Y', raisedBy: nurse };
    expect(one('Practitioner', restricted)).to.not.have.property('meta');
  });

  it('gives the same person in many records one Practitioner, one role and one team', () => {
    const answer = {
      patient: { patientId: 1 },
      contacts: [1, 2].map((contactId) => ({
        contactId,
        patientId: 1,
        contactType: 'Clinic',
        leadStaff: nurse,
        otherStaff: [nurse],
      })),
      allergies: [{ allergyId: 1, patientId: 1, allergy: 'Latex', recordedBy: { ...nurse } }],
    };
    for (const type of ['Practitioner', 'PractitionerRole', 'Organization'])
      expect(mapTo(type, answer)).to.have.length(1);
    expect(codesOf(answer)).to.not.satisfy((codes: string[]) => codes.some((it) => it.startsWith('conflict')));
  });

  it('gives a person who has two roles two PractitionerRoles', () => {
    const alert = (alertId: number, raisedBy: Json) => ({ alertId, patientId: 1, alert: 'Dog', raisedBy });
    const answer = { alerts: [alert(1, nurse), alert(2, { ...nurse, role: 'Community matron' })] };
    expect(mapTo('PractitionerRole', answer)).to.have.length(2);
    expect(mapTo('Practitioner', answer)).to.have.length(1);
  });

  it('keeps both of two different people under one id, as a conflict', () => {
    const alert = (alertId: number, name: string) => ({
      alertId,
      patientId: 1,
      alert: 'Dog',
      raisedBy: { staffId: 1, name },
    });
    const answer = { alerts: [alert(1, 'Nora Bell'), alert(2, 'Nora Bell-Hughes')] };
    expect(mapTo('Practitioner', answer)).to.have.length(2);
    expect(codesOf(answer)).to.include('conflict undefined');
  });

  it('refers to a record of the same answer by id, and to one that is not there by its identifier', () => {
    const allergy = { allergyId: 1, patientId: 9, allergy: 'Latex', relatedContactId: 7 };
    const contact = { contactId: 7, patientId: 9, contactType: 'Clinic' };
    const whole = { patient: { patientId: 9 }, contacts: [contact], allergies: [allergy] };
    expect(one('AllergyIntolerance', whole)['encounter']).to.deep.equal({ reference: 'Encounter/7' });
    expect(one('AllergyIntolerance', whole)['patient']).to.deep.equal({ reference: 'Patient/9' });
    expect(one('AllergyIntolerance', allergy)['encounter']).to.deep.equal({
      type: 'Encounter',
      identifier: { system: 'https://fellside.example/Id/contacts', value: '7' },
    });
    expect(one('AllergyIntolerance', allergy)['patient']).to.deep.equal({
      reference: 'Patient/9',
      type: 'Patient',
      identifier: { system: 'https://fellside.example/Id/patient', value: '9' },
    });
  });

  it('gives an entry that was an error no clinical status', () => {
    const entry = { patientId: 1, status: 'Entered in error', certainty: 'Confirmed' };
    for (const [type, record] of [
      ['AllergyIntolerance', { ...entry, allergyId: 1, allergy: 'Latex' }],
      ['Condition', { ...entry, problemId: 1, problem: 'Asthma' }],
    ] as const) {
      expect(one(type, record)).to.not.have.property('clinicalStatus');
      expect(one(type, record)['verificationStatus']).to.have.nested.property('coding[0].code', 'entered-in-error');
      expect(JSON.stringify(one(type, record))).to.contain('Confirmed');
    }
  });

  it('keeps when and why an allergy was ended, with or without a status', () => {
    const ended = { allergyId: 1, patientId: 1, allergy: 'Latex', endedDate: '11/2023', endReason: 'Tested' };
    const end = {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AllergyIntoleranceEnd',
      extension: [
        { url: 'endDate', valueDateTime: '2023-11' },
        { url: 'reasonEnded', valueString: 'Tested' },
      ],
    };
    expect(one('AllergyIntolerance', { ...ended, status: 'Ended' })['clinicalStatus']).to.deep.equal({
      extension: [end],
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'inactive' }],
      text: 'Ended',
    });
    expect(one('AllergyIntolerance', ended)['clinicalStatus']).to.have.deep.nested.property('extension[1]', end);
    expect(codesOf(ended)).to.deep.equal(['missing-required AllergyIntolerance.clinicalStatus']);
  });

  it('makes of a vaccine an Immunization alone, of anything else a MedicationAdministration alone', () => {
    const given = { administrationId: 1, patientId: 1, product: 'X', status: 'Given', givenDateTime: '04/03/2024' };
    expect(
      mapWhole({ ...given, kind: 'Vaccine' }).resources.map(({ resource }) => resource['resourceType']),
    ).to.deep.equal(['Immunization']);
    for (const kind of ['Medicine', 'Dressing', undefined]) {
      const types = mapWhole({ ...given, kind }).resources.map(({ resource }) => resource['resourceType']);
      expect(types).to.deep.equal(['MedicationAdministration']);
    }
  });

  it('adds no code of its own to a score, and keeps its digits', () => {
    const answer = parseJson(
      '{"assessmentId":1,"patientId":1,"tool":{"localCode":"PHQ9","term":"PHQ-9"},"totalScore":14.0}',
    );
    const observation = one('Observation', answer);
    expect(observation['code']).to.deep.equal({
      coding: [{ system: 'https://fellside.example/CodeSystem/assessment-tool', code: 'PHQ9', display: 'PHQ-9' }],
      text: 'PHQ-9',
    });
    expect(JSON.stringify(observation['valueQuantity'])).to.equal('{"value":14.0}');
  });

  it('takes for SNOMED CT only what can be a concept id', () => {
    const codings = (snomedCode: unknown) =>
      (one('Flag', { alertId: 1, patientId: 1, alert: { snomedCode, term: 'x' } })['code'] as Json)['coding'];
    expect(codings('105529008')).to.deep.equal([{ system: 'http://snomed.info/sct', code: '105529008' }]);
    expect(codings('X12')).to.equal(undefined);
  });

  it('reads words alone where a coded entry or a person should be', () => {
    const allergy = {
      allergyId: 1,
      patientId: 1,
      allergy: 'Penicillin',
      reactions: ['Rash', { term: 'Fever' }],
      recordedBy: 'Nora Bell',
    };
    const mapped = one('AllergyIntolerance', allergy);
    expect(mapped['code']).to.deep.equal({ text: 'Penicillin' });
    expect(mapped).to.have.deep.nested.property('reaction[0].manifestation', [{ text: 'Rash' }, { text: 'Fever' }]);
    expect(mapped).to.have.nested.property('recorder.display', 'Nora Bell');
  });

  it('keeps what it does not know as a Basic, reads nothing into it, and marks it where it is restricted', () => {
    const letter = { letterId: 7, patientId: 1, restricted: 'Y', body: { text: 'Dear' } };
    const basic = one('Basic', { patient: { patientId: 1 }, letters: [letter] });
    const value = (path: string, valueString: string) => ({
      url: 'https://patient-core-records.example/fhir/StructureDefinition/source-value',
      extension: [
        { url: 'path', valueString: path },
        { url: 'value', valueString },
      ],
    });
    expect(basic).to.deep.equal({
      resourceType: 'Basic',
      meta: { security: RESTRICTED },
      code: { text: 'letters' },
      subject: { reference: 'Patient/1' },
      extension: [value('letters.letterId', '7'), value('letters.body.text', 'Dear')],
    });
    const said = one('Basic', { patient: { patientId: 1 }, exportedBy: 'Ward 4' });
    expect(said).to.have.deep.property('extension', [value('other.exportedBy', 'Ward 4')]);
  });

  it('maps no kind of record that it does not know', () => {
    const answer = { records: [{ types: ['Flag' as const], kind: 'letters', id: '1', body: {} }] };
    const { issues } = mapAnswer({ map: map as never }, answer, { source: 'community' });
    expect(issues.map((it) => it.details?.coding?.[0]?.code)).to.deep.equal(['unmapped-record']);
  });

  it('writes a valid NHS number without its spaces, and any other as it was written', () => {
    const number = (nhsNumber: string) =>
      (one('Patient', { patientId: 1, nhsNumber })['identifier'] as Json[])[0]!['value'];
    expect(number('999 000 0018')).to.equal('9990000018');
    expect(number('999 000 0019')).to.equal('999 000 0019');
  });
});
