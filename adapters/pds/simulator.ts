import { randomUUID } from 'node:crypto';
import express, { type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import { parseNhsNumber } from '../../src/fhir/index.ts';
import { codeOf } from './errors.ts';

/** The variable that the simulator's settings name; where it is not set, the simulator sets it to a secret of its own. */
const TOKEN = 'PDS_TOKEN';

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

  app.get('/Patient/:id', async ({ headers, params: { id } }, response) => {
    if (headers.authorization !== `Bearer ${token}`) return refuse(response, 'ACCESS_DENIED');
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
