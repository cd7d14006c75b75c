import { type FhirResource, type OperationOutcome, ourExtension } from '../fhir/index.ts';

/**
 * The `Server-Timing` of an answer: what each source took, by its account; and the whole time until the answer was ready to be
 * written, in milliseconds. What a source took longer than the whole is said of an earlier time: its answer was kept or shared.
 * @see https://www.w3.org/TR/server-timing/
 */
export const serverTiming = (resource: FhirResource, totalMs: number): string =>
  [
    ...accountOf(resource).flatMap((issue) => {
      const parts = issue.extension?.find((it) => it.url === ourExtension('ledger'))?.extension ?? [];
      const source = parts.find((it) => it.url === 'source')?.valueCode;
      const took = parts.find((it) => it.url === 'latencyMs')?.valueUnsignedInt;
      if (source === undefined || took === undefined) return [];
      return took > Math.ceil(totalMs) ? `${source};desc="kept"` : `${source};dur=${took}`;
    }),
    `total;dur=${totalMs.toFixed(1)}`,
  ].join(', ');

/** The account stands last in a Bundle, or alone. */
const accountOf = (resource: FhirResource): OperationOutcome['issue'] => {
  const last = resource.resourceType === 'Bundle' ? resource.entry?.at(-1)?.resource : resource;
  return last?.resourceType === 'OperationOutcome' ? (last as OperationOutcome).issue : [];
};
