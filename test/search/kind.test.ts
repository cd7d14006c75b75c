import { expect } from 'chai';
import { folding } from '../../src/search/parameter/match/kind.ts';

describe('texts for comparison', () => {
  it('are folded once for a value, however many texts are asked for', () => {
    let read = 0;
    const texts = folding(() => [`${(read += 1)} Ångström-Hale`]);
    const found = { text: 'a value' };
    expect([texts(found), texts(found)]).to.deep.equal([['1 angstromhale'], ['1 angstromhale']]);
    expect(texts({ text: 'another' })).to.deep.equal(['2 angstromhale']);
  });
});
