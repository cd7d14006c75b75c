import { type Places, placesOf } from './blocks.ts';
import { conflictsOf } from './conflicts.ts';
import type { Facets } from './facets.ts';
import type { Link, Linked } from './links.ts';
import { PAIR_RULES, type PairRule } from './rules.ts';
import { passAll } from './tests.ts';

/** More records than this in one place are a crowd: who looks into it would be compared with all, and all with each other. */
const CROWD = 250;

/** Who looks into a place, and how many wait there. */
interface Place {
  readonly lookers: number[];
  waiting: number;
}

/** The pairs that a rule joins, of records that no group joins already. Only records that meet in a place are compared. */
export const pairsOf = (all: readonly Facets[], groups: readonly Link[]): Pick<Linked, 'pairs' | 'crowded'> => {
  const together = togetherIn(groups);
  const places = all.map(placesOf);
  const marks = placesLookedInto(places);
  const seen = new Set<number>();
  let crowded = false;
  const pairs: (readonly [at: number, link: Link])[] = [];
  eachWait(places, marks, (place, at) => {
    if (place.waiting > CROWD) {
      crowded = true;
      return;
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
  });
  return { pairs: pairs.sort((a, b) => a[0] - b[0]).map(([, it]) => it), crowded };
};

type Marks = ReadonlyMap<string, ReadonlyMap<string, Place>>;

const placesLookedInto = (all: readonly Places[]): Marks => {
  const marks = new Map<string, Map<string, Place>>();
  all.forEach(({ scope, marks: own, looks }, at) => {
    for (const mark of own) {
      const key = `${scope}${mark}`;
      let places = marks.get(key);
      if (!places) marks.set(key, (places = new Map<string, Place>()));
      for (const look of looks) {
        const place = places.get(look);
        if (place) place.lookers.push(at);
        else places.set(look, { lookers: [at], waiting: 0 });
      }
    }
  });
  eachWait(all, marks, (place) => (place.waiting += 1));
  return marks;
};

const eachWait = (all: readonly Places[], marks: Marks, visit: (place: Place, at: number) => void): void => {
  all.forEach(({ scope, marks: own, waits }, at) => {
    for (const mark of own) {
      const places = marks.get(`${scope}${mark}`);
      if (!places) continue;
      for (const wait of waits) {
        const place = places.get(wait);
        if (place) visit(place, at);
      }
    }
  });
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
