/**
 * `npm run link-bench -- DATA_DIR`: links a benchmark folder and its shuffled copy by `pcr link`, without and with its
 * terminology, and prints what the folder's own score says of each.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [dir, ...options] = process.argv.slice(2);
if (dir === undefined || !existsSync(join(dir, 'manifest.json'))) {
  process.stderr.write('link-bench needs a folder with a manifest.json, score.mjs and shuffle.mjs\n');
  process.exit(2);
}

const node = (...args: string[]): void => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
};

const work = mkdtempSync(join(tmpdir(), 'pcr-link-'));
try {
  const shuffled = join(work, 'shuffled');
  node(join(dir, 'shuffle.mjs'), dir, shuffled, '--seed', '1');
  const terminology = join(dir, 'terminology.json');
  for (const [name, ...extra] of [
    ['without terminology'],
    ['with terminology', '--terminology', terminology],
  ] as const) {
    const [out, outShuffled] = [join(work, name), join(work, `${name}, shuffled`)];
    process.stdout.write(`\n${name}\n\n`);
    node('src/cli.ts', 'link', dir, '--out', out, ...extra);
    node('src/cli.ts', 'link', shuffled, '--out', outShuffled, ...extra);
    node(join(dir, 'score.mjs'), dir, out, '--shuffled', outShuffled, ...options);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
