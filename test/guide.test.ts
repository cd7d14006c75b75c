import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Code without its indentation. */
const flat = (code: string): string =>
  code
    .split('\n')
    .map((it) => it.trim())
    .join('\n')
    .trim();

describe('the guide to adapters', () => {
  const guide = read('adapters/README.md');
  const example = [
    'adapters/example/index.ts',
    'adapters/example/simulator.ts',
    'mappings/example/index.ts',
    'mappings/example/split.ts',
  ].map((it) => flat(read(it)));

  it('shows code of the example adapter, word for word', () => {
    const shown = [...guide.matchAll(/^```ts\n(.+?)^```/gms)].flatMap(([, code = '']) => code.split('// ...\n'));
    expect(shown.length).to.be.greaterThan(5);
    for (const code of shown)
      expect(
        example.some((it) => it.includes(flat(code))),
        code,
      ).to.equal(true);
  });

  it('names only scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...guide.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, it = '']) => it);
    expect(Object.keys(scripts)).to.include.members(named);
  });
});
