import { ACUTE_TYPES, COLLECTIONS } from './payload.ts';
import type { Target } from './load.ts';

type Search = Omit<Target, 'child'>;

/** The community's patient is looked up for every answer, then all collections are asked for at once. */
const COMMUNITY_TRIPS = 1 + COLLECTIONS.length;

/** One type of a record: ledger, sealed ids, links and Provenances in the answer. */
export const oneType: Search = {
  path: (patient) => `/FHIR/R4/Observation?patient=${patient}&_count=50&_revinclude=Provenance:target`,
  trips: 1 + 1 + COMMUNITY_TRIPS,
};

/** All that the sources hold. */
export const allTypes: Search = {
  path: (patient) => `/FHIR/R4/Patient/${patient}/$everything?_count=50`,
  trips: 1 + ACUTE_TYPES.length + COMMUNITY_TRIPS,
};
