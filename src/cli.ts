#!/usr/bin/env node
import cluster from 'node:cluster';
import { basename } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { requireNode, serve } from './main.ts';
import { ConfigError, loadConfig } from './platform/config.ts';
import { expectShortLives } from './platform/engine.ts';
import { loadAdapter, loadPart } from './sources/load.ts';
import { startWorkers } from './workers.ts';

const USAGE = `pcr: the Patient Core Records API

  pcr sandbox [--port N] [--data DIR]      simulators and facade on this machine, with made-up people
  pcr start --config FILE [--workers N]    the facade over the sources of a config file, in N processes
  pcr map ADAPTER FILE... [--out DIR]      raw source answers to UK Core, one collection Bundle per file
  pcr map --account ADAPTER FILE...        what became of every value of them, by path; --verbose lists all paths.
                                           Exit code 1 where a value is lost or invented
  pcr link DIR --out PREDICTIONS [--terminology FILE]
                                           links the patients of a benchmark folder, one predictions file each
`;

/** Wrong use of a command: its text goes to stderr with the usage, exit code 2. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What one command alone needs is loaded by it. */
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number | undefined>>> = {
  sandbox: async (args) => {
    const { values } = parse(args, { port: { type: 'string' }, data: { type: 'string' } });
    const part = await loadPart('sandbox/start');
    const startSandbox = part?.['startSandbox'] as (options: { port?: number; data?: string }) => Promise<unknown>;
    await startSandbox({
      ...(values['port'] !== undefined && { port: wholeNumber('--port', values['port'], { min: 0, max: 65_535 }) }),
      ...(values['data'] !== undefined && { data: values['data'] }),
    });
    return undefined;
  },
  start: async (args) => {
    const { values } = parse(args, { config: { type: 'string' }, workers: { type: 'string', default: '1' } });
    if (values['config'] === undefined) throw new UsageError('start needs --config FILE');
    const workers = wholeNumber('--workers', values['workers'], { min: 1, max: 256 });
    if (workers > 1 && cluster.isPrimary) {
      await loadConfig(values['config']);
      startWorkers(workers);
    } else await serve(values['config']);
    return undefined;
  },
  link: async (args) => {
    const { values, positionals } = parse(args, { out: { type: 'string' }, terminology: { type: 'string' } }, true);
    const [dir, ...rest] = positionals;
    const { out, terminology } = values;
    if (dir === undefined || rest.length > 0) throw new UsageError('link needs one folder');
    if (out === undefined) throw new UsageError('link needs --out PREDICTIONS');
    const { predictFolder } = await import('./link/predict.ts');
    return predictFolder(dir, { out, terminology, print: (line) => process.stderr.write(`${line}\n`) });
  },
  map: async (args) => {
    const { values, positionals } = parse(
      args,
      { out: { type: 'string' }, account: { type: 'boolean' }, verbose: { type: 'boolean' } },
      true,
    );
    const [name = '', ...files] = positionals;
    const adapter = await loadAdapter(name);
    if (!adapter)
      throw new UsageError(`map needs the name of a folder in adapters/; there is no ${JSON.stringify(name)}`);
    if (files.length === 0) throw new UsageError('map needs at least one file');
    const { out, account = false, verbose = false } = values;
    if (account ? out !== undefined : verbose) throw new UsageError('--out is for maps, --verbose for accounts');
    const lines = {
      print: (line: string) => process.stdout.write(`${line}\n`),
      complain: (line: string) => process.stderr.write(`${line}\n`),
    };
    if (account) {
      const { printAccount } = await import('./mapping/print-account.ts');
      return printAccount(adapter, files, { verbose, ...lines });
    }
    const { mapFiles } = await import('./mapping/map-files.ts');
    return mapFiles(adapter, files, { out, ...lines });
  },
};

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options and words of a command. */
const parse = <O extends Options>(args: string[], options: O, allowPositionals = false) => {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const wholeNumber = (
  option: string,
  given: string,
  { min, max }: { readonly min: number; readonly max: number },
): number => {
  const number = Number(given);
  if (!/^\d+$/.test(given) || number < min || number > max)
    throw new UsageError(`${option} needs a number from ${min} to ${max}`);
  return number;
};

/** Runs one command. @returns the exit code, or undefined where the process goes on serving. */
export const run = async ([command = '', ...args]: readonly string[]): Promise<number | undefined> => {
  try {
    requireNode();
    if (['help', '--help', '-h'].includes(command)) {
      process.stdout.write(USAGE);
      return 0;
    }
    const action = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (!action)
      throw new UsageError(command === '' ? 'a command is needed' : `there is no command ${JSON.stringify(command)}`);
    return await action(args);
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(error.faults.map((it) => `${it}\n`).join(''));
    else if (error instanceof UsageError) process.stderr.write(`pcr: ${error.message}\n\n${USAGE}`);
    else process.stderr.write(`pcr: ${describe(error)}\n`);
    return 2;
  }
};

/** An error of the system in one line: `listen EADDRINUSE 127.0.0.1:8000`. */
const describe = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

// A reader that has seen enough, `pcr map ... | head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

if (/^cli\.[jt]s$/.test(basename(process.argv[1] ?? '')) || basename(process.argv[1] ?? '') === 'pcr') {
  expectShortLives();
  const code = await run(process.argv.slice(2));
  if (code !== undefined) process.exitCode = code;
}
