import { join } from 'node:path';
import { expect } from 'chai';
import { SourceError } from '../../src/adapter/index.ts';
import { goldenPairs } from '../../test/support/index.ts';
import { map, split } from './index.ts';

describe('the mapping of the example', () => {
  goldenPairs({ split, map }, join(import.meta.dirname, 'golden'));

  it('names what it finds and has no record for', () => {
    const { records, issues } = split({ patient: 'Ann', visits: [{ no: 'A/1' }, 7], tail: 1 });
    expect(records.map((it) => it.id)).to.have.length(1);
    expect(records[0]!.id).to.match(/^[\w.-]{24}$/);
    expect(issues?.map((it) => it.diagnostics)).to.deep.equal(['patient/0', 'visits/1', 'answer/tail']);
    expect(() => split([])).to.throw(SourceError);
  });
});
