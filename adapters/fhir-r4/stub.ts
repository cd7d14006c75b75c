import nock from 'nock';
import { type Json, SYSTEM } from '../../src/fhir/index.ts';

/** What a stubbed server was asked: path and query below its base, and the headers. */
export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer: a resource, or a status with one or without. */
type Reply = Json | readonly [status: number, resource?: Json | undefined, headers?: Readonly<Record<string, string>>];

/** An R4 server in its own words for tests: each call answers one request. */
export interface FhirStub {
  readonly patient: (nhsNumber: string, reply: Reply) => void;
  readonly search: (type: string, parameters: Readonly<Record<string, string>>, reply: Reply) => void;
  readonly read: (type: string, id: string, reply: Reply) => void;
  readonly metadata: (reply: Reply) => void;
  readonly asked: readonly Asked[];
}

export const stubFhirServer = (baseUrl: string): FhirStub => {
  const { origin, pathname } = new URL(baseUrl);
  const base = pathname.replace(/\/$/, '');
  const asked: Asked[] = [];
  const answer = (below: string, parameters: Readonly<Record<string, string>>, reply: Reply): void => {
    const [status, resource, headers] = isStatus(reply) ? reply : ([200, reply] as const);
    nock(origin)
      .get(base + below)
      .query({ ...parameters })
      .reply((request: Request) => {
        const { pathname: path, search } = new URL(request.url);
        asked.push({ url: path.slice(base.length) + search, headers: Object.fromEntries(request.headers) });
        return [
          status,
          resource ? JSON.stringify(resource) : '',
          { 'Content-Type': 'application/fhir+json', ...headers },
        ];
      });
  };
  return {
    patient: (nhsNumber, reply) => answer('/Patient', { identifier: `${SYSTEM.nhsNumber}|${nhsNumber}` }, reply),
    search: (type, parameters, reply) => answer(`/${type}`, parameters, reply),
    read: (type, id, reply) => answer(`/${type}/${id}`, {}, reply),
    metadata: (reply) => answer('/metadata', {}, reply),
    asked,
  };
};

const isStatus = (reply: Reply): reply is Exclude<Reply, Json> => Array.isArray(reply);

/** A searchset of matches, with the link to its next page. */
export const searchset = (resources: readonly Json[], next?: string): Json => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
});

/** A Patient with the NHS numbers given. */
export const patientNamed = (id: string, ...nhsNumbers: readonly string[]): Json => ({
  resourceType: 'Patient',
  id,
  identifier: nhsNumbers.map((value) => ({ system: SYSTEM.nhsNumber, value })),
});
