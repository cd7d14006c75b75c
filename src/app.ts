import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdapterDefinition } from './adapter/index.ts';
import { loadDefinitions } from './http/definitions.ts';
import { answerClientError } from './http/client-error.ts';
import { createDoor } from './http/door.ts';
import { FHIR_BASE } from './http/routes.ts';
import type { Config } from './platform/config.ts';
import { createLoad } from './platform/load.ts';
import { createLog, type Log } from './platform/log.ts';
import { loadAdapter } from './sources/load.ts';
import { connectWalk } from './walk.ts';
import pkg from '../package.json' with { type: 'json' };

/** A facade that listens. */
export interface App {
  readonly port: number;
  /** The FHIR base URL on this machine. */
  readonly base: string;
  /** Stops accepting, lets what is under way finish, lets go of everything. */
  readonly close: () => Promise<void>;
}

export interface AppOptions {
  readonly log?: Log;
  readonly load?: (folder: string) => Promise<AdapterDefinition | undefined>;
  /** Stands before the door: the sandbox's controls. */
  readonly front?: (door: RequestListener) => RequestListener;
}

/** The only file that knows every room: builds and wires them, and listens. @throws ConfigError */
export const startApp = async (
  config: Config,
  { log = createLog(), load = loadAdapter, front = (it) => it }: AppOptions = {},
): Promise<App> => {
  const carried = createLoad(config.load);
  const walk = await connectWalk(config, { log, load, carried });
  const { sources } = walk;
  let stopping = false;
  const door = createDoor({
    ...walk,
    config,
    load: carried,
    stopping: () => stopping,
    definitions: await loadDefinitions(),
    version: pkg.version,
    origin: () => `http://${config.listen.host}:${(server.address() as AddressInfo).port}`,
  });
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    front(door as RequestListener),
  );
  const underWay = trackResponses(server);
  server.on('clientError', answerClientError);
  await listen(server, config.listen).catch(async (error: unknown) => {
    await sources.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  log.info('server.ready', { port, sources: sources.all.length, pid: process.pid });
  return {
    port,
    base: `http://${config.listen.host}:${port}${FHIR_BASE}`,
    close: async () => {
      stopping = true;
      await stop(server, underWay);
      await sources.close();
    },
  };
};

/** How long a caller may take to send a whole request. */
const REQUEST_MS = 10_000;

const listen = (server: Server, { host, port }: Config['listen']): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

const trackResponses = (server: Server): ReadonlySet<ServerResponse> => {
  const underWay = new Set<ServerResponse>();
  server.on('request', (_, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });
  return underWay;
};

/** Takes no more connections, and keeps none open longer than the answer it waits for. */
const stop = (server: Server, underWay: ReadonlySet<ServerResponse>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
  });
