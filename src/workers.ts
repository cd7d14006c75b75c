import cluster, { type Worker } from 'node:cluster';
import { endGracefully } from './main.ts';

/**
 * Runs this very command in several processes that share its port. One that dies is replaced; one that never came to listen
 * would not do so the next time, and ends all. On SIGTERM or SIGINT all of them finish what is under way.
 */
export const startWorkers = (count: number): void => {
  let stopping = false;
  const ended = new Map<Worker, Promise<void>>();
  const fork = (): void => {
    const worker = cluster.fork();
    let listened = false;
    worker.once('listening', () => (listened = true));
    ended.set(
      worker,
      new Promise((resolve) =>
        worker.once('exit', () => {
          ended.delete(worker);
          resolve();
          if (stopping) return;
          if (!listened) process.exit(2);
          fork();
        }),
      ),
    );
  };
  for (let at = 0; at < count; at += 1) fork();
  endGracefully(async () => {
    stopping = true;
    for (const worker of ended.keys()) worker.process.kill('SIGTERM');
    await Promise.all(ended.values());
  });
};
