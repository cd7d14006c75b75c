import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading, Rest } from './probe.ts';

/** A server of the bench in a process of its own. */
export interface Child {
  readonly name: string;
  readonly base: string;
  /** What it cost since it was last read. */
  readonly read: () => Promise<Reading>;
  /** What is left of it once its garbage is collected. */
  readonly rest: () => Promise<Rest>;
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  readonly args?: readonly string[];
  /** The core it is kept on, where that can be done: that of servers where left out. */
  readonly core?: number | 'any';
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..');
const canPin = cpus().length > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;

/** Load and sources share one core, what is measured has the other to itself. */
export const CORE = { load: 0, server: 1 } as const;

/** Keeps a process on a core, or lets it have them all: it would else stay where it was started from. */
export const pin = (pid: number, core: number | 'any'): void => {
  const cores = core === 'any' ? `0-${cpus().length - 1}` : String(core);
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', cores, String(pid)]);
};

/** Starts a script that listens, and waits until it does. @throws Error with its last words where it ends before */
export const startChild = async (
  script: string,
  { name, args = [], core = CORE.server, flags = [], env = {} }: ChildOptions,
): Promise<Child> => {
  const folder = mkdtempSync(join(tmpdir(), 'pcr-bench-'));
  // What a server logs costs it what it costs: writing it.
  const log = openSync(join(folder, 'log'), 'w+');
  const child = fork(join(root, script), args, {
    cwd: root,
    execArgv: [...flags, '--import', join(root, 'bench/probe.ts')],
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  const lastWords = (): string => readFileSync(join(folder, 'log'), 'utf8').slice(-1000);
  child.once('exit', () => {
    closeSync(log);
    rmSync(folder, { recursive: true });
  });
  const say = <T>(key: keyof T & string): Promise<T> =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`${name} ended before it said its ${key}: ${lastWords()}`));
      const listen = (message: unknown): void => {
        if (typeof message !== 'object' || message === null || !(key in message)) return;
        child.off('message', listen).off('exit', fail);
        resolve(message as T);
      };
      child.on('message', listen).prependOnceListener('exit', fail);
    });
  if (child.pid !== undefined) pin(child.pid, core);
  const { port } = await say<{ readonly port: number }>('port');
  return {
    name,
    base: `http://127.0.0.1:${port}`,
    read: async () => {
      child.send('read');
      return (await say<{ readonly reading: Reading }>('reading')).reading;
    },
    rest: async () => {
      child.send('rest');
      return (await say<{ readonly rest: Rest }>('rest')).rest;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};
