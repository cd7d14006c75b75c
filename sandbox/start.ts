import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Simulator, SimulatorData } from '../src/adapter/index.ts';
import { type App, startApp } from '../src/app.ts';
import { parseJson } from '../src/fhir/index.ts';
import { endGracefully } from '../src/main.ts';
import { parseConfig } from '../src/platform/config.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { loadAdapter, loadPart } from '../src/sources/load.ts';
import { createControls } from './controls.ts';
import { NO_FAULT, type SourceFault } from './faults.ts';
import { dataDirectory, type RunningSource, serveSimulator } from './serve.ts';

const root = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '..' : '../..');
const peopleDirectory = join(root, 'sandbox/people');

export interface SandboxOptions {
  readonly port?: number;
  /** A directory of raw source answers: `<adapter>/<nhs number>.json`. Its people replace ours, and nothing is broken. */
  readonly data?: string;
  /** The ids of the sources to serve: all of config/sandbox.json where left out. */
  readonly only?: readonly string[];
  readonly log?: Log;
  /** Where a line about a file of the data goes: stderr where left out. */
  readonly complain?: (line: string) => void;
}

/** The sandbox while it runs. */
export interface Sandbox {
  readonly app: App;
  readonly people: readonly string[];
  readonly sources: ReadonlyMap<string, RunningSource>;
  readonly close: () => Promise<void>;
}

/**
 * Starts a simulator per source of config/sandbox.json, and the facade over them with the settings that each simulator
 * gives. What was started is closed again where something else does not start.
 */
export const createSandbox = async ({ port, data, only, log, complain }: SandboxOptions = {}): Promise<Sandbox> => {
  process.env['PCR_SEALING_KEY'] ??= randomBytes(32).toString('hex');
  const given = (await readJsonFile(join(root, 'config/sandbox.json'))) as SandboxConfig;
  const wanted = await servedSources(given, { data, only });
  const { identity, ...rest } = given;
  const known = data === undefined ? ((await readJsonFile(join(peopleDirectory, 'people.json'))) as Person[]) : [];

  const sources = new Map<string, RunningSource>();
  const closeSources = async (): Promise<void> => {
    await Promise.all([...sources.values()].map((it) => it.close()));
  };
  try {
    for (const { id, adapter } of wanted) {
      const answers = dataDirectory(join(data ?? peopleDirectory, adapter), complain);
      const faultOf = (person: string): SourceFault =>
        known.find((it) => it.nhsNumber === person)?.faults?.[id] ?? NO_FAULT;
      sources.set(id, await serveSimulator(await simulatorOf(adapter), answers, faultOf));
      await complainOfJunk(adapter, answers);
    }
    // Who has a record somewhere: the identity source knows many more numbers.
    const found = [...sources].flatMap(([id, it]) => (id === identity.source ? [] : it.people));
    if (data !== undefined && found.length === 0) {
      const adapters = wanted.map((it) => it.adapter).join(', ');
      throw new Error(`--data ${data}: expected <adapter>/<nhs number>.json in it, the adapter one of ${adapters}`);
    }
    const config = parseConfig(
      {
        ...rest,
        ...(wanted.some(({ id }) => id === identity.source) && { identity }),
        listen: { ...given.listen, ...(port !== undefined && { port }) },
        sources: wanted.map((it) => ({ ...it, settings: sources.get(it.id)?.settings })),
      },
      'config/sandbox.json',
    );
    const app = await startApp(config, { ...(log && { log }), front: createControls(sources) });
    return {
      app,
      people: [...new Set([...known.map((it) => it.nhsNumber), ...found])].sort(),
      sources,
      close: async () => {
        await app.close();
        await closeSources();
      },
    };
  } catch (error) {
    await closeSources();
    throw error;
  }
};

interface Person {
  readonly nhsNumber: string;
  readonly faults?: Readonly<Record<string, SourceFault>>;
}

interface SandboxConfig {
  readonly identity: { readonly source: string };
  readonly listen: Readonly<Record<string, unknown>>;
  readonly sources: readonly { readonly id: string; readonly adapter: string }[];
}

/** Answers of somebody's own need not say whose a number is: then nobody is traced. */
const servedSources = async (
  { identity, sources }: SandboxConfig,
  { data, only }: { readonly data: string | undefined; readonly only: readonly string[] | undefined },
): Promise<SandboxConfig['sources']> => {
  const wanted = sources.filter(({ id }) => only?.includes(id) ?? true);
  const tracing = wanted.find(({ id }) => id === identity.source);
  if (!tracing || data === undefined) return wanted;
  const traced = await dataDirectory(join(data, tracing.adapter)).people();
  return traced.length > 0 ? wanted : wanted.filter((it) => it !== tracing);
};

const readJsonFile = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

const simulatorOf = async (adapter: string): Promise<(data: SimulatorData) => Promise<Simulator>> => {
  const part = await loadPart(`adapters/${adapter}/simulator`);
  if (!part) throw new Error(`adapters/${adapter} has no simulator`);
  return part['simulator'] as (data: SimulatorData) => Promise<Simulator>;
};

/** A file that its adapter cannot read is served as it is, as a source may answer: the ledger then says so, and stderr why. */
const complainOfJunk = async (name: string, { people, read, complain }: SimulatorData): Promise<void> => {
  const adapter = await loadAdapter(name);
  for (const person of await people()) {
    try {
      adapter?.split(parseJson((await read(person)) ?? ''));
    } catch {
      complain(`${person}.json is no answer that ${name} can read: it is served as it is`);
    }
  }
};

/** The command: one line of JSON on stdout when all is ready, three requests to try on stderr, and it runs until stopped. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await createSandbox({ log: createLog(process.env['LOG_LEVEL'] ?? 'warn'), ...options });
  endGracefully(sandbox.close);
  const { app, people, sources } = sandbox;
  // A signal to `npm run` does not reach the process behind it: the line says which one that is.
  const { pid } = process;
  const listed = [...sources].map(([id, { url }]) => ({ id, url }));
  process.stderr.write(examples(app.base, people));
  process.stdout.write(`${JSON.stringify({ ready: true, pid, base: app.base, people, sources: listed })}\n`);
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
