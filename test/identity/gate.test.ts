import { expect } from 'chai';
import type { FhirResource } from '../../src/fhir/index.ts';
import { parseNhsNumber } from '../../src/fhir/nhs-number.ts';
import { admit, type GateQuestion, namesStranger } from '../../src/identity/gate.ts';
import type { LocalResource } from '../../src/mapping/map-answer.ts';

const patient = parseNhsNumber('9990000018')!;
const nhs = (value: string) => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value });
const local = (resource: object, localId = '1'): LocalResource => ({
  type: (resource as FhirResource).resourceType,
  localId,
  resource: resource as FhirResource,
});
const person = (localId: string, ...numbers: string[]) =>
  local({ resourceType: 'Patient', identifier: numbers.map(nhs) }, localId);
const flag = (subject?: object) => local({ resourceType: 'Flag', subject });
const judge = (resources: LocalResource[], more: Partial<GateQuestion> = {}) =>
  admit(resources, { patient, patientIds: [], scope: 'record', ...more });

describe('the identity gate', () => {
  it('lets an answer about the right patient in', () => {
    const resources = [person('p', '9990000018'), flag({ reference: 'Patient/p' })];
    expect(judge(resources)).to.deep.equal({ verdict: 'admitted', resources, heldBack: [] });
  });

  it('drops an answer whose Patient has another NHS number, or one that is no number', () => {
    for (const number of ['9990000026', '1234567890', 'Test Harness']) {
      expect(judge([person('p', number), flag({ reference: 'Patient/p' })]).verdict, number).to.equal('wrong-patient');
    }
    expect(judge([person('p', '9990000018', '9990000026')]).verdict).to.equal('wrong-patient');
  });

  it('drops an answer whose Patient carries no NHS number, unless the adapter vouches for the local id', () => {
    expect(judge([person('p')]).verdict).to.equal('wrong-patient');
    expect(judge([person('p')], { patientIds: ['p'], scope: 'type' }).verdict).to.equal('admitted');
  });

  it('drops a whole answer when one record names another patient by number', () => {
    const stranger = { identifier: nhs('9990000026') };
    expect(judge([person('p', '9990000018'), flag({ reference: 'Patient/p' }), flag(stranger)]).verdict).to.equal(
      'wrong-patient',
    );
    const contained = local({
      resourceType: 'Immunization',
      contained: [{ resourceType: 'Patient', id: 'x', identifier: [nhs('9990000026')] }],
      patient: { reference: '#x' },
    });
    expect(judge([person('p', '9990000018'), contained]).verdict).to.equal('wrong-patient');
  });

  it('takes a contained Patient with the right number for the patient', () => {
    const contained = local({
      resourceType: 'Immunization',
      contained: [{ resourceType: 'Patient', id: 'x', identifier: [nhs('999 000 0018')] }],
      patient: { reference: '#x' },
    });
    expect(judge([contained], { patientIds: ['7'], scope: 'type' }).verdict).to.equal('admitted');
  });

  it('is strict with a search answer: each record names the patient, by an id the adapter found', () => {
    const strict = { patientIds: ['7'], scope: 'type' } as const;
    expect(judge([flag({ reference: 'Patient/7' })], strict).verdict).to.equal('admitted');
    expect(judge([flag({ reference: 'Patient/8' })], strict).verdict).to.equal('wrong-patient');
    expect(judge([flag()], strict).verdict).to.equal('invalid-response');
    expect(judge([flag({ identifier: nhs('9990000018') })], strict).verdict).to.equal('admitted');
  });

  it('holds back what names a patient elsewhere, however it is written', () => {
    for (const reference of [
      'https://elsewhere.example/Patient/p',
      '/Patient/p',
      'Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018',
    ]) {
      const verdict = judge([person('p', '9990000018'), flag({ reference })]);
      expect(verdict, reference).to.have.property('heldBack').with.length(1);
    }
  });

  it('is lenient with a whole record: a missing subject is its patient, an unknown one is held back', () => {
    const unknown = flag({ reference: 'Patient/other' });
    const verdict = judge([person('p', '9990000018'), flag(), unknown]);
    expect(verdict).to.have.property('verdict', 'admitted');
    expect(verdict).to.have.deep.property('heldBack', [unknown]);
  });

  it('refuses a record that says of no patient whose it is', () => {
    expect(judge([flag({ reference: 'Patient/p' })]).verdict).to.equal('invalid-response');
    expect(judge([]).verdict).to.equal('admitted');
  });

  it('reads a number however it is spaced and under either system, and a reference with a version', () => {
    const strict = { patientIds: ['7'], scope: 'type' } as const;
    expect(judge([flag({ identifier: nhs('999 000 0018') })], strict).verdict).to.equal('admitted');
    expect(judge([flag({ reference: 'Patient/7/_history/3' })], strict).verdict).to.equal('admitted');
    const old = { system: 'http://fhir.nhs.net/Id/nhs-number', value: '9990000026' };
    expect(judge([person('p', '9990000018'), flag({ identifier: old })]).verdict).to.equal('wrong-patient');
  });

  it('lets a device be nobody’s, and not another patient’s', () => {
    const device = (patient?: object) => local({ resourceType: 'Device', patient });
    const strict = { patientIds: ['7'], scope: 'type' } as const;
    expect(judge([device()], strict).verdict).to.equal('admitted');
    expect(judge([device({ reference: 'Patient/8' })], strict).verdict).to.equal('wrong-patient');
  });

  it('judges records that nobody asked to map by the number they name', () => {
    const record = (nhsNumber?: string) => ({
      types: [],
      kind: 'x',
      id: '1',
      body: {},
      ...(nhsNumber !== undefined && { nhsNumber }),
    });
    expect(namesStranger([record(), record('999 000 0018')], { patient })).to.equal(false);
    expect(namesStranger([record(), record('9990000026')], { patient })).to.equal(true);
    expect(namesStranger([record('nobody')], { patient })).to.equal(true);
  });

  it('asks nothing of what belongs to no patient', () => {
    const verdict = judge([local({ resourceType: 'Organization', name: 'x' }), local({ resourceType: 'Medication' })], {
      patientIds: ['7'],
      scope: 'type',
    });
    expect(verdict.verdict).to.equal('admitted');
  });

  it('reads the patient of an appointment among its participants', () => {
    const appointment = (reference: string) =>
      local({
        resourceType: 'Appointment',
        participant: [{ actor: { reference: 'Location/1' } }, { actor: { reference } }],
      });
    const strict = { patientIds: ['7'], scope: 'type' } as const;
    expect(judge([appointment('Patient/7')], strict).verdict).to.equal('admitted');
    expect(judge([appointment('Patient/8')], strict).verdict).to.equal('wrong-patient');
  });
});
