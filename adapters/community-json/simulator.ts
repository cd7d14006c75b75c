import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import type { Json } from '../../src/fhir/index.ts';
import { createImports } from '../../sandbox/imports.ts';
import { COLLECTIONS } from '../../mappings/community-json/index.ts';
import { createImport } from './simulator-import.ts';

const CLIENT_ID = 'patient-core-records';
/** The variable that the simulator's settings name; where it is not set, the simulator sets it to a secret of its own. */
const SECRET_VARIABLE = 'COMMUNITY_CLIENT_SECRET';
const TOKEN_SECONDS = 300;
const MAX_PAGE_SIZE = 200;

/**
 * The Fellside API over data files: the whole-record document of each patient, served collection by collection. A patient is
 * found by the name of the file; a file that is no document is the answer to the lookup of its patient.
 */
export const simulator = async (data: SimulatorData, tokenSeconds = TOKEN_SECONDS): Promise<Simulator> => {
  const secret = (process.env[SECRET_VARIABLE] ??= 'a secret of the simulator only');
  const files = await createImports(data, createImport(data.complain));
  const tokens = new Map<string, number>();

  const app = express();
  app.disable('x-powered-by').disable('etag');

  app.post('/oauth/token', express.urlencoded({ extended: false }), (request, response) => {
    const { grant_type: grant } = (request.body ?? {}) as Json;
    if (!isClient(request.get('authorization'), secret)) fail(response, 401, 'AUT-401');
    else if (grant !== 'client_credentials') fail(response, 400, 'VAL-400');
    else {
      const token = randomUUID();
      tokens.set(token, Date.now() + tokenSeconds * 1000);
      response.json({ access_token: token, token_type: 'Bearer', expires_in: tokenSeconds });
    }
  });

  app.use('/api/v2', (request: Request, response: Response, next: NextFunction) => {
    const token = /^Bearer (.+)$/.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if ((tokens.get(token) ?? 0) > Date.now()) next();
    else fail(response, 401, 'AUT-401');
  });

  app.get('/api/v2/health', (_, response) => {
    response.json({ status: 'UP' });
  });

  app.get('/api/v2/patients', async ({ query }, response) => {
    const nhsNumber = /^[\d ]+$/.exec(textOf(query['nhsNumber']))?.[0].replaceAll(' ', '');
    const file = await files.of(nhsNumber);
    if (nhsNumber?.length !== 10) fail(response, 400, 'VAL-400');
    else if (file?.raw) response.type('json').send(file.raw);
    else response.json({ patients: file ? [file.document['patient']] : [] });
  });

  app.get('/api/v2/patients/:patientId/:collection', async ({ params, query }, response) => {
    const { patientId, collection } = params;
    const page = wholeNumber(query['page'], 1);
    const pageSize = wholeNumber(query['pageSize'], 50);
    const file = await files.of([...files.all].find(([, it]) => it.patientId === patientId)?.[0]);
    if (!file) fail(response, 404, 'PAT-404');
    else if (!COLLECTIONS.some((it) => it === collection)) fail(response, 404, 'COL-404');
    else if (!page || !pageSize || pageSize > MAX_PAGE_SIZE) fail(response, 400, 'VAL-400');
    else {
      const all = file.document[collection] ?? [];
      const records: unknown = Array.isArray(all) ? all.slice((page - 1) * pageSize, page * pageSize) : all;
      response.json({ page, pageSize, totalRecords: Array.isArray(all) ? all.length : 1, records });
    }
  });

  return {
    handle: app,
    settings: (baseUrl) => ({ baseUrl, clientId: CLIENT_ID, clientSecret: { env: SECRET_VARIABLE } }),
  };
};

const isClient = (authorization: string | undefined, secret: string): boolean => {
  const encoded = /^Basic (.+)$/.exec(authorization ?? '')?.[1] ?? '';
  const [id = '', given = ''] = Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent);
  return id === CLIENT_ID && given === secret;
};

const textOf = (parameter: unknown): string => (typeof parameter === 'string' ? parameter : '');

const wholeNumber = (parameter: unknown, fallback: number): number | undefined => {
  if (parameter === undefined) return fallback;
  return /^[1-9]\d{0,5}$/.test(textOf(parameter)) ? Number(parameter) : undefined;
};

const MESSAGES = {
  'AUT-401': 'The credentials or the token are missing, wrong or expired.',
  'COL-404': 'There is no such collection.',
  'PAT-404': 'There is no such patient.',
  'VAL-400': 'A parameter is missing or wrong.',
} as const;

const fail = (response: Response, status: number, errorCode: keyof typeof MESSAGES): void => {
  response.status(status).json({ errorCode, message: MESSAGES[errorCode] });
};
