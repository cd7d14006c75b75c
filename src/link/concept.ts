import { isObject, objects, SYSTEM, text } from '../fhir/index.ts';
import { codesOf, nilScope, textOf } from './codes.ts';
import { type Code, codeKey, type Terms } from './terms.ts';
import type { Phrases } from './phrases.ts';
import { FILLER } from './vocabulary.ts';
import { contextOf, nameOf, tokensOf, withoutMarks } from './words.ts';
import { byText } from './record.ts';

/** What a record is about, in every form in which another may say the same. */
export interface Concept {
  /** The exact concept: its code, the active or agent code where the terminology names one; undefined without a code. */
  readonly key: string | undefined;
  /** All codes that mean the same. */
  readonly codes: ReadonlySet<string>;
  /** Codes that a map of another kind joins to it: many to one, or inexact. */
  readonly mapped: ReadonlySet<string>;
  /** Wider codes. */
  readonly wider: ReadonlySet<string>;
  readonly systems: ReadonlySet<string>;
  /** Its names as sorted words; none where a context word stands in it. */
  readonly names: readonly string[];
  /** What was read, for reasons and context. */
  readonly texts: readonly string[];
  /** What it says is not known: `any`, `medication`; undefined where it says no such thing. */
  readonly nil: string | undefined;
}

/** How the names of a kind of concept are read, and whether a map from finding to agent makes its key. */
export interface Naming {
  readonly phrases: Phrases;
  readonly filler: readonly string[];
  readonly agents?: true;
  /** Words to leave out of a text before it is read as a name: sides, doses. */
  readonly without?: (text: string) => string;
}

const PUBLISHED: ReadonlySet<string> = new Set([
  SYSTEM.snomed,
  SYSTEM.dmd,
  SYSTEM.readV2,
  SYSTEM.ctv3,
  SYSTEM.icd10,
  SYSTEM.opcs4,
  'http://loinc.org',
]);

const SAME: ReadonlySet<string> = new Set(['equal', 'equivalent']);
const WIDER: ReadonlySet<string> = new Set(['subsumes']);
const MAX_STEPS = 8;

const memory = new WeakMap<Terms, WeakMap<Naming, Map<string, Concept>>>();
const MAX_KNOWN = 20_000;

/** Reads a CodeableConcept, or several that say one thing. Records repeat each other: what was read once is known. */
export const conceptOf = (concepts: readonly unknown[], naming: Naming, terms: Terms): Concept => {
  let byNaming = memory.get(terms);
  if (!byNaming) memory.set(terms, (byNaming = new WeakMap<Naming, Map<string, Concept>>()));
  let known = byNaming.get(naming);
  if (!known || known.size > MAX_KNOWN) byNaming.set(naming, (known = new Map<string, Concept>()));
  const said = concepts.map(saidBy).join('\u0002');
  let concept = known.get(said);
  if (!concept) known.set(said, (concept = readConcept(concepts, naming, terms)));
  return concept;
};

const saidBy = (concept: unknown): string => {
  if (!isObject(concept)) return '';
  let said = text(concept['text']) ?? '';
  for (const it of objects(concept['coding']))
    said += `\u0001${String(it['system'])}|${String(it['code'])}|${String(it['display'])}`;
  return said;
};

const readConcept = (concepts: readonly unknown[], naming: Naming, terms: Terms): Concept => {
  const codings = concepts.flatMap(codesOf).sort(preferred);
  const own = concepts.flatMap((it) => textOf(it) ?? []);
  const exact = codings.map((it) => follow(it, SAME, terms));
  const same = exact.flat();
  const agents = naming.agents ? same.flatMap((it) => agentOf(it, terms)) : [];
  const first = exact[0];
  const last = first?.[first.length - 1];
  const key = last && (naming.agents ? (agentOf(last, terms)[0] ?? last) : last);
  // What a local system calls its code counts only where nothing else names it.
  const published = codings.filter((it) => PUBLISHED.has(it.system));
  const displays = (published.length > 0 ? published : codings).flatMap((it) => it.display ?? []);
  const texts = [...own, ...(codings[0]?.display === undefined ? [] : [codings[0].display])];
  const codes = [...same, ...agents];
  return {
    key: key && codeKey(key),
    codes: keys(codes),
    mapped: keys(
      same.flatMap((it) => terms.matches(it).filter((to) => !SAME.has(to.equivalence) && !WIDER.has(to.equivalence))),
    ),
    wider: keys(codes.flatMap((it) => follow(it, WIDER, terms).slice(1))),
    systems: new Set(codes.map((it) => it.system)),
    names: texts.some((it) => contextOf(it) !== undefined) ? [] : namesOf([...own, ...displays], naming),
    texts,
    nil: nilScope(codings),
  };
};

const fillers = new WeakMap<readonly string[], ReadonlySet<string>>();
const fillerOf = (words: readonly string[]): ReadonlySet<string> => {
  let set = fillers.get(words);
  if (!set) fillers.set(words, (set = new Set([...FILLER.any, ...words].flatMap(tokensOf))));
  return set;
};

const namesOf = (texts: readonly string[], { phrases, filler, without = (it) => it }: Naming): readonly string[] => {
  const names = texts
    .filter((it) => contextOf(it) === undefined)
    .map((it) => nameOf(without(withoutMarks(it)), { phrases, filler: fillerOf(filler) }));
  return [...new Set(names)].filter((it) => it !== '').sort();
};

const keys = (codes: readonly Code[]): ReadonlySet<string> => new Set(codes.map(codeKey));

/** SNOMED CT before dm+d before any other; within one system in order of codes, so that the order sent says nothing. */
export const preferred = (a: Code, b: Code): number => rank(a) - rank(b) || byText(codeKey(a), codeKey(b));
const rank = ({ system }: Code): number => (system === SYSTEM.snomed ? 0 : system === SYSTEM.dmd ? 1 : 2);

/** A code and all that matches lead to from it, nearest first. */
const follow = (code: Code, wanted: ReadonlySet<string>, terms: Terms): readonly Code[] => {
  const found: Code[] = [code];
  const seen = new Set([codeKey(code)]);
  for (let at = 0; at < found.length && at < MAX_STEPS; at++) {
    const matches = terms.matches(found[at] as Code).filter((it) => wanted.has(it.equivalence));
    for (const match of [...matches].sort((a, b) => byText(codeKey(a), codeKey(b)))) {
      if (seen.has(codeKey(match))) continue;
      seen.add(codeKey(match));
      found.push(match);
    }
  }
  return found;
};

/** The causative agent of a finding or product, where exactly one is known. */
const agentOf = (code: Code, terms: Terms): readonly Code[] => {
  const agents = terms.matches(code).filter((it) => it.equivalence === 'relatedto');
  return agents.length === 1 ? agents : [];
};

/** How two concepts agree, the surest way first; undefined where they do not, or nobody can tell. */
export type Agreement = 'code' | 'text' | 'map' | 'hierarchy' | 'wording';

export const agreementOf = (a: Concept, b: Concept): Agreement | undefined => {
  if (a.key !== undefined && a.key === b.key) return 'code';
  const differ = differInCode(a, b);
  if (!differ && meet(a.codes, b.codes)) return 'code';
  if (meet(a.wider, b.codes) || meet(b.wider, a.codes)) return 'hierarchy';
  if (a.names.some((it) => b.names.includes(it))) return 'text';
  if (meet(a.mapped, b.codes) || meet(b.mapped, a.codes)) return 'map';
  return a.names.some((one) => b.names.some((other) => isPart(one, other) || isPart(other, one)))
    ? 'wording'
    : undefined;
};

/** True where both are coded in one system, each with a main code of its own. */
export const differInCode = (a: Concept, b: Concept): boolean => {
  if (a.key === undefined || b.key === undefined || a.key === b.key) return false;
  return systemOf(a.key) === systemOf(b.key);
};
const systemOf = (key: string): string => key.slice(0, key.lastIndexOf('|'));

export const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const it of few) if (many.has(it)) return true;
  return false;
};

/** True where all words of one name are among those of another. */
const isPart = (part: string, whole: string): boolean => {
  if (part === whole) return false;
  const words = ` ${whole} `;
  return part.split(' ').every((it) => words.includes(` ${it} `));
};
