import { atOnce } from '../adapter/index.ts';
import { groupConflicts } from './conflicts.ts';
import { type Facets, facetsOf } from './facets.ts';
import { identifierGroups } from './identifier-groups.ts';
import { keyBy, type PartName } from './key-parts.ts';
import type { Link, Linked } from './links.ts';
import { byText, type LinkRecord, recordKey } from './record.ts';
import { pairsOf } from './pairs.ts';
import { KEY_RULES, type KeyRule, THERAPY_RULE } from './rules.ts';
import type { Terms } from './terms.ts';
import { shown } from './tests.ts';

/**
 * Links the records of one answer: a pure function of records, policy and terminology snapshot, whatever the order they come
 * in. Groups are formed by equality of identifiers or keys alone; a tolerance makes a pair, and pairs are never joined.
 */
export const link = (records: readonly LinkRecord[], terms: Terms): Linked => atOnce(linkInSteps(records, terms));

/** The same in steps, for records of which there may be many. */
export function* linkInSteps(records: readonly LinkRecord[], terms: Terms): Generator<undefined, Linked> {
  const all: Facets[] = [];
  for (const record of once(records)) {
    all.push(facetsOf(record, terms));
    yield;
  }
  all.sort((a, b) => byText(a.key, b.key));
  const groups = [...identifierGroups(all), ...keyGroups(all)];
  yield;
  return { groups, ...(yield* pairsOf(all, groups)) };
}

/** A record that came twice is one. */
const once = (records: readonly LinkRecord[]): readonly LinkRecord[] => [
  ...new Map(records.map((it) => [recordKey(it), it])).values(),
];

const RULES: readonly KeyRule[] = [...KEY_RULES, THERAPY_RULE];
const rulesByType = new Map<string, readonly KeyRule[]>();
const keyRulesFor = (type: string): readonly KeyRule[] => {
  let rules = rulesByType.get(type);
  if (!rules) rulesByType.set(type, (rules = RULES.filter((it) => it.types.includes(type))));
  return rules;
};

const keyGroups = (all: readonly Facets[]): readonly Link[] => {
  const byRule = new Map(RULES.map((it) => [it, new Map<string, Facets[]>()]));
  for (const facets of all)
    for (const rule of keyRulesFor(facets.record.type)) {
      const key = keyBy(rule.key, facets);
      if (key === undefined) continue;
      const groups = byRule.get(rule) as Map<string, Facets[]>;
      const known = groups.get(key);
      if (known) known.push(facets);
      else groups.set(key, [facets]);
    }
  return [...byRule].flatMap(([rule, groups]) =>
    [...groups].flatMap(([key, members]) =>
      members.length > 1 && isWhole(rule, members) ? [groupLink(rule, key, members)] : [],
    ),
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
