import { type NhsNumber, objects, type Patient, SYSTEM } from '../fhir/index.ts';

/**
 * The patient as the facade knows them: logical id the NHS number, demographics from the first source in order of
 * precedence that holds the patient (its tag says which), a `seealso` link to every source's own Patient.
 * @param patients the sources' own Patients, released, in order of precedence.
 * @returns undefined where no source knows the patient.
 */
export const federatedPatient = (nhsNumber: NhsNumber, patients: readonly Patient[]): Patient | undefined => {
  const [first] = patients;
  if (!first) return undefined;
  const known = objects(first.identifier).some((it) => it['system'] === SYSTEM.nhsNumber);
  return {
    ...first,
    id: nhsNumber,
    identifier: [...(known ? [] : [{ system: SYSTEM.nhsNumber, value: nhsNumber }]), ...(first.identifier ?? [])],
    link: patients.map((it) => ({ other: { reference: `Patient/${it.id ?? ''}` }, type: 'seealso' as const })),
  };
};

/** A source's own Patient, referring to the federated one. */
export const sourcePatient = (nhsNumber: NhsNumber, patient: Patient): Patient => ({
  ...patient,
  link: [...(patient.link ?? []), { other: { reference: `Patient/${nhsNumber}` }, type: 'refer' }],
});
