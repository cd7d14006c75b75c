import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Reading } from './probe.ts';

/** A server of the bench in a process of its own. */
export interface Child {
  readonly name: string;
  readonly base: string;
  /** What it cost since it was last read. */
  readonly read: () => Promise<Reading>;
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  readonly args?: readonly string[];
  /** The core it is kept on, where that can be done. */
  readonly core?: number;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..');
const canPin = cpus().length > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;

/** Load and sources share one core, what is measured has the other to itself. */
export const CORE = { load: 0, server: 1 } as const;

/** Keeps a process on a core. */
export const pin = (pid: number, core: number): void => {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)]);
};

/** Starts a script that listens, and waits until it does. @throws Error where it ends before */
export const startChild = async (
  script: string,
  { name, args = [], core = CORE.server, flags = [], env = {} }: ChildOptions,
): Promise<Child> => {
  const child = fork(join(root, script), args, {
    cwd: root,
    execArgv: [...flags, '--import', join(root, 'bench/probe.ts')],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  if (child.pid !== undefined) pin(child.pid, core);
  const { port } = await messageOf<{ readonly port: number }>(child, 'port');
  return {
    name,
    base: `http://127.0.0.1:${port}`,
    read: async () => {
      child.send('read');
      return (await messageOf<{ readonly reading: Reading }>(child, 'reading')).reading;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

const messageOf = <T>(child: ChildProcess, key: keyof T & string): Promise<T> =>
  new Promise((resolve, reject) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !(key in message)) return;
      child.off('message', listen).off('exit', fail);
      resolve(message as T);
    };
    const fail = (): void =>
      reject(new Error(`${child.spawnfile}: a server of the bench ended before it said its ${key}`));
    child.on('message', listen).once('exit', fail);
  });
