import type { FhirResource, NhsNumber, Patient } from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import { federatedPatient } from '../identity/federated-patient.ts';
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
  { patient, deps }: { readonly patient: NhsNumber; readonly deps: { readonly sealer: Sealer } },
): ((held: Held) => FhirResource) => {
  const releases = new Map(contributions.map((it) => [it.source.id, releaseOf(it, patient, deps)]));
  const release = ({ source, local }: Held): FhirResource => (releases.get(source) as Release)(local);
  return (held) => {
    if (held !== federated) return release(held);
    const patients = contributions.flatMap(({ source, patientIds, siblings }) =>
      siblings.flatMap((local) =>
        local.type === 'Patient' ? [release({ source: source.id, patientIds, local })] : [],
      ),
    );
    return federatedPatient(patient, patients as readonly Patient[]) as Patient;
  };
};
