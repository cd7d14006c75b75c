import type { NhsNumber } from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import type { Contribution } from './contribution.ts';

/** A record of one source, by the source's own id. */
export interface Named {
  readonly source: string;
  readonly type: string;
  readonly localId: string;
}

/** The logical ids of what sources gave: each holds the number by which its source knows the patient, of today or of old. */
export const sealedIn = (
  contributions: readonly Contribution[],
  patient: NhsNumber,
  sealer: Pick<Sealer, 'seal'>,
): ((named: Named) => string) => {
  const numbers = new Map(contributions.map((it) => [it.source.id, it.askedAs ?? patient]));
  return ({ source, type, localId }) =>
    sealer.seal(type, { source, patient: { nhsNumber: numbers.get(source) ?? patient }, localId });
};
