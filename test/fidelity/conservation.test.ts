import { expect } from 'chai';
import type { ValueRule } from '../../src/adapter/index.ts';
import { accountFor } from '../../src/mapping/account.ts';
import type { Account } from '../../src/mapping/account-values.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { notHere, ownAnswers, readAnswer, realAnswers, shortName } from './answers.ts';

const adapterOf = async (name: string) => (await loadAdapter(name))!;

const accounts = new Map<string, Account>();
const accountOf = async (adapter: string, file: string): Promise<Account> => {
  const known = accounts.get(file) ?? accountFor(await adapterOf(adapter), readAnswer(file));
  accounts.set(file, known);
  return known;
};

describe('conservation: no value of an answer is lost, and none is invented', function () {
  this.timeout(60_000);
  after(() => accounts.clear());
  for (const { name, adapter, files } of [...ownAnswers, ...realAnswers]) {
    if (files.length === 0) notHere(`a folder of answers ${name}`);
    for (const file of files) {
      it(`${adapter}: ${shortName(file)}`, async () => {
        const { values, additions } = await accountOf(adapter, file);
        expect(values.filter((it) => it.fate === 'unaccounted').map((it) => it.path)).to.deep.equal([]);
        expect(additions.filter((it) => !it.rule).map((it) => it.path)).to.deep.equal([]);
      });
    }
  }

  for (const adapter of new Set(ownAnswers.map((it) => it.adapter))) {
    it(`${adapter}: every rule about what is left out or added has its case among our own answers`, async () => {
      const definition = await adapterOf(adapter);
      const used = new Set<ValueRule | undefined>();
      for (const file of ownAnswers.filter((it) => it.adapter === adapter).flatMap((it) => it.files)) {
        const { values, additions } = await accountOf(adapter, file);
        [...values, ...additions].forEach((it) => used.add(it.rule));
      }
      const rules = [...(definition.notCarried ?? []), ...(definition.added ?? [])];
      expect(rules.filter((it) => !used.has(it)).map((it) => it.path)).to.deep.equal([]);
    });
  }
});
