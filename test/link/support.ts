import type { Json } from '../../src/fhir/index.ts';
import { conflictsOf } from '../../src/link/conflicts.ts';
import { link } from '../../src/link/link.ts';
import type { Link, Linked } from '../../src/link/links.ts';
import { type LinkRecord, recordKey } from '../../src/link/record.ts';
import { OFFLINE, type Terms } from '../../src/link/terms.ts';

export const SNOMED = 'http://snomed.info/sct';
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10';
export const LOINC = 'http://loinc.org';
export const UCUM = 'http://unitsofmeasure.org';

export const coded = (code: string, display?: string, system = SNOMED): Json => ({
  coding: [{ system, code, ...(display !== undefined && { display }) }],
});
export const status = (code: string): Json => ({ coding: [{ code }] });

/** A record of a source; what it refers to stands in `world` by `Type/id`. */
export const record = (source: string, resource: Json, world: Readonly<Record<string, Json>> = {}): LinkRecord => ({
  source,
  rank: ['gp', 'acute', 'community', 'mh'].indexOf(source),
  person: '9990000018',
  type: String(resource['resourceType']),
  id: String(resource['id']),
  resource,
  follow: (reference) => world[String((reference as Json)['reference'])],
});

export interface Pair {
  readonly tier: string;
  readonly relation: string;
  readonly rule: string;
  readonly conflicts: readonly string[];
}

/** Every linked pair by the keys of its two records; of two links the surer one. */
export const pairsOf = ({ groups, pairs }: Linked): ReadonlyMap<string, Pair> => {
  const found = new Map<string, Pair>();
  const add = (it: Link): void =>
    it.members.forEach((a, at) => {
      for (const b of it.members.slice(at + 1)) {
        const key = [a.key, b.key].sort().join(' + ');
        const known = found.get(key);
        if (known && known.tier <= it.tier) continue;
        const conflicts = conflictsOf(a, b).map(({ path }) => path);
        found.set(key, { tier: it.tier, relation: it.relation, rule: it.rule, conflicts });
      }
    });
  for (const it of [...groups, ...pairs]) add(it);
  return found;
};

/** How two records are linked; undefined where they are not. */
export const between = (a: LinkRecord, b: LinkRecord, terms: Terms = OFFLINE): Pair | undefined =>
  pairsOf(link([a, b], terms)).get([recordKey(a), recordKey(b)].sort().join(' + '));
