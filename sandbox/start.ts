import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator, SimulatorData } from '../src/adapter/index.ts';
import { type App, startApp } from '../src/app.ts';
import { endGracefully } from '../src/main.ts';
import { parseConfig } from '../src/platform/config.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { loadPart } from '../src/sources/load.ts';
import { createControls } from './controls.ts';
import { NO_FAULT, type SourceFault } from './faults.ts';
import { dataDirectory, type RunningSource, serveSimulator } from './serve.ts';

const root = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '..' : '../..');
const peopleDirectory = join(root, 'sandbox/people');

export interface SandboxOptions {
  readonly port?: number;
  /** A directory of raw source answers: `<adapter>/<nhs number>.json`. Its people replace ours, and nothing is broken. */
  readonly data?: string;
  readonly log?: Log;
}

/** The sandbox while it runs. */
export interface Sandbox {
  readonly app: App;
  readonly people: readonly string[];
  readonly sources: ReadonlyMap<string, RunningSource>;
  readonly close: () => Promise<void>;
}

interface Person {
  readonly nhsNumber: string;
  readonly faults?: Readonly<Record<string, SourceFault>>;
}

/** Starts a simulator per source of config/sandbox.json and the facade over them. */
export const createSandbox = async ({ port, data, log }: SandboxOptions = {}): Promise<Sandbox> => {
  process.env['PCR_SEALING_KEY'] ??= randomBytes(32).toString('hex');
  const given = JSON.parse(await readFile(join(root, 'config/sandbox.json'), 'utf8')) as SandboxConfig;
  const directory = data ?? peopleDirectory;
  const known =
    data === undefined ? (JSON.parse(await readFile(join(directory, 'people.json'), 'utf8')) as Person[]) : [];
  const faults = new Map(known.map((it) => [it.nhsNumber, it.faults ?? {}]));

  const sources = new Map<string, RunningSource>();
  const found = new Set(known.map((it) => it.nhsNumber));
  for (const { id, adapter } of given.sources) {
    const answers = dataDirectory(join(directory, adapter));
    (await answers.people()).forEach((it) => found.add(it));
    sources.set(
      id,
      await serveSimulator(await simulatorOf(adapter), answers, (it) => faults.get(it)?.[id] ?? NO_FAULT),
    );
  }
  const config = parseConfig(
    {
      ...given,
      listen: { ...given.listen, ...(port !== undefined && { port }) },
      sources: given.sources.map((it) => ({ ...it, settings: sources.get(it.id)?.settings })),
    },
    'config/sandbox.json',
  );
  const controls = createControls(sources);
  const app = await startApp(config, { ...(log && { log }), front: (door: RequestListener) => controls(door) });
  return {
    app,
    people: [...found].sort(),
    sources,
    close: async () => {
      await app.close();
      await Promise.all([...sources.values()].map((it) => it.close()));
    },
  };
};

interface SandboxConfig {
  readonly listen: Readonly<Record<string, unknown>>;
  readonly sources: readonly { readonly id: string; readonly adapter: string }[];
}

const simulatorOf = async (adapter: string): Promise<(data: SimulatorData) => Promise<Simulator>> => {
  const part = await loadPart(`adapters/${adapter}/simulator`);
  if (!part) throw new Error(`adapters/${adapter} has no simulator`);
  return part['simulator'] as (data: SimulatorData) => Promise<Simulator>;
};

/** The command: one line of JSON on stdout when all is ready, three requests to try on stderr, and it runs until stopped. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await createSandbox({ log: createLog(process.env['LOG_LEVEL'] ?? 'warn'), ...options });
  endGracefully(sandbox.close);
  const { app, people, sources } = sandbox;
  const listed = [...sources].map(([id, { url }]) => ({ id, url }));
  process.stderr.write(examples(app.base, people));
  process.stdout.write(`${JSON.stringify({ ready: true, base: app.base, people, sources: listed })}\n`);
  return sandbox;
};

/** Three requests that work: a record from all sources, the same with a source down, and its recovery. */
const examples = (base: string, [person = '9990000018']: readonly string[]): string => {
  const search = `curl -s '${base}/AllergyIntolerance?patient=${person}'`;
  const control = (fault: string): string =>
    `curl -s -X PUT '${base.replace(/\/FHIR\/R4$/, '')}/_sandbox/sources/community' -H 'Content-Type: application/json' -d '{"fault":"${fault}"}'`;
  return `
The sandbox is ready. One question, every source:
  ${search}
The same with a dead source, and what the answer says about it:
  ${control('down')} && ${search}
Mend it again, and see how every source is:
  ${control('none')} && curl -s '${base.replace(/\/FHIR\/R4$/, '')}/_status'

`;
};
