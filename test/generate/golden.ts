/**
 * Writes what the golden answers of a mapping become: `npm run golden -- <dialect>`. Read the difference before you
 * commit it: what stands there then is what is agreed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GoldenDialect, goldenAnswers, goldenOutput } from '../support/golden.ts';

const mappings = join(import.meta.dirname, '../../mappings');

for (const name of process.argv.slice(2)) {
  const folder = join(mappings, name, 'golden');
  const dialect = (await import(join(mappings, name, 'index.ts'))) as GoldenDialect<unknown>;
  for (const { name: pair, answer } of goldenAnswers(folder)) {
    const file = join(folder, `${pair}.out.json`);
    const output = goldenOutput(dialect, answer);
    if (existsSync(file) && readFileSync(file, 'utf8') === output) continue;
    writeFileSync(file, output);
    process.stdout.write(`${name}: ${pair} is written anew\n`);
  }
}
