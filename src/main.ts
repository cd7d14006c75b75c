import cluster from 'node:cluster';
import { type App, startApp } from './app.ts';
import { ConfigError, loadConfig } from './platform/config.ts';
import { createLog } from './platform/log.ts';

const NODE = 24;

/** How long requests under way may take to finish after a signal, in milliseconds. */
const GRACE_MS = 10_000;

/** Refuses to run on a Node that cannot run the product. @throws ConfigError */
export const requireNode = (version: string = process.versions.node): void => {
  if (Number(version.split('.')[0]) < NODE)
    throw new ConfigError([`Node ${NODE} or later is needed; this is ${version}`]);
};

/** Loads the config, starts, and drains on SIGTERM or SIGINT; a second signal ends at once. @throws ConfigError */
export const serve = async (configFile: string): Promise<App> => {
  requireNode();
  const log = createLog();
  const app = await startApp(await loadConfig(configFile), { log });
  endGracefully(
    () => app.close(),
    (signal) => log.info('server.stopping', { signal }),
  );
  return app;
};

/** Runs `close` on the first SIGTERM or SIGINT and ends the process when it is done, or when grace is over. */
export const endGracefully = (
  close: () => Promise<void>,
  onSignal: (signal: string) => void = () => undefined,
): void => {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    onSignal(signal);
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    void close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  // A terminal interrupts every process of a group: a worker waits for its primary's word.
  process.on('SIGINT', cluster.isWorker ? () => undefined : stop);
};
