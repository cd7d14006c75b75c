import type { FhirResource, NhsNumber } from '../fhir/index.ts';
import { isCarriedWhole, type Sealer } from '../fhir/sealed-id.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { createRelease } from '../mapping/release.ts';
import type { Contribution } from './contribution.ts';

export type Release = (local: LocalResource) => FhirResource;

/** How a source's resources leave: under logical ids, references rewritten, stamped with their origin. */
export const releaseOf = (
  { source, askedAs, patientIds }: Contribution,
  patient: NhsNumber,
  { sealer }: { readonly sealer: Sealer },
): Release => {
  const { scope, types } = source.capabilities;
  return createRelease({
    sealer,
    source: source.id,
    patient: { nhsNumber: askedAs ?? patient },
    current: patient,
    patientIds,
    canRead: (type, localId) =>
      scope === 'record' || types[type]?.search
        ? types[type] !== undefined
        : types[type]?.read === true && isCarriedWhole(localId),
  });
};
