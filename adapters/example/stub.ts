import nock from 'nock';

/** The visits API for tests, in its own words; every answer is given once, and only to who brings the token. */
export const stubVisits = (baseUrl: string, token = 'token-1') => {
  const asked = (nhs: string) =>
    nock(baseUrl, { reqheaders: { authorization: `Bearer ${token}` } })
      .get('/visits')
      .query({ nhs });
  return {
    answers: (nhs: string, answer: object) => asked(nhs).reply(200, JSON.stringify(answer)),
    knowsNot: (nhs: string) => asked(nhs).reply(404, { error: 'unknown-patient' }),
    says: (nhs: string, status: number, body = '') => asked(nhs).reply(status, body),
  };
};
