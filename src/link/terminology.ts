import type { Call } from '../adapter/index.ts';
import { isObject, type Json } from '../fhir/index.ts';
import type { Code } from './terms.ts';
import { codesOf } from './codes.ts';
import type { Terms } from './terms.ts';

/** What is known of the codes of one answer, and whether the service that should have said more did not. */
export interface Known {
  readonly terms: Terms;
  /** `partial`: some codes were not looked up, for time or number; `unavailable`: none were. */
  readonly outage?: 'partial' | 'unavailable';
}

/** The port behind which a terminology stands: a file, a server, or nothing. It never throws; an outage changes links only. */
export type Terminology = (codes: () => readonly Code[], call: Call) => Promise<Known>;

/** Terms that are all at hand. */
export const fixedTerminology =
  (terms: Terms): Terminology =>
  () =>
    Promise.resolve({ terms });

/** The codes that links of some resources may turn on, each once. */
export const codesIn = (resources: readonly Json[]): readonly Code[] => {
  const found = new Map<string, Code>();
  for (const resource of resources) {
    const extended = Array.isArray(resource['extension']) ? resource['extension'].map(conceptOfExtension) : [];
    for (const concept of [...ELEMENTS.map((it) => resource[it]), ...extended])
      for (const code of codesOf(concept)) found.set(`${code.system}|${code.code}`, code);
  }
  return [...found.values()];
};

const ELEMENTS = ['code', 'vaccineCode', 'medicationCodeableConcept'] as const;
const conceptOfExtension = (extension: unknown): unknown =>
  isObject(extension) ? extension['valueCodeableConcept'] : undefined;
