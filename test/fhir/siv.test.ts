import { aessiv } from '@noble/ciphers/aes.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { createSiv } from '../../src/fhir/siv.ts';

const bytes = (length: number | { minLength: number; maxLength: number }) =>
  fc.uint8Array(typeof length === 'number' ? { minLength: length, maxLength: length } : length);

describe('AES-SIV with its beginning kept', () => {
  it('encrypts as the library does, whatever the key, kind and length', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(32, 48, 64).chain(bytes),
        fc.string(),
        fc.array(bytes({ minLength: 0, maxLength: 80 }), { minLength: 1, maxLength: 3 }),
        (key, kind, texts) => {
          const encrypt = createSiv(key);
          const associated = new TextEncoder().encode(kind);
          for (const text of texts) expect(encrypt(kind, text)).to.deep.equal(aessiv(key, associated).encrypt(text));
        },
      ),
    );
  });

  it('agrees with the example of the standard', () => {
    const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
    const key = hex('fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff');
    const text = hex('11223344 55667788 99aabbcc ddee');
    const associated = hex('10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627');
    const kind = Buffer.from(associated).toString('latin1');
    expect(Buffer.from(createSiv(key)(kind, text)).toString('hex')).to.equal(
      '85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c',
    );
  });
});
