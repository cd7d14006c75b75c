import nock from 'nock';
import type { Collection } from '../../mappings/community-json/index.ts';

/** The Fellside API for tests, in its own words; every answer is given once. */
export const stubCommunity = (baseUrl: string) => {
  const api = nock(baseUrl);
  return {
    grantsToken: (token = 'token-1', expiresIn = 300) =>
      api
        .post('/oauth/token', 'grant_type=client_credentials')
        .reply(200, { access_token: token, token_type: 'Bearer', expires_in: expiresIn }),
    refusesClient: () => api.post('/oauth/token').reply(401, { errorCode: 'AUT-401', message: 'Unknown client.' }),
    findsPatients: (nhsNumber: string, patients: readonly unknown[], token = 'token-1') =>
      bearing(token).get('/api/v2/patients').query({ nhsNumber }).reply(200, { patients }),
    holds: (
      { patientId, collection, page = 1, pageSize, token = 'token-1' }: PageOf,
      records: readonly unknown[],
      totalRecords = records.length,
    ) =>
      bearing(token)
        .get(`/api/v2/patients/${patientId}/${collection}`)
        .query({ page, pageSize })
        .reply(200, { page, pageSize, totalRecords, records }),
    fails: (path: string, { status, errorCode, headers }: Failure) =>
      api
        .get(`/api/v2${path}`)
        .query(true)
        .reply(status, { errorCode, message: 'Words for the log of the supplier.' }, headers),
    answers: (path: string, body: string) => api.get(`/api/v2${path}`).query(true).reply(200, body),
  };

  function bearing(token: string): nock.Scope {
    return nock(baseUrl, { reqheaders: { authorization: `Bearer ${token}` } });
  }
};

/** Which page of whose collection, asked for with which token. */
export interface PageOf {
  readonly patientId: number;
  readonly collection: Collection;
  readonly page?: number;
  readonly pageSize: number;
  readonly token?: string;
}

export interface Failure {
  readonly status: number;
  readonly errorCode: string;
  readonly headers?: Readonly<Record<string, string>>;
}
