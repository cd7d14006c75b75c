import { expect } from 'chai';
import fc from 'fast-check';
import type { NhsNumber, Patient } from '../../src/fhir/index.ts';
import { compareWithTrace } from '../../src/identity/compare.ts';
import { differences, isFormallyDead } from '../../src/identity/demographics.ts';

const traced: Patient = {
  resourceType: 'Patient',
  name: [
    { use: 'usual', family: "O'Brien-Šimić", given: ['Máire'] },
    { use: 'old', family: 'Nadkarni', given: ['Máire'] },
  ],
  birthDate: '1990-05-17',
  gender: 'female',
  address: [{ postalCode: 'ZZ99 3AA' }],
};
const person = {
  nhsNumber: '9990000018' as NhsNumber,
  former: [],
  whereabouts: 'unrestricted' as const,
  traced: { source: 'pds', patient: traced, quarantineAt: 2 },
};
const compared = (patient: Patient, more: object = {}) =>
  compareWithTrace([{ type: 'Patient', localId: 'p', resource: patient }], 'acute', { ...person, ...more });
const identifying = (patient: Patient): string[] =>
  differences(traced, patient).flatMap((it) => (it.identifies ? [it.title] : []));

/** Ways to write each identifying demographic: the same, another, or not at all. */
const same: Readonly<Record<string, Partial<Patient>[]>> = {
  family: [
    { name: [{ family: 'OBRIEN SIMIC' }] },
    { name: [{ family: 'o’brien-šimić' }] },
    { name: [{ family: 'Nadkarni' }] },
    { name: [{ family: 'Another' }, { use: 'maiden', family: 'NADKARNI' }] },
  ],
  birthDate: [{ birthDate: '1990-05-17' }, { birthDate: '1990-05' }, { birthDate: '1990' }],
  gender: [{ gender: 'female' }],
};
const other: Readonly<Record<string, Partial<Patient>[]>> = {
  family: [{ name: [{ family: 'Brien' }] }, { name: [{ family: 'Abernethy' }] }],
  birthDate: [{ birthDate: '1990-05-18' }, { birthDate: '1991' }, { birthDate: '1990-17' }],
  gender: [{ gender: 'male' }, { gender: 'other' }],
};
const silent: Readonly<Record<string, Partial<Patient>[]>> = {
  family: [{}, { name: [{ text: 'somebody' }] }, { name: [{ family: '—' }] }],
  birthDate: [{}],
  gender: [{}, { gender: 'unknown' }],
};
const TITLES: Readonly<Record<string, string>> = { family: 'family name', birthDate: 'birth date', gender: 'gender' };

describe('the demographics of a source against those of the identity source (H4)', () => {
  const choice = fc.constantFrom('same', 'other', 'silent');
  const mutation = fc.record({ family: choice, birthDate: choice, gender: choice });

  it('hold an answer back where two differ, warn where one does, and never where one side is silent', () => {
    fc.assert(
      fc.property(mutation, fc.nat(), (how, seed) => {
        const patient = Object.entries(how).reduce<Patient>(
          (made, [name, kind]) => {
            const ways = { same, other, silent }[kind][name]!;
            return { ...made, ...ways[seed % ways.length] };
          },
          { resourceType: 'Patient' },
        );
        const expected = Object.entries(how).flatMap(([name, kind]) => (kind === 'other' ? [TITLES[name]] : []));
        expect(identifying(patient)).to.deep.equal(expected);
        const { verdict, issues } = compared(patient);
        expect(verdict).to.equal(expected.length >= 2 ? 'doubtful' : 'trusted');
        expect(issues).to.have.length(expected.length > 0 ? 1 : 0);
        const words = JSON.stringify(issues);
        for (const value of ['Brien', 'Abernethy', 'Nadkarni', '1990', '1991']) expect(words).to.not.contain(value);
      }),
    );
  });

  it('are told of, and hold nothing back, where the configuration says so', () => {
    const stranger: Patient = { resourceType: 'Patient', name: [{ family: 'X' }], birthDate: '1950', gender: 'male' };
    expect(compared(stranger, { traced: { ...person.traced, quarantineAt: 4 } })).to.have.property(
      'verdict',
      'trusted',
    );
    expect(compared(stranger, { traced: { ...person.traced, quarantineAt: 3 } })).to.have.property(
      'verdict',
      'doubtful',
    );
  });

  it('are not compared where nobody was traced, nor those of the identity source with themselves', () => {
    const stranger: Patient = { resourceType: 'Patient', name: [{ family: 'X' }], birthDate: '1950', gender: 'male' };
    expect(compared(stranger, { traced: undefined })).to.deep.equal({ verdict: 'trusted', issues: [] });
    const own = [{ type: 'Patient' as const, localId: 'p', resource: stranger }];
    expect(compareWithTrace(own, 'pds', person).verdict).to.equal('trusted');
  });

  it('know a given name, a postcode, a practice and a death for different, and hold nothing back for them', () => {
    const patient: Patient = {
      ...traced,
      name: [{ family: 'Nadkarni', given: ['Priya'] }],
      address: [{ postalCode: 'ZZ99 9ZZ' }],
      deceasedBoolean: true,
    };
    expect(differences({ ...traced, deceasedBoolean: false }, patient).map((it) => it.title)).to.deep.equal([
      'given name',
      'death',
      'postcode',
    ]);
    expect(compared(patient)).to.deep.equal({ verdict: 'trusted', issues: [] });
  });
});

describe('the death of a patient', () => {
  const status = (code: string) => ({
    url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus',
    extension: [{ url: 'deathNotificationStatus', valueCodeableConcept: { coding: [{ code }] } }],
  });
  const dead: Patient = { resourceType: 'Patient', deceasedDateTime: '2026-09-12' };

  for (const [name, patient, expected] of [
    ['formally notified', { ...dead, extension: [status('2')] }, true],
    ['informally notified', { ...dead, extension: [status('1')] }, false],
    ['removed again', { ...dead, extension: [status('U')] }, false],
    ['said without a status', dead, true],
    ['said of nobody', { resourceType: 'Patient' }, false],
    ['denied', { resourceType: 'Patient', deceasedBoolean: false }, false],
  ] as const satisfies readonly (readonly [string, Patient, boolean])[])
    it(`is ${expected ? '' : 'not '}asserted where it is ${name}`, () => {
      expect(isFormallyDead(patient)).to.equal(expected);
    });
});
