import nock from 'nock';
import type { Json } from '../../src/fhir/index.ts';
import { pdsOutcome } from './simulator.ts';

/** PDS for tests, in its own words; every answer is given once. */
export const stubPds = (baseUrl: string) => {
  const asked = (nhsNumber: string) => nock(baseUrl).get(`/Patient/${nhsNumber}`);
  return {
    /** A record; that of another number where the one asked for was superseded. */
    answers: (nhsNumber: string, patient: Json) => asked(nhsNumber).reply(200, JSON.stringify(patient), FHIR),
    /** An error by its status and Spine code, such as 404 INVALIDATED_RESOURCE; `retryAfter` in seconds. */
    refuses: (nhsNumber: string, [status, code]: readonly [number, string], retryAfter?: number) =>
      asked(nhsNumber).reply(status, JSON.stringify(pdsOutcome(code)), {
        ...FHIR,
        ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
      }),
  };
};

const FHIR = { 'Content-Type': 'application/fhir+json' };

/** A Patient as PDS has it: `U` unrestricted, `R` restricted, `V` very restricted. */
export const pdsPatient = (id: string, security: 'U' | 'R' | 'V' = 'U', more: Json = {}): Json => ({
  resourceType: 'Patient',
  id,
  meta: {
    versionId: '1',
    security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: security }],
  },
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: id }],
  ...more,
});
