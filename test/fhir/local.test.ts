import { expect } from 'chai';
import { readJson, SourceError } from '../../src/adapter/index.ts';
import { asLocalId, conform, type Json, numberOf, setAside } from '../../src/fhir/index.ts';

describe('what a mapping needs for a source’s own names', () => {
  it('makes an id that can stand in a reference of any, the same each time', () => {
    for (const id of ['a', 'A-1.b', 'x'.repeat(64)]) expect(asLocalId(id)).to.equal(id);
    expect([asLocalId(7), asLocalId(numberOf('12345678901234567890'))]).to.deep.equal(['7', '12345678901234567890']);
    for (const id of ['a b', 'a/b', 'ä', '..', 'x'.repeat(65), 'H|1'])
      expect(asLocalId(id))
        .to.match(/^[A-Za-z0-9.-]{24}$/)
        .and.equal(asLocalId(id));
    for (const none of [undefined, null, '', {}, []]) expect(asLocalId(none)).to.equal(undefined);
  });

  it('keeps a field out of the way of an element of the same name', () => {
    const found: string[] = [];
    const given = { status: 'red', room: { floor: 2 } };
    const draft = { resourceType: 'Flag', status: 'active', code: { text: 'Dog' }, subject: { display: 'Ann' } };
    const resource = conform({ ...draft, ...setAside('visits', given) }, {}, ({ code, path }) =>
      found.push(`${code} ${path}`),
    );
    expect(resource).to.include({ status: 'active' });
    expect(found).to.deep.equal(['unknown-element Flag.visits.status', 'unknown-element Flag.visits.room']);
    expect(JSON.stringify(resource)).to.contain('"visits.status"').and.contain('"visits.room.floor"');
  });

  it('reads JSON with its digits, and calls anything else an invalid response', () => {
    expect(JSON.stringify(readJson(Buffer.from('{"value":4.00}')))).to.equal('{"value":4.00}');
    for (const body of ['', '<html>', '{"a":']) {
      expect(() => readJson(Buffer.from(body)) as Json)
        .to.throw(SourceError)
        .with.property('kind', 'invalid-response');
    }
  });
});
