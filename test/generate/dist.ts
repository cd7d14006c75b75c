/** Puts into dist/ what the compiler leaves out: the FHIR package folder, and a package.json that says no more than it must. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const { name, version, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;

cpSync(join(root, 'src/fhir/package'), join(root, 'dist/src/fhir/package'), { recursive: true });
writeFileSync(join(root, 'dist/package.json'), `${JSON.stringify({ name, version, type, private: true }, null, 2)}\n`);
