import { expect } from 'chai';
import fc from 'fast-check';
import { elementsOf, type Json, type NhsNumber, type Patient } from '../../src/fhir/index.ts';
import { federatedPatient, type PatientOf } from '../../src/identity/federated-patient.ts';
import type { Person } from '../../src/identity/person.ts';

const NHS = '9990000018' as NhsNumber;
const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
const untraced: Person = { nhsNumber: NHS, former: [], whereabouts: 'unrestricted' };
const SINGLE = [
  'active',
  'name',
  'telecom',
  'gender',
  'birthDate',
  'address',
  'maritalStatus',
  'communication',
  'generalPractitioner',
] as const;

/** A Patient that has some of the fields, each with a value that names its source. */
const patientOf = (source: string, fields: readonly string[]): PatientOf => {
  const values: Json = {
    active: true,
    name: [{ family: source }],
    telecom: [{ system: 'phone', value: source }],
    gender: 'female',
    birthDate: '1990',
    address: [{ line: [source] }],
    maritalStatus: { text: source },
    communication: [{ language: { text: source } }],
    generalPractitioner: [{ display: source }],
  };
  const own = Object.fromEntries(fields.map((it) => [it, values[it]]));
  return { source, patient: { resourceType: 'Patient', id: `id-${source}`, ...own } };
};
const composedFrom = (patient: Patient): Map<string, string> =>
  new Map(
    (patient.extension ?? [])
      .filter((it) => it.url.endsWith('/composed-from'))
      .flatMap(({ extension = [] }) => {
        const source = extension.find((it) => it.url === 'source')?.valueCode ?? '';
        return extension.flatMap((it) => (it.url === 'field' ? [[it.valueString ?? '', source] as const] : []));
      }),
  );

describe('the federated Patient', () => {
  const someFields = fc.subarray([...SINGLE]);

  it('takes each field whole from the first source that has it, and names that source', () => {
    fc.assert(
      fc.property(fc.array(someFields, { minLength: 1, maxLength: 4 }), (given) => {
        const patients = given.map((fields, at) => patientOf(`s${at}`, fields));
        const composed = federatedPatient(untraced, patients) as Patient;
        const named = composedFrom(composed);
        for (const field of SINGLE) {
          const first = patients.find(({ patient }) => patient[field] !== undefined);
          expect(composed[field], field).to.deep.equal(first?.patient[field]);
          expect(named.get(field), field).to.equal(first?.source);
        }
        expect(composed.link?.map((it) => it.other.reference)).to.deep.equal(
          patients.map(({ patient }) => `Patient/${patient.id ?? ''}`),
        );
      }),
    );
  });

  it('keeps a value and what belongs to it together, and never takes two of one choice', () => {
    const one: PatientOf = {
      source: 'one',
      patient: {
        resourceType: 'Patient',
        _birthDate: { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime' }] },
        multipleBirthInteger: 2,
      },
    };
    const two: PatientOf = {
      source: 'two',
      patient: { resourceType: 'Patient', birthDate: '1990', multipleBirthBoolean: true },
    };
    const composed = federatedPatient(untraced, [one, two]) as Patient;
    expect(composed).to.have.property('multipleBirthInteger', 2);
    expect(composed).to.not.have.property('multipleBirthBoolean');
    expect(composed).to.have.property('_birthDate');
    expect(composed).to.not.have.property('birthDate');
  });

  it('puts the identifiers of all side by side, system by system, and always has the number of today', () => {
    const withIds = (source: string, ...identifier: { system: string; value: string }[]): PatientOf => ({
      source,
      patient: { resourceType: 'Patient', identifier },
    });
    const composed = federatedPatient(untraced, [
      withIds('one', { system: NHS_NUMBER, value: '9990000026' }, { system: 'https://a.example', value: '1' }),
      withIds('two', { system: 'https://a.example', value: '2' }, { system: 'https://b.example', value: '3' }),
    ]) as Patient;
    expect(composed.identifier?.map((it) => it.value)).to.deep.equal([NHS, '9990000026', '1', '3']);
  });

  it('takes no narrative and nothing that points into a source’s resource', () => {
    const one: PatientOf = {
      source: 'one',
      patient: {
        resourceType: 'Patient',
        text: { status: 'generated', div: '<div>one</div>' },
        contained: [{ resourceType: 'Organization', id: 'o' }],
        managingOrganization: { reference: '#o' },
      },
    };
    const two: PatientOf = {
      source: 'two',
      patient: { resourceType: 'Patient', managingOrganization: { reference: 'Organization/two' } },
    };
    const composed = federatedPatient(untraced, [one, two]) as Patient;
    expect(composed).to.not.have.any.keys('text', 'contained');
    expect(composed.managingOrganization).to.deep.equal({ reference: 'Organization/two' });
  });

  it('bears the labels of all its sources', () => {
    const labelled = (source: string, code: string): PatientOf => ({
      source,
      patient: { resourceType: 'Patient', meta: { security: [{ code }] } },
    });
    const composed = federatedPatient(untraced, [labelled('one', 'R'), labelled('two', 'S'), labelled('three', 'R')]);
    expect(composed?.meta?.security?.map((it) => it.code)).to.deep.equal(['R', 'S']);
  });

  it('asserts a death on the word of the identity source alone, where there is one', () => {
    const dead = (source: string): PatientOf => ({
      source,
      patient: { resourceType: 'Patient', deceasedBoolean: true },
    });
    const alive: PatientOf = { source: 'pds', patient: { resourceType: 'Patient', gender: 'male' } };
    const traced = (patient: Patient): Person => ({
      ...untraced,
      traced: { source: 'pds', patient, quarantineAt: 2 },
    });
    expect(federatedPatient(untraced, [dead('gp')])).to.have.property('deceasedBoolean', true);
    expect(federatedPatient(traced(alive.patient), [alive, dead('gp')])).to.not.have.property('deceasedBoolean');
    const told = dead('pds');
    expect(federatedPatient(traced(told.patient), [told, alive])).to.have.property('deceasedBoolean', true);
  });

  it('says which numbers it replaces', () => {
    const composed = federatedPatient({ ...untraced, former: ['9990000026' as NhsNumber] }, [patientOf('one', [])]);
    expect(composed?.link?.at(-1)).to.deep.equal({
      other: { type: 'Patient', identifier: { system: NHS_NUMBER, value: '9990000026' } },
      type: 'replaces',
    });
  });

  it('is nobody where no source knows anybody', () => {
    expect(federatedPatient(untraced, [])).to.equal(undefined);
    expect(elementsOf('Patient')).to.include.keys(...SINGLE);
  });
});
