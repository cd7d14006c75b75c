import type { FhirResource, Patient, ResourceType } from '../fhir/index.ts';
import { federatedPatient, sourcePatient } from '../identity/federated-patient.ts';
import type { Person } from '../identity/person.ts';

/** What is shown as a match, and what beside it. */
export interface Shown {
  readonly matches: readonly FhirResource[];
  readonly included: readonly FhirResource[];
}

/** A search for the patient finds the federated one, and includes each source's own. */
export const present = (
  type: ResourceType,
  person: Person,
  released: readonly { readonly source: string; readonly resource: FhirResource }[],
): Shown => {
  if (type !== 'Patient') return { matches: released.map((it) => it.resource), included: [] };
  const patients = released.map(({ source, resource }) => ({ source, patient: resource as Patient }));
  const federated = federatedPatient(person, patients);
  return {
    matches: federated ? [federated] : [],
    included: patients.map((it) => sourcePatient(person.nhsNumber, it.patient)),
  };
};
