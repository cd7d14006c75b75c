import { expect } from 'chai';
import fc from 'fast-check';
import { contentId, createSealer } from '../../src/fhir/sealed-id.ts';
import { parseNhsNumber } from '../../src/fhir/nhs-number.ts';

const nhsNumber = parseNhsNumber('9990000018')!;
const patient = { nhsNumber };
const key = (version: number, letter: string) => ({ version, secret: letter.repeat(40) });
const sealer = createSealer([key(1, 'a')]);
const sources = ['gp', 'acute', 'community'];

const localIds = fc.oneof(
  fc.uuid(),
  fc.uuid().map((it) => it.toUpperCase()),
  fc
    .tuple(fc.uuid(), fc.constantFrom('-PROB', '-MS', '-QRSP', '-SPEC-0', '-FD-2-MS'))
    .map(([id, suffix]) => id.toUpperCase() + suffix),
  fc.string({ minLength: 1, maxLength: 80 }),
  fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/),
);

describe('a sealed id', () => {
  it('is a FHIR id, the same every time, and gives back source, patient and local id', () => {
    fc.assert(
      fc.property(localIds, fc.constantFrom(...sources), (localId, source) => {
        const id = sealer.seal('Observation', { source, patient, localId });
        expect(id).to.match(/^[A-Za-z0-9.-]{1,64}$/);
        expect(sealer.seal('Observation', { source, patient, localId })).to.equal(id);
        const unsealed = sealer.unseal('Observation', id, sources);
        expect(unsealed?.source).to.equal(source);
        expect(unsealed?.patient).to.equal(nhsNumber);
        expect(unsealed?.matches(localId)).to.equal(true);
        expect(unsealed?.matches(`${localId}x`)).to.equal(false);
        if (unsealed?.localId !== undefined) expect(unsealed.localId).to.equal(localId);
      }),
    );
  });

  it('carries a UUID with a GP suffix whole, so that the record can be asked for', () => {
    const localId = '47784A83-5675-4EF2-9947-0D7D125F1656-FD-2-MS';
    const id = sealer.seal('MedicationStatement', { source: 'gp', patient, localId });
    expect(sealer.unseal('MedicationStatement', id, sources)?.localId).to.equal(localId);
  });

  it('differs for two local ids, sources, patients and types', () => {
    fc.assert(
      fc.property(localIds, localIds, (one, other) => {
        fc.pre(one !== other);
        expect(sealer.seal('Flag', { source: 'gp', patient, localId: one })).to.not.equal(
          sealer.seal('Flag', { source: 'gp', patient, localId: other }),
        );
      }),
    );
    const subject = { source: 'gp', patient, localId: 'x' };
    const ids = [
      sealer.seal('Flag', subject),
      sealer.seal('List', subject),
      sealer.seal('Flag', { ...subject, source: 'acute' }),
      sealer.seal('Flag', { ...subject, patient: { nhsNumber: parseNhsNumber('9990000026')! } }),
      sealer.seal('Flag', { ...subject, patient: { file: 'nobody' } }),
    ];
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('means nothing for another type, under another key, for a source that is gone, or with one character changed', () => {
    const id = sealer.seal('Observation', { source: 'gp', patient, localId: 'abc' });
    expect(sealer.unseal('Condition', id, sources)).to.equal(undefined);
    expect(createSealer([key(1, 'b')]).unseal('Observation', id, sources)).to.equal(undefined);
    expect(sealer.unseal('Observation', id, ['acute'])).to.equal(undefined);
    fc.assert(
      fc.property(fc.nat(id.length - 1), fc.constantFrom(...'ABCxyz019-.'), (at, letter) => {
        const forged = id.slice(0, at) + letter + id.slice(at + 1);
        return forged === id || sealer.unseal('Observation', forged, sources) === undefined;
      }),
    );
    for (const junk of ['', 'abc', '../..', 'x'.repeat(64), 'x'.repeat(65), 'é']) {
      expect(sealer.unseal('Observation', junk, sources), junk).to.equal(undefined);
    }
  });

  it('reveals no digit of the NHS number and not the local id', () => {
    const id = sealer.seal('Observation', { source: 'gp', patient, localId: 'leg-ulcer' });
    expect(id).to.not.contain('999000').and.not.contain('ulcer');
  });

  it('outlives a change of keys as long as the old one is listed', () => {
    const old = createSealer([key(1, 'a')]).seal('Flag', { source: 'gp', patient, localId: 'x' });
    const next = createSealer([key(2, 'b'), key(1, 'a')]);
    expect(next.unseal('Flag', old, sources)?.localId).to.equal('x');
    expect(next.seal('Flag', { source: 'gp', patient, localId: 'x' })).to.not.equal(old);
  });

  it('belongs to nobody with an NHS number where an answer was mapped outside a request', () => {
    const id = sealer.seal('Flag', { source: 'gp', patient: { file: 'a.json' }, localId: 'x' });
    expect(sealer.unseal('Flag', id, sources)).to.include({ patient: undefined, localId: 'x' });
  });

  it('needs a key of at least 32 characters', () => {
    expect(() => createSealer([])).to.throw(RangeError);
    expect(() => createSealer([{ version: 1, secret: 'short' }])).to.throw(RangeError);
    expect(() => createSealer([{ version: 99, secret: 'a'.repeat(32) }])).to.throw(RangeError);
  });

  it('is made of the content where a record has no id', () => {
    expect(contentId('{"a":1}'))
      .to.equal(contentId('{"a":1}'))
      .and.match(/^[A-Za-z0-9.-]{24}$/);
    expect(contentId('{"a":1}')).to.not.equal(contentId('{"a":2}'));
  });
});
