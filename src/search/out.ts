import type { FhirResource, Patient } from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import { federatedPatient } from '../identity/federated-patient.ts';
import type { Person } from '../identity/person.ts';
import type { Contribution } from './contribution.ts';
import type { Held } from './held.ts';
import { type Release, releaseOf } from './release-of.ts';

/** What a source brought of the type that was asked for, with where it came from. */
export const heldBy = ({ source, patientIds, resources }: Contribution): readonly Held[] =>
  resources.map((local) => ({ source: source.id, patientIds, local }));

/** How what is held leaves. Whoever refers to the patient refers to the federated one, made of all sources' Patients. */
export const createOut = (
  contributions: readonly Contribution[],
  federated: Held | undefined,
  { person, deps }: { readonly person: Person; readonly deps: { readonly sealer: Sealer } },
): ((held: Held) => FhirResource) => {
  const releases = new Map(contributions.map((it) => [it.source.id, releaseOf(it, person.nhsNumber, deps)]));
  const release = ({ source, local }: Held): FhirResource => (releases.get(source) as Release)(local);
  return (held) => {
    if (held !== federated) return release(held);
    const patients = contributions.flatMap(({ source, patientIds, siblings }) =>
      siblings.flatMap((local) =>
        local.type === 'Patient'
          ? [{ source: source.id, patient: release({ source: source.id, patientIds, local }) as Patient }]
          : [],
      ),
    );
    return federatedPatient(person, patients) as Patient;
  };
};
