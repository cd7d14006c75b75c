import { expect } from 'chai';
import fc from 'fast-check';
import { isObject, type Json, objects } from '../../src/fhir/index.ts';
import { link } from '../../src/link/link.ts';
import type { LinkRecord } from '../../src/link/record.ts';
import { OFFLINE } from '../../src/link/terms.ts';
import { someRecords } from './generated-records.ts';
import { pairsOf } from './support.ts';

/** What other systems do to the same content: none of it changes what is said. */
const NOISES: readonly ((node: Json) => Json)[] = [
  (it) => (typeof it['text'] === 'string' ? { ...it, text: `  ${it['text'].toUpperCase().replace(/ /g, '  ')} ` } : it),
  (it) => (it['system'] === 'http://snomed.info/sct' ? { ...it, system: 'urn:oid:2.16.840.1.113883.6.96' } : it),
  (it) =>
    it['effectiveDateTime'] === '2020-03-01T09:30:00Z' ? { ...it, effectiveDateTime: '2020-03-01T04:30:00-05:00' } : it,
  (it) => (typeof it['text'] === 'string' ? { ...it, text: `<b>${it['text'].replace(/ /, '&nbsp;')}</b>\u200b` } : it),
  (it) => (Array.isArray(it['coding']) ? { ...it, coding: [...objects(it['coding'])].reverse() } : it),
  (it) =>
    Array.isArray(it['coding'])
      ? { ...it, coding: [{ system: ' ', code: ' ', display: '' }, ...objects(it['coding'])] }
      : it,
  (it) =>
    typeof it['status'] === 'string' ? { ...it, status: ` ${it['status'].toUpperCase().replace('-', ' ')}` } : it,
  (it) => (typeof it['lotNumber'] === 'string' ? { ...it, lotNumber: `Lot: ${it['lotNumber'].toLowerCase()}` } : it),
  (it) =>
    typeof it['system'] === 'string' && typeof it['value'] === 'string'
      ? { ...it, system: `${it['system'].replace(/^https/, 'http')}/`, value: ` ${it['value'].toLowerCase()}` }
      : it,
  (it) => (it['unit'] === 'umol/L' && it['code'] === 'umol/L' ? { value: it['value'], unit: 'µmol/l' } : it),
];

const noisy = (node: unknown, noise: (node: Json) => Json): unknown => {
  if (Array.isArray(node)) return node.map((it) => noisy(it, noise));
  if (!isObject(node)) return node;
  return noise(Object.fromEntries(Object.entries(node).map(([key, it]) => [key, noisy(it, noise)])));
};

describe('noise', () => {
  it('of case, spaces, markup, order, systems, zones and units changes no link', () => {
    fc.assert(
      fc.property(someRecords(), fc.subarray([...NOISES]), fc.nat(3), (all, noises, every) => {
        const changed = all.map((it, at): LinkRecord =>
          at % (every + 1) === 0
            ? { ...it, resource: noises.reduce((resource, noise) => noisy(resource, noise) as Json, it.resource) }
            : it,
        );
        const tiers = (records: readonly LinkRecord[]) =>
          [...pairsOf(link(records, OFFLINE))].map(([key, { tier, rule }]) => `${key} ${tier} ${rule}`).sort();
        expect(tiers(changed)).to.deep.equal(tiers(all));
      }),
      { numRuns: 300 },
    );
  });
});
