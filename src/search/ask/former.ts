import type { NhsNumber } from '../../fhir/index.ts';
import type { Result } from './fan-out.ts';

/** A patient by the number of today, and those that it superseded. */
export interface Subject {
  readonly patient: NhsNumber;
  readonly former?: readonly NhsNumber[];
}

/**
 * Asks a source about the number of today and, where it knows nobody by that, about those of old, the latest first: a source
 * that has not followed yet still holds the patient's record.
 */
export const askUnderEach = async (
  { patient, former = [] }: Subject,
  ask: (nhsNumber: NhsNumber) => Promise<Result>,
): Promise<Result> => {
  const current = await ask(patient);
  if (!isUnknown(current)) return current;
  for (const old of former.toReversed()) {
    const result = await ask(old);
    if (!isUnknown(result)) return { ...result, askedAs: old };
  }
  return current;
};

const isUnknown = (result: Result): boolean => result.outcome === 'failed' && result.error.kind === 'not-known-here';
