import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle } from '../../src/fhir/index.ts';
import { jsonFiles } from './answers.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The independent judge and the UK Core package that it judges by: beside the repository, or where the environment says. */
const VALIDATOR = process.env['PCR_VALIDATOR'] ?? join(root, '../shared/tools/ukcore-validator');
const UK_CORE = process.env['PCR_UKCORE'] ?? join(root, '../shared/ukcore');

/** What is missing for a judgement, in words; undefined where nothing is. */
export const missingForJudge = (): string | undefined => {
  if (!existsSync(join(VALIDATOR, 'bin/validate-ukcore.js'))) return 'an independent validator (PCR_VALIDATOR)';
  return jsonFiles(UK_CORE).length === 0 ? 'the UK Core package (PCR_UKCORE)' : undefined;
};

/** A fault that the judge finds: where in a Bundle, and why. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

const OPTIONS = [
  '--format',
  'json',
  '--unknown-extensions',
  'error',
  '--package',
  UK_CORE,
  '--package',
  join(root, 'src/fhir/package'),
];

/** How the judge is called on a folder, for a reader who wants to do the same. */
export const judgeCommand = ['node', join(VALIDATOR, 'bin/validate-ukcore.js'), ...OPTIONS, 'FOLDER']
  .map((it) => (it.startsWith('/') ? relative(process.cwd(), it) : it))
  .join(' ');

/** Judges Bundles, each against the profiles that its resources claim. @returns the errors of each, by its name. */
export const judge = async (bundles: ReadonlyMap<string, Bundle>): Promise<ReadonlyMap<string, readonly Fault[]>> => {
  const validator = await ready();
  const folder = await mkdtemp(join(tmpdir(), 'pcr-judged-'));
  try {
    const names = new Map<string, string>();
    for (const [name, bundle] of bundles) {
      const file = join(folder, `${names.size}.json`);
      names.set(file, name);
      await writeFile(file, JSON.stringify(bundle));
    }
    const faults = new Map<string, readonly Fault[]>();
    for (const line of (await output(validator, folder)).split('\n')) {
      if (line === '') continue;
      const { file, issues } = JSON.parse(line) as { file: string; issues: readonly (Fault & { severity: string })[] };
      faults.set(
        names.get(file) ?? file,
        issues.filter((it) => it.severity === 'error'),
      );
    }
    return faults;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Exit code 1 means that it found something. */
const output = async (validator: string, folder: string): Promise<string> => {
  try {
    const args = [join(validator, 'bin/validate-ukcore.js'), ...OPTIONS, folder];
    return (await run(process.execPath, args, { maxBuffer: 2 ** 28 })).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (code !== 1 || stdout === undefined) throw error;
    return stdout;
  }
};

/** A validator with its packages: the folder itself, or a copy that is kept for the next time. */
const ready = async (): Promise<string> => {
  if (existsSync(join(VALIDATOR, 'node_modules'))) return VALIDATOR;
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', 'bin/validate-ukcore.js', 'lib/engine.js'])
    hash.update(readFileSync(join(VALIDATOR, name)));
  const copy = join(tmpdir(), `pcr-ukcore-validator-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(copy)) return copy;
  const making = await mkdtemp(`${copy}-`);
  await mkdir(making, { recursive: true });
  await cp(VALIDATOR, making, { recursive: true });
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: making });
  // Another process may have been faster.
  await rename(making, copy).catch(() => rm(making, { recursive: true }));
  return copy;
};
