import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AdapterDefinition, Answer, Mapping } from '../../src/adapter/index.ts';
import { conform, type Json, parseJson } from '../../src/fhir/index.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';

/** A dialect as its folder in `mappings/` exports it. */
export interface GoldenDialect<Body> {
  readonly split: (answer: unknown) => Answer<Body>;
  readonly map: Mapping<Body>;
}

/** The golden answers of a folder: the files `<case>.in.json`, read to the digit. */
export const goldenAnswers = (folder: string): readonly { readonly name: string; readonly answer: unknown }[] =>
  readdirSync(folder)
    .filter((it) => it.endsWith('.in.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.in\.json$/, ''), answer: parseJson(readFileSync(join(folder, file))) }));

/** What an answer becomes, as `<case>.out.json` has it: its warnings, which finding about what, and the resources. */
export const goldenOutput = <Body>(dialect: GoldenDialect<Body>, answer: unknown): string => {
  const { split, map } = dialect as unknown as Pick<AdapterDefinition, 'split' | 'map'>;
  const cut = split(answer);
  const { issues, resources } = mapAnswer({ map }, cut, { source: 'golden' });
  const output = {
    warnings: cut.warnings ?? [],
    issues: issues.map(({ details, diagnostics, expression }) => ({
      code: details?.coding?.[0]?.code,
      about: diagnostics?.replace('golden: ', ''),
      path: expression?.[0],
    })),
    resources: resources.map(({ localId, resource }) => ({ localId, resource })),
  };
  return `${JSON.stringify(output, null, 2)}\n`;
};

/**
 * One test per golden pair of a dialect: it maps as agreed, to the digit, and to valid R4. `npm run golden -- <dialect>`
 * writes what is agreed.
 */
export const goldenPairs = <Body>(dialect: GoldenDialect<Body>, folder: string): void => {
  for (const { name, answer } of goldenAnswers(folder)) {
    it(`maps ${name.replaceAll('-', ' ')} as its golden pair says, to the digit`, () => {
      const output = goldenOutput(dialect, answer);
      expect(output).to.equal(readFileSync(join(folder, `${name}.out.json`), 'utf8'));
      const { resources } = parseJson(output) as { readonly resources: readonly { readonly resource: Json }[] };
      for (const { resource } of resources) {
        const faults: string[] = [];
        conform(resource, {}, ({ code, path }) => faults.push(`${code} ${path}`));
        expect(faults).to.deep.equal([]);
      }
    });
  }
};
