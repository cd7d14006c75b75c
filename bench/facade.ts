import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { ACUTE_TYPES } from './payload.ts';
import type { SourceName } from './stub.ts';

const SECRET = 'PCR_BENCH_SECRET';
/** The secrets that its config names. */
export const secrets = { [SECRET]: 'a secret of the bench, and long enough to be one' } as const;

/** Where the sources of a stub are: all in one place, or each behind something of its own. */
export type StubAddress = string | Readonly<Record<SourceName, string>>;
const baseOf = (at: StubAddress, source: SourceName): string => (typeof at === 'string' ? at : at[source]);

export interface FacadeOptions extends Partial<ChildOptions> {
  /** What its config says beside what it must, and of every source. */
  readonly config?: object;
  readonly ofSources?: Readonly<Record<string, object>>;
}

/** The real facade in a process of its own, over the sources of a stub, with all settings as they are if nobody sets them. */
export const startFacade = async (
  stub: StubAddress,
  { config = {}, ofSources = {}, args = [], ...options }: FacadeOptions = {},
): Promise<Child> => {
  const { folder, file } = writeConfig(stub, { config, ofSources });
  const child = await startChild('src/cli.ts', {
    name: 'us',
    ...options,
    args: ['start', '--config', file, ...args],
    env: { ...secrets, ...options.env },
  });
  // Workers read it, too, whenever they start.
  const stop = async (): Promise<void> => {
    await child.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...child, stop };
};

/** Writes a config file into a folder of its own. */
export const writeConfig = (
  stub: StubAddress,
  { config = {}, ofSources = {} }: Pick<FacadeOptions, 'config' | 'ofSources'> = {},
): { readonly folder: string; readonly file: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'pcr-bench-'));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...configOver(stub, ofSources), ...config }));
  return { folder, file };
};

/** GP Connect, a hospital that is searched for a few types, and a community API. */
export const configOver = (at: StubAddress, ofSources: Readonly<Record<string, object>> = {}): object => ({
  listen: { port: 0 },
  sealingKeys: [{ version: 1, secret: { env: SECRET } }],
  facade: { ods: 'X99999', name: 'Bench' },
  actor: {
    organisation: { ods: 'A99999', name: 'Bench' },
    device: { id: 'bench', model: 'Patient Core Records API', version: '0' },
    practitioner: {
      id: 'p1',
      family: 'Bench',
      given: 'B',
      sdsUserId: '555000000001',
      sdsRoleProfileId: '555000000002',
    },
  },
  sources: [
    sourceOf('gp', 'gp-connect', {
      baseUrl: `${baseOf(at, 'gp')}/gp`,
      fromAsid: '200000000001',
      toAsid: '200000000002',
    }),
    sourceOf('acute', 'fhir-r4', {
      baseUrl: `${baseOf(at, 'acute')}/acute`,
      types: Object.fromEntries(ACUTE_TYPES.map((it) => [it, { search: {}, read: false }])),
    }),
    sourceOf('community', 'community-json', {
      baseUrl: `${baseOf(at, 'community')}/community`,
      clientId: 'bench',
      clientSecret: { env: SECRET },
    }),
  ].map((it) => ({ ...it, ...ofSources[it.id] })),
});

const sourceOf = (id: string, adapter: string, settings: object) => ({
  id,
  adapter,
  title: `${id} record`,
  organisation: { ods: 'A99001', name: `Organisation of ${id}` },
  settings,
});
