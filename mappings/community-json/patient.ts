import { type Json, parseNhsNumber, SYSTEM, ukCoreExtension } from '../../src/fhir/index.ts';
import { GENDER, R4_EXTENSION, UK } from './codes.ts';
import { one, plain } from './concepts.ts';
import type { Desk } from './desk.ts';
import { identifier, meta } from './entry.ts';
import { address, phone } from './people.ts';
import type { Reader } from './reader.ts';
import type { PatientRecord } from './types.ts';

/** Demographics to a Patient. */
export const mapPatient = (patient: Reader<PatientRecord>, desk: Desk): void => {
  const { when, code } = desk;
  desk.add(desk.localId, {
    resourceType: 'Patient',
    meta: meta(patient),
    extension: [
      ethnicCategory(patient.text('ethnicCategory', /^([A-HJ-NPRSZ]|99)$/)),
      interpreter(patient.flag('interpreterRequired')),
    ],
    identifier: [nhsNumber(patient), identifier('patient', patient.text('patientId'))],
    name: [registeredName(patient), preferredName(patient.text('preferredName'))],
    telecom: [
      phone(patient.text('phone'), 'home'),
      phone(patient.text('mobile'), 'mobile'),
      email(patient.text('email')),
    ],
    ...code('Patient.gender', patient.text('sex'), GENDER),
    ...when('Patient.birthDate', patient.text('dob')),
    ...when('Patient.deceasedDateTime', patient.text('dateOfDeath')),
    address: one(address(patient)),
    contact: patient.objects('nextOfKin').map((it) => ({
      relationship: one(plain(it.text('relationship'))),
      name: plain(it.text('name')),
      telecom: one(phone(it.text('phone'))),
      ...it.rest(),
    })),
    ...communication(patient),
    generalPractitioner: one(practice(patient)),
    ...patient.rest(),
  });
};

/** The number without its spaces; what is no NHS number stays as it was written, and the identity gate refuses it. */
const nhsNumber = (patient: Reader<PatientRecord>): Json | undefined => {
  const written = patient.text('nhsNumber');
  if (written === undefined) return undefined;
  const status = patient.text('nhsNumberStatus', /^0[1-8]$/);
  return {
    ...(status !== undefined && {
      extension: [
        {
          url: ukCoreExtension('NHSNumberVerificationStatus'),
          valueCodeableConcept: { coding: [{ system: UK.nhsNumberStatus, code: status }] },
        },
      ],
    }),
    system: SYSTEM.nhsNumber,
    value: parseNhsNumber(written) ?? written,
  };
};

const registeredName = (patient: Reader<PatientRecord>): Json => ({
  family: patient.text('surname'),
  given: [patient.text('forename'), patient.text('middleNames')],
  prefix: [patient.text('title')],
});

const preferredName = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : { use: 'usual', text };

const email = (value: string | undefined): Json | undefined =>
  value === undefined ? undefined : { system: 'email', value };

const ethnicCategory = (code: string | undefined): Json | undefined =>
  code === undefined
    ? undefined
    : {
        url: ukCoreExtension('EthnicCategory'),
        valueCodeableConcept: { coding: [{ system: UK.ethnicCategory, code }] },
      };

const interpreter = (required: boolean | undefined): Json | undefined =>
  required === undefined ? undefined : { url: R4_EXTENSION.interpreterRequired, valueBoolean: required };

const communication = (patient: Reader<PatientRecord>): Json => {
  const preferred = patient.object('preferredLanguage');
  if (!preferred) return {};
  const code = preferred.text('isoCode', /^[a-z]{2,3}$/);
  const text = preferred.text('term');
  if (code === undefined && text === undefined) return preferred.rest();
  const coding = one(code === undefined ? undefined : { system: 'urn:ietf:bcp:47', code });
  return { communication: [{ language: { coding, text }, preferred: true, ...preferred.rest() }] };
};

/** The practice is none of this source's organisations: it is named by its ODS code. */
const practice = (patient: Reader<PatientRecord>): Json | undefined => {
  const value = patient.text('gpPracticeCode');
  const display = patient.text('gpPracticeName');
  return value === undefined && display === undefined
    ? undefined
    : {
        type: 'Organization',
        ...(value !== undefined && { identifier: { system: SYSTEM.odsOrganisation, value } }),
        display,
      };
};
