import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE, pin } from '../child.ts';
import { writeConfig, secrets } from '../facade.ts';
import { ratioRow } from '../report.ts';
import type { Part } from './row.ts';

const root = join(import.meta.dirname, '../..');
const NPM = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const;

/** From the command to the first request that could be answered, by that of a server that does nothing; and what is installed for it. */
export const start: Part = {
  rows: ['9'],
  name: 'start',
  isSlow: true,
  measure: async ({ effort }) => {
    const built = spawnSync('npm', ['run', '-s', 'build'], NPM);
    if (built.status !== 0) throw new Error(`the build failed: ${built.stdout}${built.stderr}`);
    // Sources are not called before somebody asks.
    const { folder, file } = writeConfig('http://127.0.0.1:9');
    try {
      const empty = join(folder, 'empty.mjs');
      writeFileSync(empty, EMPTY);
      const environment = { ...process.env, ...secrets, NODE_COMPILE_CACHE: join(folder, 'compiled') };
      const facade = [join(root, 'dist/src/cli.js'), 'start', '--config', file];
      const ratios: number[] = [];
      // The first round fills the compile cache, as the first start of a deployment does.
      for (let round = 0; round <= effort.rounds * 2 + 1; round++) {
        const theirs = await timeTo('ready', [empty], environment);
        const ratio = (await timeTo('server.ready', facade, environment)) / theirs;
        if (round > 0) ratios.push(ratio);
      }
      return [
        ratioRow({ row: '9', goal: 'start of dist/ until ready, by an empty server', limit: 3.5 }, ratios),
        ratioRow({ row: '9', goal: 'packages that production installs, in MB' }, [installedMb()]),
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

const EMPTY = `import { createServer } from 'node:http';
createServer((_, response) => response.end()).listen(0, '127.0.0.1', () => process.stdout.write('ready'));
`;

/** Milliseconds until a process says a word. */
const timeTo = async (word: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const started = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) pin(child.pid, CORE.server);
  const ms = await new Promise<number>((resolve, reject) => {
    let said = '';
    const listen = (piece: Buffer): void => {
      said += piece.toString();
      if (said.includes(word)) resolve(performance.now() - started);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`${args.join(' ')}: ${said}`)));
  });
  child.kill('SIGKILL');
  return ms;
};

const installedMb = (): number => {
  const listed = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], NPM).stdout.split('\n');
  return listed.filter((it) => it.includes('node_modules')).reduce((sum, it) => sum + bytesIn(it), 0) / 1e6;
};

/** Packages inside a package are listed on their own. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true })
    .filter((it) => it.name !== 'node_modules')
    .reduce((sum, it) => {
      const path = join(folder, it.name);
      return sum + (it.isDirectory() ? bytesIn(path) : statSync(path).size);
    }, 0);
