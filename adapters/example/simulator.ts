import { randomUUID } from 'node:crypto';
import express from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';

/** The variable that the simulator's settings name; where it is not set, the simulator sets it to a secret of its own. */
const TOKEN = 'EXAMPLE_TOKEN';

/** The visits API over data files, each the whole answer about one patient. */
export const simulator = ({ read }: SimulatorData): Promise<Simulator> => {
  const token = (process.env[TOKEN] ??= randomUUID());
  const app = express().disable('x-powered-by').disable('etag');

  app.get('/visits', async ({ headers, query: { nhs } }, response) => {
    if (headers.authorization !== `Bearer ${token}`) response.status(401).json({ error: 'token' });
    else if (typeof nhs !== 'string') response.status(400).json({ error: 'number-missing' });
    else {
      const file = await read(nhs); // in each request: here the sandbox breaks what is to be broken
      if (file) response.type('json').send(file);
      else response.status(404).json({ error: 'unknown-patient' });
    }
  });

  return Promise.resolve({ handle: app, settings: (baseUrl) => ({ baseUrl, token: { env: TOKEN } }) });
};
