import { expect } from 'chai';
import fc from 'fast-check';
import { digits, isNumber, parseJson } from '../../src/fhir/json.ts';

describe('JSON that keeps its digits', () => {
  for (const text of [
    '{"a":3.10}',
    '[4.00,1]',
    '{"a":{"b":[180.0]}}',
    '{"a":1e2}',
    '{"a":12345678901234567890}',
    '{"a":0.1,"b":10}',
    '{"a":-0.50}',
    '{"a":-0}',
    '{"a":0.0000001}',
    '{"a":1e999999}',
    '{"a":-1e-999999}',
    '{"a":1234567890123.4567}',
    `{"a":${'9'.repeat(500)}}`,
    `{"a":0.${'1'.repeat(500)}}`,
  ]) {
    it(`writes ${text.slice(0, 32)} back as it was`, () => {
      expect(JSON.stringify(parseJson(text))).to.equal(text);
    });
  }

  it('keeps them however far from other signs a number is written', () => {
    const indent = ' '.repeat(100);
    expect(JSON.stringify(parseJson(`{"a":[\n${indent}3.10\n${indent}]}`))).to.equal('{"a":[3.10]}');
  });

  it('leaves numbers that JavaScript keeps as numbers', () => {
    expect(parseJson('{"a":3.1,"b":10}')).to.deep.equal({ a: 3.1, b: 10 });
  });

  it('keeps the digits of any number, alone or among others', () => {
    const numbers = fc
      .tuple(fc.constantFrom('', '-'), fc.nat(), fc.stringMatching(/^(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?$/))
      .map((it) => it.join(''));
    fc.assert(
      fc.property(numbers, fc.constantFrom('', ',3.10'), (number, other) => {
        expect(JSON.stringify(parseJson(`[${number}${other}]`))).to.equal(`[${number}${other}]`);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not misled by numbers inside texts', () => {
    expect(parseJson('{"a":"see: 3.10, and [4.00]"}')).to.deep.equal({ a: 'see: 3.10, and [4.00]' });
  });

  it('decodes bytes as TextDecoder does, be they UTF-8 or not', () => {
    const bytes = fc
      .uint8Array({ maxLength: 12 })
      .map((it) => it.map((byte) => (byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0x80 : byte)));
    fc.assert(
      fc.property(bytes, fc.boolean(), (inside, mark) => {
        const given = Buffer.concat([mark ? '\ufeff"' : '"', inside, '"'].map((it) => Buffer.from(it as string)));
        expect(parseJson(given)).to.equal(JSON.parse(new TextDecoder().decode(given)));
      }),
      { numRuns: 2000 },
    );
  });

  it('tells the digits of either kind of number', () => {
    const { a, b } = parseJson('{"a":3.10,"b":5}') as { a: number; b: number };
    expect([a, b].map(isNumber)).to.deep.equal([true, true]);
    expect([a, b].map(digits)).to.deep.equal(['3.10', '5']);
    expect(isNumber('5')).to.equal(false);
  });

  it('says no less than JSON.parse about any text', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(JSON.parse(JSON.stringify(parseJson(text)))).to.deep.equal(JSON.parse(JSON.stringify(JSON.parse(text))));
      }),
    );
  });
});

describe('JSON of an unfriendly source', () => {
  it('costs no more than its length', () => {
    const shapes = ['1', '1.', '0', '1e', ' ', ',1', ':1.', ', ', '1111111111.0'];
    const time = (size: number): number => {
      const start = performance.now();
      for (const shape of shapes) parseJson(`{"a":"x,${shape.repeat(size / shape.length)}"}`);
      return performance.now() - start;
    };
    time(10_000);
    // Quadratic work would take minutes here; any machine does this in well under a second.
    expect(time(1_000_000)).to.be.below(5000);
  });
});
