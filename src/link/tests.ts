import { list, objects, text } from '../fhir/index.ts';
import { type Agreement, agreementOf, type Concept, differInCode, meet } from './concept.ts';
import type { Facets } from './facets.ts';
import { valuesAgree } from './quantity.ts';
import { TOLERANCE } from './policy.ts';
import { sitesAgree } from './site.ts';
import { statusCode } from './stance.ts';
import { agreeCoarsely, daysApart, type When } from './when.ts';

/** Why something holds, in words; or how to find them, where that is dear and the next test may fail. */
type Reason = string | (() => string);

/** True, or the reason; undefined and false where it does not hold. Symmetric. */
type Test = (a: Facets, b: Facets) => Reason | boolean | undefined;

/** What rules for pairs may ask of two records. */
export const TESTS = {
  positive: (a, b) => a.concept.nil === undefined && b.concept.nil === undefined,
  'stance-same': (a, b) => a.stance === b.stance && a.stance !== 'entered-in-error',
  'stance-opposed': (a, b) =>
    a.stance !== b.stance &&
    OPPOSED.has(a.stance) &&
    OPPOSED.has(b.stance) &&
    `stance differs: ${[a.stance, b.stance].sort().join(' against ')}`,
  'concept-same': (a, b) => told(agreement(a, b), ['code', 'text']) && !codedApart(a, b) && agreed(a, b),
  'concept-same-or-mapped': (a, b) =>
    told(agreement(a, b), ['code', 'text', 'map']) && !codedApart(a, b) && agreed(a, b),
  'concept-mapped': (a, b) => agreement(a, b) === 'map' && agreed(a, b),
  'concept-alike': (a, b) => told(agreement(a, b), ['code', 'text', 'map']) && agreed(a, b),
  'concept-any': (a, b) => agreement(a, b) !== undefined && agreed(a, b),
  wording: (a, b) => agreement(a, b) === 'wording' && agreed(a, b),
  'concept-near': (a, b) => told(agreement(a, b), ['hierarchy', 'text', 'map']) && agreed(a, b),
  'analyte-same': (a, b) => told(agreement(a, b), ['code', 'text', 'map']) && agreed(a, b),
  'analyte-near': (a, b) => told(agreement(a, b), ['hierarchy', 'wording', 'text', 'map']) && agreed(a, b),
  'sites-agree': (a, b) => sitesAgree(a.site, b.site),
  'onset-near': (a, b) => onsetNear(a, b),
  'dated-near': (a, b) => nearIn(a.when ?? a.noted, b.when ?? b.noted, TOLERANCE.recorded),
  'recorded-near': (a, b) =>
    (a.when === undefined || b.when === undefined) && nearIn(a.when ?? a.noted, b.when ?? b.noted, TOLERANCE.recorded),
  'onset-unknown': (a, b) => (a.when === undefined || b.when === undefined) && 'onset is not told on both sides',
  'onset-about': (a, b) => nearIn(a.when, b.when, TOLERANCE.recorded),
  'onset-about-apart': (a, b) => a.record.source !== b.record.source && nearIn(a.when, b.when, TOLERANCE.recorded),
  'onset-about-or-unknown': (a, b) =>
    a.when === undefined || b.when === undefined || nearIn(a.when, b.when, TOLERANCE.recorded),
  'onset-near-or-unknown': (a, b) => a.when === undefined || b.when === undefined || onsetNear(a, b),
  'given-near': (a, b) => nearIn(a.when, b.when, TOLERANCE.given),
  'given-about': (a, b) => givenAbout(a, b),
  'given-or-missed': (a, b) => nearIn(a.when, b.when, TOLERANCE.cancelled),
  'performed-near': (a, b) => nearIn(a.when, b.when, TOLERANCE.performed),
  'performed-about': (a, b) => nearIn(a.when, b.when, TOLERANCE.cancelled),
  'day-same': (a, b) => a.when?.day !== undefined && a.when.day === b.when?.day && `same day: ${a.when.day}`,
  'minute-same': (a, b) => a.when?.minute !== undefined && a.when.minute === b.when?.minute && 'same minute',
  'class-same': (a, b) => a.class !== undefined && a.class === b.class && `same class: ${a.class}`,
  'organisation-same': (a, b) => a.ods !== undefined && a.ods === b.ods && `same organisation: ${a.ods}`,
  'doses-agree': (a, b) => a.doseNumber === undefined || b.doseNumber === undefined || a.doseNumber === b.doseNumber,
  'vaccine-same': (a, b) => sameVaccine(a, b),
  'vaccine-alike': (a, b) =>
    sameVaccine(a, b) ||
    (overlap(a.antigens, b.antigens) && 'antigens in common') ||
    (a.lot !== undefined && a.lot === b.lot && 'same lot'),
  'lot-same': (a, b) => a.lot !== undefined && a.lot === b.lot && `same lot: ${a.lot}`,
  'antigens-agree': (a, b) => !a.antigens?.length || !b.antigens?.length || a.antigens.join() === b.antigens.join(),
  'antigens-within': (a, b) =>
    (within(a.antigens, b.antigens) || within(b.antigens, a.antigens)) && 'one is a component of the other',
  'values-agree': (a, b) => sameValues(a, b) && `equal value: ${shown(a)}`,
  'values-differ': (a, b) => shown(a) !== '' && shown(b) !== '' && !sameValues(a, b) && 'values differ',
  'value-amended': (a, b) =>
    shown(a) !== '' &&
    !sameValues(a, b) &&
    comparable(a, b) &&
    isAmended(a, b) &&
    'one side is preliminary, amended or corrected',
  'result-same': (a, b) => sameValues(a, b) || takenExactly(a, b),
  'taken-exactly': (a, b) => takenExactly(a, b),
  'specimen-same': (a, b) => a.accession !== undefined && a.accession === b.accession && 'same specimen',
  'taking-agrees': (a, b) => takingAgrees(a, b),
  'issued-agrees': (a, b) => {
    const [one, other] = [a.issued ?? a.when, b.issued ?? b.when];
    if (one?.day === undefined || one.day !== other?.day) return false;
    return (
      (one.minute === undefined || other.minute === undefined || one.minute === other.minute) && `issued on ${one.day}`
    );
  },
  'results-same': (a, b) => {
    const [one, other] = [a.results ?? [], b.results ?? []];
    return (
      one.length > 0 &&
      one.length === other.length &&
      one.every((it, at) => valuesAgree(it, other[at] as typeof it)) &&
      'same results'
    );
  },
  'accessions-agree': (a, b) => a.accession === undefined || b.accession === undefined || a.accession === b.accession,
  'content-agrees': (a, b) => (a.hash === undefined || b.hash === undefined) && identifiersAgree(a, b),
  'identifiers-agree': (a, b) => identifiersAgree(a, b),
  'identifier-shared': (a, b) => {
    const shared = a.identifiers.find((one) =>
      b.identifiers.some((it) => it.system === one.system && it.value === one.value),
    );
    return shared && sameSubject(a, b) && `shared identifier of ${shared.system}`;
  },
  'nil-against-positive': (a, b) => nilAgainst(a, b) ?? nilAgainst(b, a),
  'nil-both': (a, b) =>
    a.concept.nil !== undefined && b.concept.nil !== undefined && 'both state that nothing is known',
  'ingredient-same': (a, b) =>
    a.product?.ingredient !== undefined &&
    a.product.ingredient !== '' &&
    a.product.ingredient === b.product?.ingredient &&
    `same ingredient: ${a.product.ingredient}`,
  'document-replaces': (a, b) => replaces(a, b) ?? replaces(b, a),
} as const satisfies Readonly<Record<string, Test>>;

export type TestName = keyof typeof TESTS;

/** The reasons of a pair that passes all tests; undefined where it fails one. */
export const passAll = (names: readonly TestName[], a: Facets, b: Facets): readonly string[] | undefined => {
  const reasons: Reason[] = [];
  for (const name of names) {
    const outcome: ReturnType<Test> = TESTS[name](a, b);
    if (outcome === undefined || outcome === false) return undefined;
    if (outcome !== true) reasons.push(outcome);
  }
  return reasons.map((it) => (typeof it === 'string' ? it : it()));
};

/** Stances that contradict or follow each other: somebody else's, or a risk, is another fact. */
const OPPOSED: ReadonlySet<string> = new Set([
  'asserted',
  'refuted',
  'entered-in-error',
  'not-done',
  'planned',
  'suspected',
  'negated',
]);

// Several rules ask it of one pair, one after another.
let asked: { readonly a: Concept; readonly b: Concept; readonly found: Agreement | undefined } | undefined;
const agreement = ({ concept: a }: Facets, { concept: b }: Facets): Agreement | undefined => {
  if (asked?.a !== a || asked.b !== b) asked = { a, b, found: agreementOf(a, b) };
  return asked.found;
};
const told = <T>(value: T | undefined, wanted: readonly T[]): boolean => value !== undefined && wanted.includes(value);

/** One name, and different codes of one system: then the codes count. */
const codedApart = ({ concept: a }: Facets, { concept: b }: Facets): boolean =>
  differInCode(a, b) && !meet(a.codes, b.codes);

const HOW = {
  code: 'same code',
  text: 'same words',
  map: 'codes joined by a map',
  hierarchy: 'one is wider than the other',
  wording: 'telling words in common',
} as const;
const agreed = (a: Facets, b: Facets) => (): string => {
  const how = agreement(a, b);
  return how
    ? `${HOW[how]}: ${[a.concept.texts[0], b.concept.texts[0]]
        .flatMap((it) => it ?? [])
        .sort()
        .join(' / ')}`
    : '';
};

const nearIn = (a: When | undefined, b: When | undefined, days: number): string | undefined => {
  if (a === undefined || b === undefined) return undefined;
  const apart = daysApart(a, b);
  if (apart === undefined) return agreeCoarsely(a, b) ? 'dates equal at the coarser precision' : undefined;
  return apart > days ? undefined : apart === 0 ? `same day: ${a.day ?? ''}` : `${apart} days apart`;
};

/** A vaccine is given again after weeks, not days; but for rabies after a bite. */
const givenAbout = (a: Facets, b: Facets): string | undefined => {
  const isCourseOfDays = [a, b].some((it) => it.antigens?.includes('rabies'));
  if (a.when === undefined || b.when === undefined)
    return isCourseOfDays ? undefined : nearIn(a.when ?? a.noted, b.when ?? b.noted, TOLERANCE.vaccineRecorded);
  return nearIn(a.when, b.when, isCourseOfDays ? TOLERANCE.given : TOLERANCE.sameVaccine);
};

/** Two onsets to the day in one source are two episodes, however near. */
const onsetNear = (a: Facets, b: Facets): string | undefined => {
  const apart = a.when && b.when && daysApart(a.when, b.when);
  if (apart !== undefined && apart > 0 && a.record.source === b.record.source) return undefined;
  return nearIn(a.when, b.when, TOLERANCE.onset);
};

/** Taken at one time from one specimen as far as both tell: neither may say another time or specimen. */
const takingAgrees = (a: Facets, b: Facets): string | undefined => {
  if (a.accession !== undefined && a.accession === b.accession) return 'same specimen';
  if (a.when?.day === undefined || a.when.day !== b.when?.day) return undefined;
  if (a.accession !== undefined && b.accession !== undefined) return undefined;
  if (a.when.minute !== undefined && b.when.minute !== undefined)
    return a.when.minute === b.when.minute ? 'same minute' : undefined;
  return `same day: ${a.when.day}`;
};

/** From one specimen, or in one minute where a specimen is not told on both sides. */
const takenExactly = (a: Facets, b: Facets): string | undefined => {
  const agreed = takingAgrees(a, b);
  return agreed === 'same specimen' || agreed === 'same minute' ? agreed : undefined;
};

const UNSETTLED: ReadonlySet<unknown> = new Set(['registered', 'preliminary', 'amended', 'corrected']);
const isAmended = (a: Facets, b: Facets): boolean =>
  [a, b].some((it) => UNSETTLED.has(statusCode(it.record.resource['status'])));

/** Values of one dimension: 48 % is no amendment of 48 mmol/mol. */
const comparable = (a: Facets, b: Facets): boolean =>
  a.value?.dimension === b.value?.dimension && a.parts?.length === b.parts?.length;

const sameValues = (a: Facets, b: Facets): boolean => {
  if (a.parts !== undefined || b.parts !== undefined) {
    const [one, other] = [a.parts ?? [], b.parts ?? []];
    return one.length === other.length && one.every((it, at) => valuesAgree(it, other[at] as typeof it));
  }
  return a.value !== undefined && b.value !== undefined && valuesAgree(a.value, b.value);
};

/** The values of a result as written. */
export const shown = ({ value, parts }: Facets): string =>
  [...(value ? [value] : []), ...(parts ?? [])].map((it) => it.shown).join(', ');

const sameVaccine = (a: Facets, b: Facets): Reason | undefined => {
  if (told(agreement(a, b), ['code', 'text']) && !codedApart(a, b)) return agreed(a, b);
  const [one, other] = [a.antigens ?? [], b.antigens ?? []];
  return one.length > 0 && one.join() === other.join() ? `same antigens: ${one.join(', ')}` : undefined;
};

const overlap = (a: readonly string[] = [], b: readonly string[] = []): boolean => a.some((it) => b.includes(it));
const within = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length > 0 && a.length < b.length && a.every((it) => b.includes(it));

/** True unless both have a persistent identifier of one system, and none in common. */
const identifiersAgree = (a: Facets, b: Facets): boolean =>
  !a.identifiers.some((one) => {
    const others = b.identifiers.filter((it) => it.system === one.system);
    return others.length > 0 && !others.some((it) => it.value === one.value);
  });

/** What an identifier that several records of one report or prescription share must go with. */
const sameSubject = (a: Facets, b: Facets): boolean =>
  a.family === 'Observation'
    ? told(agreement(a, b), ['code', 'text', 'map'])
    : a.family !== 'Medicine' || a.product?.ingredient === b.product?.ingredient;

const nilAgainst = (nil: Facets, positive: Facets): string | undefined => {
  const scope = nil.concept.nil;
  if (
    scope === undefined ||
    nil.stance !== 'negated' ||
    positive.concept.nil !== undefined ||
    positive.stance !== 'asserted'
  )
    return undefined;
  const categories = list(positive.record.resource['category']);
  if (scope !== 'any' && categories.length > 0 && !categories.includes(scope)) return undefined;
  return `nothing known (${scope}) against an allergy`;
};

const replaces = (a: Facets, b: Facets): string | undefined => {
  if (a.record.source !== b.record.source) return undefined;
  const targets = objects(a.record.resource['relatesTo']).flatMap((it) => objects(it['target']));
  const wanted = `${b.record.type}/${b.record.id}`;
  return targets.some((it) => text(it['reference']) === wanted) ? 'one names the other as its predecessor' : undefined;
};
