import { conflictsOf, groupConflicts } from './conflicts.ts';
import { placesOf } from './blocks.ts';
import { type Facets, facetsOf } from './facets.ts';
import { identifierGroups } from './identifier-groups.ts';
import { keyBy, type PartName } from './key-parts.ts';
import type { Link, Linked } from './links.ts';
import { byText, type LinkRecord, recordKey } from './record.ts';
import { KEY_RULES, type KeyRule, PAIR_RULES, type PairRule, THERAPY_RULE } from './rules.ts';
import type { Terms } from './terms.ts';
import { passAll, shown } from './tests.ts';

/**
 * Links the records of one answer: a pure function of records, policy and terminology snapshot, whatever the order they come
 * in. Groups are formed by equality of identifiers or keys alone; a tolerance makes a pair, and pairs are never joined.
 */
export const link = (records: readonly LinkRecord[], terms: Terms): Linked => {
  const all = once(records)
    .map((it) => facetsOf(it, terms))
    .sort((a, b) => byText(a.key, b.key));
  const groups = [
    ...identifierGroups(all),
    ...[...KEY_RULES, THERAPY_RULE].flatMap((it: KeyRule) => keyGroups(all, it)),
  ];
  return { groups, ...pairsOf(all, groups) };
};

/** A record that came twice is one. */
const once = (records: readonly LinkRecord[]): readonly LinkRecord[] => [
  ...new Map(records.map((it) => [recordKey(it), it])).values(),
];

const keyGroups = (all: readonly Facets[], rule: KeyRule): readonly Link[] => {
  const byKey = new Map<string, Facets[]>();
  for (const facets of all) {
    const key = rule.types.includes(facets.record.type) ? keyBy(rule.key, facets) : undefined;
    if (key === undefined) continue;
    const known = byKey.get(key);
    if (known) known.push(facets);
    else byKey.set(key, [facets]);
  }
  return [...byKey].flatMap(([key, members]) =>
    members.length > 1 && isWhole(rule, members) ? [groupLink(rule, key, members)] : [],
  );
};

/** A copied medicine needs one that it is a copy of. */
const isWhole = ({ id }: KeyRule, members: readonly Facets[]): boolean =>
  id !== 'medicine.copy/1' || (members.some((it) => it.copied) && members.some((it) => !it.copied));

const groupLink = (rule: KeyRule, key: string, members: readonly Facets[]): Link => {
  const sources = new Set(members.map((it) => it.record.source));
  return {
    tier: rule.tier,
    relation: rule.relation,
    rule: rule.id,
    members,
    reasons: [
      ...rule.key.flatMap((it) => (SILENT.has(it) ? [] : [shared(it, members)])),
      ...(sources.size < members.length && rule.relation === 'same-fact' ? ['repeat in source'] : []),
    ],
    conflicts: groupConflicts(members),
    key: `${rule.id}\u0001${key}`,
  };
};

/** What the members share in a part of their key, in words; of what has no words of its own, that it is equal. */
const shared = (part: PartName, members: readonly Facets[]): string => {
  const [first] = members;
  const said = part === 'concept' ? members.flatMap((it) => it.concept.texts[0] ?? []) : SAID[part]?.(first as Facets);
  const words = [said ?? []].flat().filter((it) => it !== '');
  return `equal ${part.replace('-', ' ')}${words.length > 0 ? `: ${[...new Set(words)].sort(byText).slice(0, 4).join(' / ')}` : ''}`;
};

const SAID: Readonly<Partial<Record<PartName, (facets: Facets) => string | undefined>>> = {
  day: ({ when }) => when?.day,
  values: shown,
  site: ({ site }) => [site.side, site.place].flatMap((it) => it ?? []).join(' '),
  organisation: ({ ods }) => ods,
  ingredient: ({ product }) => product?.ingredient,
  dosage: ({ dosage }) => dosage,
};

/** Parts that are conditions rather than grounds. */
const SILENT: ReadonlySet<string> = new Set(['positive', 'taken', 'stance']);

/** More records than this in one place are a crowd: who looks into it would be compared with all, and all with each other. */
const CROWD = 250;

const pairsOf = (all: readonly Facets[], groups: readonly Link[]): Pick<Linked, 'pairs' | 'crowded'> => {
  const groupsOf = new Map<Facets, Set<number>>();
  groups.forEach(({ members, relation }, at) => {
    if (relation === 'same-therapy') return;
    for (const it of members) groupsOf.set(it, (groupsOf.get(it) ?? new Set()).add(at));
  });
  const waiting = new Map<string, number[]>();
  const places = all.map(placesOf);
  places.forEach(({ waits }, at) => {
    for (const place of new Set(waits)) {
      const known = waiting.get(place);
      if (known) known.push(at);
      else waiting.set(place, [at]);
    }
  });
  const seen = new Set<number>();
  let crowded = false;
  const pairs: (readonly [number, number, Link])[] = [];
  places.forEach(({ looks }, at) => {
    for (const place of new Set(looks)) {
      const others = waiting.get(place) ?? [];
      if (others.length > CROWD) {
        crowded = true;
        continue;
      }
      for (const other of others) {
        if (other === at) continue;
        const [one, two] = at < other ? [at, other] : [other, at];
        const pair = one * all.length + two;
        if (seen.has(pair)) continue;
        seen.add(pair);
        const [a, b] = [all[one] as Facets, all[two] as Facets];
        if (shareGroup(groupsOf.get(a), groupsOf.get(b))) continue;
        const found = pairLink(a, b);
        if (found) pairs.push([one, two, found]);
      }
    }
  });
  return { pairs: pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , it]) => it), crowded };
};

const shareGroup = (a: ReadonlySet<number> | undefined, b: ReadonlySet<number> | undefined): boolean =>
  a !== undefined && b !== undefined && [...a].some((it) => b.has(it));

const rulesOf = new Map<string, readonly PairRule[]>();
const rulesFor = (type: string): readonly PairRule[] => {
  let rules = rulesOf.get(type);
  if (!rules) {
    rules = (PAIR_RULES as readonly PairRule[]).filter(({ types }) => types.includes(type) || types.includes('*'));
    rulesOf.set(type, rules);
  }
  return rules;
};

/** The first rule that holds for two records of one person and family. */
export const pairLink = (a: Facets, b: Facets): Link | undefined => {
  if (a.record.person !== b.record.person || a.family !== b.family) return undefined;
  for (const { id, tier, relation, tests } of rulesFor(a.record.type)) {
    const reasons = passAll(tests, a, b);
    if (!reasons) continue;
    return {
      tier,
      relation,
      rule: id,
      members: [a, b],
      reasons,
      conflicts: conflictsOf(a, b),
      key: `${id}\u0001${a.key}\u0001${b.key}`,
    };
  }
  return undefined;
};
