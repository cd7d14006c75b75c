import { randomUUID, verify } from 'node:crypto';
import express, { type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import { type Json, parseNhsNumber } from '../../src/fhir/index.ts';
import { codeOf } from './errors.ts';

/** The variable that the simulator's settings name; where it is not set, the simulator sets it to a secret of its own. */
const TOKEN = 'PDS_TOKEN';

/** The variable that may hold the public key, in PEM, of an application that gets tokens for JWTs it signs. */
const PUBLIC_KEY = 'PDS_PUBLIC_KEY';
const TOKEN_SECONDS = 599;

const STATUS: Readonly<Record<string, number>> = {
  INVALID_RESOURCE_ID: 400,
  MISSING_VALUE: 400,
  ACCESS_DENIED: 401,
  RESOURCE_NOT_FOUND: 404,
  INVALIDATED_RESOURCE: 404,
  UNABLE_TO_CALL_SERVICE: 408,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
};

/**
 * PDS FHIR R4, `GET Patient/{NHS number}`, over data files named by the number asked for. A file holds the answer: a Patient
 * (of another id where the number was superseded), or an OperationOutcome, sent with the status of its Spine code.
 */
export const simulator = ({ read }: SimulatorData): Promise<Simulator> => {
  const token = (process.env[TOKEN] ??= randomUUID());
  const app = express().disable('x-powered-by').disable('etag');
  const issued = new Map<string, number>();
  const used = new Set<string>();

  app.post('/oauth2/token', express.urlencoded({ extended: false }), ({ body, headers }, response) => {
    const { client_assertion: assertion, ...rest } = body as Readonly<Record<string, string>>;
    const isAsked =
      rest['grant_type'] === 'client_credentials' && rest['client_assertion_type']?.endsWith(':jwt-bearer') === true;
    const jti = isAsked ? usable(assertion ?? '', `http://${headers.host ?? ''}/oauth2/token`) : undefined;
    if (jti === undefined || used.has(jti)) return response.status(400).json({ error: 'invalid_request' });
    used.add(jti);
    const fresh = randomUUID();
    issued.set(fresh, Date.now() + TOKEN_SECONDS * 1000);
    return response.json({ access_token: fresh, expires_in: String(TOKEN_SECONDS), token_type: 'Bearer' });
  });

  app.get('/Patient/:id', async ({ headers, params: { id } }, response) => {
    const given = headers.authorization?.replace('Bearer ', '') ?? '';
    if (given !== token && !((issued.get(given) ?? 0) > Date.now())) return refuse(response, 'ACCESS_DENIED');
    if (headers['x-request-id'] === undefined) return refuse(response, 'MISSING_VALUE');
    if (parseNhsNumber(id) !== id) return refuse(response, 'INVALID_RESOURCE_ID');
    const file = await read(id); // in each request: here the sandbox breaks what is to be broken
    if (!file) return refuse(response, 'RESOURCE_NOT_FOUND');
    const code = codeOf({ body: file });
    response
      .status(code === undefined ? 200 : (STATUS[code] ?? 500))
      .type('application/fhir+json')
      .send(file);
  });

  return Promise.resolve({
    handle: app,
    settings: (baseUrl) => ({ baseUrl, bearer: { env: TOKEN }, callsPerSecond: 1000 }),
  });
};

/** The `jti` of a JWT that the platform would take; undefined of any other. */
const usable = (assertion: string, audience: string): string | undefined => {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const read = (part: string): Json => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
  const key = process.env[PUBLIC_KEY];
  const signed = Buffer.from(`${header}.${claims}`);
  if (key === undefined || !verify('sha512', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
  const { alg, typ, kid } = read(header);
  const { iss, sub, aud, jti, exp } = read(claims);
  const left = Number(exp) - Date.now() / 1000;
  const isTaken = alg === 'RS512' && typ === 'JWT' && typeof kid === 'string' && iss === sub && aud === audience;
  return isTaken && left > 0 && left <= 310 && typeof jti === 'string' ? jti : undefined;
};

const refuse = (response: Response, code: string): void => {
  response
    .status(STATUS[code] ?? 500)
    .type('application/fhir+json')
    .send(JSON.stringify(pdsOutcome(code)));
};

/** An OperationOutcome as PDS sends one. */
export const pdsOutcome = (code: string): object => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity: 'error',
      code: 'value',
      details: {
        coding: [{ system: 'https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode', version: '1', code }],
      },
    },
  ],
});
