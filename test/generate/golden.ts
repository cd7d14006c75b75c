/**
 * Writes what the golden answers of a mapping become: `npm run golden -- <dialect>`, of all where none is named. Read the difference before you
 * commit it: what stands there then is what is agreed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type GoldenDialect, goldenAnswers, goldenOutput } from '../support/golden.ts';

const mappings = join(import.meta.dirname, '../../mappings');

const given = process.argv.slice(2);
for (const name of given.length > 0 ? given : readdirSync(mappings)) {
  const folder = join(mappings, name, 'golden');
  const dialect = (await import(pathToFileURL(join(mappings, name, 'index.ts')).href)) as GoldenDialect<unknown>;
  for (const { name: pair, answer } of goldenAnswers(folder)) {
    const file = join(folder, `${pair}.out.json`);
    const output = goldenOutput(dialect, answer);
    if (existsSync(file) && readFileSync(file, 'utf8') === output) continue;
    writeFileSync(file, output);
    process.stdout.write(`${name}: ${pair} is written anew\n`);
  }
}
