import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { definitions } from './generate/definitions.ts';
import { pages } from './generate/docs.ts';
import { packageFiles } from './generate/fhir-package.ts';
import { guides } from './generate/mappings.ts';

const fhir = join(import.meta.dirname, '../src/fhir');

describe('what is generated is what the generators write', () => {
  it('the R4 tables', () => {
    const { types, parameters, documentation } = definitions();
    for (const [name, content] of Object.entries({
      r4: types,
      'search-parameters': parameters,
      'search-documentation': documentation,
    })) {
      const written = readFileSync(join(fhir, `definitions/${name}.json`), 'utf8');
      expect(written === `${content}\n`, `${name}: npm run generate`).to.equal(true);
    }
  });

  it('the FHIR package of our own extensions and codes', () => {
    const files = packageFiles();
    expect(readdirSync(join(fhir, 'package')).sort()).to.deep.equal([...files.keys()].sort());
    for (const [name, content] of files)
      expect(readFileSync(join(fhir, 'package', name), 'utf8'), name).to.equal(content);
  });

  it('the guides to the mappings', async function () {
    this.timeout(60_000);
    for (const [path, content] of await guides())
      expect(readFileSync(join(import.meta.dirname, '..', path), 'utf8'), path).to.equal(content);
  });

  it('the pages made from tables', () => {
    for (const [path, content] of pages())
      expect(readFileSync(join(import.meta.dirname, '..', path), 'utf8'), path).to.equal(content);
  });
});
