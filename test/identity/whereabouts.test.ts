import { expect } from 'chai';
import fc from 'fast-check';
import { conform, elementsOf, type FhirResource, type Json, objects } from '../../src/fhir/index.ts';
import { hideWhereabouts } from '../../src/identity/whereabouts.ts';
import { PLACES, WITHHELD_ELEMENTS, WITHHELD_TYPES } from '../../src/identity/withheld.ts';
import { plants, SENTINEL, TELLING, tells } from './telling.ts';

const hide = (resource: Json): Json | undefined =>
  hideWhereabouts(
    { type: resource['resourceType'] as never, localId: 'a', resource: resource as unknown as FhirResource },
    'R',
  )?.resource as unknown as Json | undefined;

describe('what tells where a patient is', () => {
  const all = plants();

  it('can stand in more than a thousand places of R4', () => {
    expect(all.length).to.be.greaterThan(1000);
    expect(all.every((it) => tells(it.resource))).to.equal(true);
  });

  it('leaves nothing behind, wherever it stood (L11)', () => {
    const told = all.filter(({ resource }) => tells(hide(resource))).map((it) => it.path);
    expect(told).to.deep.equal([]);
  });

  it('leaves nothing behind in any mixture, in contained resources, extensions and the extensions of primitives', () => {
    const plant = fc.constantFrom(...all);
    const wrapped = fc.tuple(plant, plant, fc.constantFrom('contained', 'extension', 'shadow', 'source-value', 'none'));
    fc.assert(
      fc.property(wrapped, ([one, other, how]) => {
        const { contained: _, ...inner } = other.resource;
        const extension = [
          { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueAddress: TELLING['Address'] },
          { url: 'https://x.example/unknown-to-us', valueContactPoint: TELLING['ContactPoint'] },
          { url: 'https://x.example/nested', extension: [{ url: 'pharmacy', valueString: SENTINEL }] },
        ];
        const resource: Json = {
          ...one.resource,
          ...(how === 'contained' && {
            contained: [...objects(one.resource['contained']), { ...inner, resourceType: other.type, id: 'inner' }],
          }),
          ...(how === 'extension' && { extension }),
          ...(how === 'shadow' && { _language: { extension } }),
          ...(how === 'source-value' && {
            extension: [
              {
                url: 'https://patient-core-records.example/fhir/StructureDefinition/source-value',
                extension: [
                  { url: 'path', valueString: 'demographics.keySafe' },
                  { url: 'value', valueString: SENTINEL },
                ],
              },
            ],
          }),
        };
        expect(tells(hide(resource)), `${one.path} with ${other.path} as ${how}`).to.equal(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes with it no value that tells nothing: every other leaf is as it was', () => {
    for (const { type, resource, path } of all) {
      if (PLACES.has(type)) continue;
      const { contained: _, ...plain } = resource;
      const kept = hide({ ...plain, ...KEPT[type] });
      for (const [name, value] of Object.entries(KEPT[type] ?? {})) expect(kept?.[name], path).to.deep.equal(value);
    }
  });

  it('leaves valid R4: what is required is marked as masked', () => {
    for (const { resource, type, path } of all) {
      if (PLACES.has(type)) continue;
      const before = faults(resource);
      const after = faults(hide(resource) as Json);
      expect(
        after.filter((it) => !before.includes(it)),
        path,
      ).to.deep.equal([]);
    }
  });

  it('labels every resource alike, whatever it held, and takes no label away', () => {
    const bare = hide({
      resourceType: 'Condition',
      id: 'a',
      meta: { security: [{ system: 'https://x.example', code: 'S' }] },
    });
    const codes = (it: Json | undefined) => objects((it?.['meta'] as Json)['security']).map(({ code }) => code);
    expect(codes(bare)).to.deep.equal(['S', 'R', 'REDACTED']);
    const twice = hide(bare as Json);
    expect(codes(twice)).to.deep.equal(['S', 'R', 'REDACTED']);
  });

  it('withholds only elements and types that R4 has', () => {
    for (const element of WITHHELD_ELEMENTS) {
      const [, owner = '', name = ''] = /^(.+)\.([^.]+)$/.exec(element) ?? [];
      expect(elementsOf(owner), element).to.have.property(name);
    }
    for (const type of [...WITHHELD_TYPES, ...PLACES]) expect(elementsOf(type), type).to.not.equal(undefined);
  });
});

/** Clinical values that stay. */
const KEPT: Readonly<Record<string, Json>> = {
  Condition: { code: { text: 'Asthma' }, onsetString: 'as a child', recordedDate: '2020-01-02' },
  Observation: { status: 'final', code: { text: 'Pulse' }, valueQuantity: { value: 72, unit: '/min' } },
  Patient: { birthDate: '1990-05-17', gender: 'female', name: [{ family: 'Finch' }] },
  Encounter: { status: 'finished', class: { code: 'EMER' }, period: { start: '2026-01-01' } },
};

/** What `conform` has to mend. */
const faults = (resource: Json): string[] => {
  const found: string[] = [];
  conform(resource, {}, ({ code, path }) => found.push(`${code} ${path}`));
  return found;
};
