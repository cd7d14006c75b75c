import { type Places, placesOf } from './blocks.ts';
import { conflictsOf } from './conflicts.ts';
import type { Facets } from './facets.ts';
import type { Link, Linked } from './links.ts';
import { PAIR_RULES, type PairRule } from './rules.ts';
import { passAll } from './tests.ts';

/** More records than this in one place are a crowd: who looks into it would be compared with all, and all with each other. */
export const CROWD = 250;

/** Who looks into a place, and how many wait there. */
interface Place {
  readonly lookers: number[];
  waiting: number;
}

/** A record that waits in a place where somebody looks. */
interface Wait {
  readonly place: Place;
  readonly at: number;
}

/**
 * The pairs that a rule joins, of records that no group joins already, a step for each record that waits somewhere. Only
 * records that meet in a place are compared.
 */
export function* pairsOf(
  all: readonly Facets[],
  groups: readonly Link[],
): Generator<undefined, Pick<Linked, 'pairs' | 'crowded'>> {
  const together = togetherIn(groups);
  const seen = new Set<number>();
  let crowded = false;
  const pairs: (readonly [at: number, link: Link])[] = [];
  for (const { place, at } of waitsIn(all.map(placesOf))) {
    if (place.waiting > CROWD) {
      crowded = true;
      continue;
    }
    for (const other of place.lookers) {
      if (other === at) continue;
      const [one, two] = at < other ? [at, other] : [other, at];
      const pair = one * all.length + two;
      if (seen.has(pair)) continue;
      seen.add(pair);
      const [a, b] = [all[one] as Facets, all[two] as Facets];
      const found = together(a, b) ? undefined : pairLink(a, b);
      if (found) pairs.push([pair, found]);
    }
    yield;
  }
  return { pairs: pairs.sort((a, b) => a[0] - b[0]).map(([, it]) => it), crowded };
}

/** Places by scope, mark and name. */
type Scopes = Map<string, Map<string, Map<string, Place>>>;

const waitsIn = (all: readonly (readonly Places[])[]): readonly Wait[] => {
  const scopes: Scopes = new Map();
  forEach(all, ({ scope, marks, looks }, at) => {
    if (looks.length === 0) return;
    const byMark = getOr(scopes, scope, () => new Map<string, Map<string, Place>>());
    for (const mark of marks) {
      const places = getOr(byMark, mark, () => new Map<string, Place>());
      for (const look of looks) getOr(places, look, (): Place => ({ lookers: [], waiting: 0 })).lookers.push(at);
    }
  });
  const found: Wait[] = [];
  forEach(all, ({ scope, marks, waits }, at) => {
    const byMark = scopes.get(scope);
    if (!byMark) return;
    for (const mark of marks) {
      const places = byMark.get(mark);
      if (!places) continue;
      for (const wait of waits) {
        const place = places.get(wait);
        if (!place) continue;
        place.waiting += 1;
        found.push({ place, at });
      }
    }
  });
  return found;
};

const forEach = (all: readonly (readonly Places[])[], work: (places: Places, at: number) => void): void => {
  all.forEach((own, at) => own.forEach((it) => work(it, at)));
};

const getOr = <T>(map: Map<string, T>, key: string, make: () => T): T => {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
};

/** Tells whether two records are of one group; those of one therapy are still compared. */
const togetherIn = (groups: readonly Link[]): ((a: Facets, b: Facets) => boolean) => {
  const groupsOf = new Map<Facets, Set<number>>();
  groups.forEach(({ members, relation }, at) => {
    if (relation !== 'same-therapy')
      for (const it of members) groupsOf.set(it, (groupsOf.get(it) ?? new Set()).add(at));
  });
  return (a, b) => {
    const [one, other] = [groupsOf.get(a), groupsOf.get(b)];
    return one !== undefined && other !== undefined && [...one].some((it) => other.has(it));
  };
};

const rulesByType = new Map<string, readonly PairRule[]>();
const rulesFor = (type: string): readonly PairRule[] => {
  let rules = rulesByType.get(type);
  if (!rules) {
    rules = (PAIR_RULES as readonly PairRule[]).filter(({ types }) => types.includes(type) || types.includes('*'));
    rulesByType.set(type, rules);
  }
  return rules;
};

/** The first rule that holds for two records of one person and family. */
const pairLink = (a: Facets, b: Facets): Link | undefined => {
  if (a.record.person !== b.record.person || a.family !== b.family) return undefined;
  for (const { id, tier, relation, tests } of rulesFor(a.record.type)) {
    const reasons = passAll(tests, a, b);
    if (!reasons) continue;
    const key = `${id}\u0001${a.key}\u0001${b.key}`;
    return { tier, relation, rule: id, members: [a, b], reasons, conflicts: conflictsOf(a, b), key };
  }
  return undefined;
};
