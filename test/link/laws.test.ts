import { expect } from 'chai';
import fc from 'fast-check';
import type { Json } from '../../src/fhir/index.ts';
import { allergyState } from '../../src/link/allergies.ts';
import { bearingOn } from '../../src/link/bearing.ts';
import { collapse } from '../../src/link/collapse.ts';
import { facetsOf } from '../../src/link/facets.ts';
import { link } from '../../src/link/link.ts';
import type { Linked } from '../../src/link/links.ts';
import { type LinkRecord, recordKey } from '../../src/link/record.ts';
import { POLICY_VERSION } from '../../src/link/policy.ts';
import { show } from '../../src/link/render.ts';
import { OFFLINE, termsOf } from '../../src/link/terms.ts';
import { someRecords } from './generated-records.ts';
import { pairsOf } from './support.ts';

const RUNS = { numRuns: 300 };
const view = (records: readonly LinkRecord[]) => {
  const { groups, pairs } = link(records, OFFLINE);
  return [...groups, ...pairs].map((it) => ({ ...it, members: it.members.map(({ key }) => key) }));
};
const splitAt = <T>(all: readonly T[], at: number): readonly [readonly T[], readonly T[]] => [
  all.slice(0, at),
  all.slice(at),
];
/** Of a key such as `gp Condition/c1`. */
const isOf = (key: string, bears: (type: string) => boolean): boolean => bears(/ (\w+)\//.exec(key)?.[1] ?? '');
const sources = (records: readonly LinkRecord[]) => new Set(records.map((it) => it.source));
const without = (records: readonly LinkRecord[], source: string) => records.filter((it) => it.source !== source);
const how = {
  sealer: { fingerprint: (use: string, text: string) => `${use.length}-${text.length}` },
  author: { ods: 'X99999', name: 'Test' },
  snapshot: 'offline',
  referenceOf: (it: LinkRecord) => `${it.type}/${it.source}-${it.id}`,
};
const labelled = (records: readonly LinkRecord[], linked: Linked) => {
  const shown = show(linked, how);
  return records.map((it) => shown.label(it, it.resource as never) as unknown as Json);
};

describe('the laws of linking', () => {
  it('L1: the order of records never changes what is linked, nor in what order it is told', () => {
    fc.assert(
      fc.property(
        someRecords().chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(view(shuffled)).to.deep.equal(view(all));
        },
      ),
      RUNS,
    );
  });

  it('L2: a record that comes twice is linked as if it came once', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        expect(
          view([
            ...all,
            ...structuredClone(all.map(({ follow: _, ...it }) => it)).map((it) => ({ ...it, follow: () => undefined })),
          ]),
        ).to.deep.equal(view(all));
      }),
      RUNS,
    );
  });

  it('L3: parts linked apart and put together are linked as the whole: links are kept nowhere', () => {
    fc.assert(
      fc.property(someRecords(), fc.nat(12), (all, at) => {
        const [one, two] = splitAt(all, at);
        view(one);
        view(two);
        expect(view([...two, ...one])).to.deep.equal(view(all));
      }),
      RUNS,
    );
  });

  it('L4, L5, L6: labels add tags and our extension, and change nothing else', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const before = JSON.stringify(all.map((it) => it.resource));
        const out = labelled(all, link(all, OFFLINE));
        expect(out).to.have.length(all.length);
        const stripped = out.map(({ meta: _, extension: __, ...rest }) => rest);
        expect(stripped).to.deep.equal(all.map(({ resource }) => resource));
        expect(JSON.stringify(all.map((it) => it.resource))).to.equal(before);
      }),
      RUNS,
    );
  });

  it('L7: a source more takes no membership of a key and no pair away; a pair can only become surer', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        for (const source of sources(all)) {
          const fewer = pairsOf(link(without(all, source), OFFLINE));
          const more = pairsOf(link(all, OFFLINE));
          for (const [key, pair] of fewer) {
            // A component that comes to hold two values of one system is no group: its pairs stay.
            const now = more.get(key);
            if (pair.tier === 'T0') continue;
            expect(now, key).to.not.equal(undefined);
            expect(now!.tier <= pair.tier, `${key} ${pair.tier} ${now!.tier}`).to.equal(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('L8: groups of a key are an equivalence, and no pair stands within one', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const { groups, pairs } = link(all, OFFLINE);
        const t1 = groups.filter((it) => it.tier === 'T1').flatMap((it) => it.members.map(({ key }) => key));
        expect(new Set(t1).size, 'one key for a record').to.equal(t1.length);
        for (const { members } of pairs) {
          expect(members).to.have.length(2);
          const [a, b] = members.map(({ key }) => key);
          const together = groups.filter(
            (it) =>
              it.relation !== 'same-therapy' &&
              it.members.some(({ key }) => key === a) &&
              it.members.some(({ key }) => key === b),
          );
          expect(together).to.deep.equal([]);
        }
      }),
      RUNS,
    );
  });

  it('L9: other side, other stance, other person, two identifiers of one system: never claimed the same', () => {
    fc.assert(
      fc.property(someRecords(), fc.boolean(), (given, mixed) => {
        const all = given.map((it, at) => (mixed && at % 3 === 0 ? { ...it, person: '9990000026' } : it));
        const { groups, pairs } = link(all, OFFLINE);
        for (const { members, tier, relation } of [...groups, ...pairs])
          for (const a of members)
            for (const b of members) {
              expect(a.record.person).to.equal(b.record.person);
              if (tier === 'T3' || relation === 'same-therapy') continue;
              expect(a.stance).to.equal(b.stance);
              if (a.site.side && b.site.side) expect(a.site.side).to.equal(b.site.side);
              if (tier !== 'T0' || a === b) continue;
              for (const { system } of a.identifiers) {
                const [one, other] = [a, b].map((it) =>
                  it.identifiers.filter((id) => id.system === system).map((id) => id.value),
                );
                if (other!.length > 0) expect(one!.some((it) => other!.includes(it))).to.equal(true);
              }
            }
      }),
      RUNS,
    );
  });

  it('L10: nothing known never unmakes an allergy, and no missing source makes it asserted', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const allergies = all.filter((it) => it.type === 'AllergyIntolerance');
        const nka = { ...record716186003, source: 'mh' };
        if (allergyState(allergies, true) === 'known')
          expect(allergyState([...allergies, nka], true)).to.equal('known');
        for (const source of sources(allergies))
          expect(allergyState(without(allergies, source), false)).to.not.equal('nka-asserted');
        expect(allergyState([], true)).to.equal('no-information');
      }),
      RUNS,
    );
  });

  it('L12: what a Linkage names is there, and no two records share a name', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const linked = link(all, OFFLINE);
        const names = new Set(all.map(how.referenceOf));
        expect(names.size).to.equal(all.length);
        for (const { resource } of show(linked, how).linkagesOf(all)) {
          const { item, extension } = resource as unknown as {
            item: { resource: { reference: string } }[];
            extension: Json[];
          };
          expect(item.length).to.be.at.least(2);
          for (const { resource: it } of item) expect(names.has(it.reference)).to.equal(true);
          expect(JSON.stringify(extension)).to.include(`"${POLICY_VERSION}"`);
        }
      }),
      RUNS,
    );
  });

  it('L13: collapsing shows the same records, each once: as a match, behind one, or as a recorded copy', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const linked = link(all, OFFLINE);
        const { behind, copies } = collapse(linked);
        const keys = new Set(all.map(recordKey));
        for (const [key, first] of behind) {
          expect(keys.has(key) && keys.has(first)).to.equal(true);
          let root: string | undefined = first;
          for (let steps = 0; root !== undefined; steps++, root = behind.get(root))
            expect(steps).to.be.lessThan(all.length);
        }
        for (const key of copies.keys()) expect(behind.has(key)).to.equal(true);
        const pairs = pairsOf(linked);
        for (const [key, first] of behind)
          expect(pairs.get([key, first].sort().join(' + '))?.conflicts, 'no contradiction stands behind').to.deep.equal(
            [],
          );
      }),
      RUNS,
    );
  });

  it('L14: a terminology changes links only', () => {
    const nothing = termsOf('none', new Map());
    fc.assert(
      fc.property(someRecords(), (all) => {
        const strip = (out: readonly Json[]) => out.map(({ meta: _, extension: __, ...rest }) => rest);
        expect(strip(labelled(all, link(all, nothing)))).to.deep.equal(strip(labelled(all, link(all, OFFLINE))));
      }),
      RUNS,
    );
  });

  it('links what bears on some types as it does among all others, in the same order', () => {
    fc.assert(
      fc.property(someRecords(), fc.nat(12), (all, at) => {
        const types = all.map((it) => it.type);
        const bears = bearingOn(types.slice(at), types);
        const some = view(all.filter((it) => bears(it.type)));
        expect(some).to.deep.equal(view(all).filter((it) => it.members.some((key) => isOf(key, bears))));
      }),
      RUNS,
    );
  });

  it('links what may be crowded whatever is shown: the account tells of it on every page', () => {
    const crowd = Array.from({ length: 251 }, () => 'MedicationRequest');
    expect(bearingOn(['List'], [...crowd, 'List', 'Condition'])('MedicationStatement')).to.equal(true);
    expect(bearingOn(['List'], [...crowd.slice(1), 'List'])('MedicationStatement')).to.equal(false);
  });

  it('reads a record by itself: what else there is changes nothing in it', () => {
    fc.assert(
      fc.property(someRecords(), (all) => {
        const linked = link(all, OFFLINE);
        for (const { members } of [...linked.groups, ...linked.pairs])
          for (const it of members) expect(facetsOf(it.record, OFFLINE)).to.deep.equal(it);
      }),
      { numRuns: 100 },
    );
  });
});

const record716186003: LinkRecord = {
  source: 'mh',
  rank: 3,
  person: '9990000018',
  type: 'AllergyIntolerance',
  id: 'nka',
  resource: {
    resourceType: 'AllergyIntolerance',
    id: 'nka',
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] },
  },
  follow: () => undefined,
};
