import { SYSTEM } from './canonicals.ts';
import { dateRange } from './dates.ts';
import { digits, isNumber } from './json.ts';
import { isObject, list, objects } from './types.ts';

/** What an invariant may do to a draft that breaks it. */
export interface Remedy {
  /** Moves an element, or one of its values, into an extension and reports it. */
  readonly move: (name: string, index?: number) => void;
  /** Marks a missing element with data-absent-reason unknown and reports it. */
  readonly absent: (name: string) => void;
}

type Draft = Readonly<Record<string, unknown>>;
export type Invariant = (draft: Draft, remedy: Remedy) => void;

const has = (draft: Draft, name: string): boolean => draft[name] !== undefined || draft[`_${name}`] !== undefined;
const coded = (value: unknown, ...codes: readonly string[]): boolean =>
  isObject(value) && objects(value['coding']).some((it) => codes.includes(String(it['code'])));

/** A code or value asks for its system: qty-3, cpt-2. */
const needs =
  (name: string, when: string): Invariant =>
  (draft, { absent }) => {
    if (has(draft, when) && !has(draft, name)) absent(name);
  };

/** At least one of several elements; the first stands in for all: app-1, pat-1, obs-3. */
const some =
  (...names: readonly [string, ...string[]]): Invariant =>
  (draft, { absent }) => {
    if (!names.some((it) => has(draft, it))) absent(names[0]);
  };

/** One of two elements, not both: cpl-3, qrs-1, rqg-1. */
const notBoth =
  (moved: string, other: string): Invariant =>
  (draft, { move }) => {
    if (has(draft, other)) for (const name of choicesOf(draft, moved)) move(name);
  };

const all =
  (...invariants: readonly Invariant[]): Invariant =>
  (draft, remedy) => {
    for (const settle of invariants) settle(draft, remedy);
  };

/** The choices of an element that a draft has: `ageAge` of `age`. */
const choicesOf = (draft: Draft, name: string): readonly string[] =>
  Object.keys(draft).filter((it) => draft[it] !== undefined && isChoiceOf(it, name));

const isChoiceOf = (key: string, name: string): boolean => {
  const start = key.startsWith('_') ? 1 : 0;
  return key.startsWith(name, start) && /^(?:[A-Z]|$)/.test(key.slice(start + name.length));
};

/** Two times in their order: the one that is said to come second is kept aside where it does not: per-1, inv-1, mdd-1. */
const ordered =
  (first: string, second: string): Invariant =>
  (draft, { move }) => {
    const { [first]: start, [second]: end } = draft;
    if (typeof start !== 'string' || typeof end !== 'string' || isPlainlyOrdered(start, end)) return;
    const [from, to] = [dateRange(start), dateRange(end)];
    if (from && to && to.high <= from.low) move(second);
  };

/** Days, and times of one zone in one precision, stand in the order of their letters. */
const isPlainlyOrdered = (start: string, end: string): boolean =>
  start <= end &&
  start.length === end.length &&
  (start.length === 10 || (isZone(start) && zoneOf(start) === zoneOf(end)));
const zoneOf = (time: string): string => time.slice('2024-03-31T01:00:00'.length);
const isZone = (time: string): boolean => /^(?:Z|[+-]..:..)$/.test(zoneOf(time));

/** drt-1: the code of a duration is one of UCUM, and of a value. */
const duration: Invariant = (draft, { move }) => {
  if (has(draft, 'code') && (draft['system'] !== SYSTEM.ucum || !has(draft, 'value'))) move('code');
};

/** rng-2: a range does not end below where it starts; amounts of different units cannot be told apart. */
const range: Invariant = ({ low, high }, { move }) => {
  if (!isObject(low) || !isObject(high) || low['code'] !== high['code'] || low['unit'] !== high['unit']) return;
  const [from, to] = [low, high].map(({ value }) => (isNumber(value) ? Number(digits(value)) : undefined));
  if (from !== undefined && to !== undefined && to < from) move('high');
};

/** con-4, con-5: what a problem's statuses say of each other, and of its end. */
const condition: Invariant = (draft, { move }) => {
  const wrong = coded(draft['verificationStatus'], 'entered-in-error');
  if (wrong && has(draft, 'clinicalStatus')) move('clinicalStatus');
  if (coded(draft['clinicalStatus'], 'inactive', 'resolved', 'remission')) return;
  for (const name of choicesOf(draft, 'abatement')) move(name);
};

/** ait-1, ait-2: an allergy has a clinical status unless it was entered in error. */
const allergy: Invariant = (draft, { move, absent }) => {
  const wrong = coded(draft['verificationStatus'], 'entered-in-error');
  if (wrong && has(draft, 'clinicalStatus')) move('clinicalStatus');
  if (!wrong && !has(draft, 'clinicalStatus')) absent('clinicalStatus');
};

/** obs-6: a reason for absence stands only where there is no value. */
const observation: Invariant = (draft, { move }) => {
  if (has(draft, 'dataAbsentReason') && Object.keys(draft).some((it) => /^value[A-Z]/.test(it)))
    move('dataAbsentReason');
};

/** obs-7: a component is not the observation again, where that has a value of its own. */
const components: Invariant = (draft, { move }) => {
  if (draft['component'] === undefined) return;
  if (choicesOf(draft, 'value').length === 0 || !isObject(draft['code'])) return;
  const own = new Set(objects(draft['code']['coding']).map((it) => JSON.stringify(it)));
  for (const [index, { code }] of [...objects(draft['component']).entries()].reverse())
    if (isObject(code) && objects(code['coding']).some((it) => own.has(JSON.stringify(it)))) move('component', index);
};

/** lst-1: a list is empty for a reason, or holds entries. */
const listed: Invariant = (draft, { move }) => {
  if (has(draft, 'emptyReason') && list(draft['entry']).length > 0) move('emptyReason');
};

/** app-2 to app-4: an appointment that stands has a start and an end; only a missed one has a reason. */
const appointment: Invariant = (draft, { move, absent }) => {
  const timeless = ['proposed', 'cancelled', 'waitlist'].includes(String(draft['status']));
  if (!timeless || has(draft, 'start') || has(draft, 'end')) {
    for (const name of ['start', 'end']) if (!has(draft, name)) absent(name);
  }
  if (has(draft, 'cancelationReason') && !['cancelled', 'noshow'].includes(String(draft['status'])))
    move('cancelationReason');
};

/** fhs-1, fhs-2: an age or a birth, not both; and only an age is estimated. */
const familyMember: Invariant = (draft, { move }) => {
  const aged = choicesOf(draft, 'age').length > 0;
  if (aged) for (const name of choicesOf(draft, 'born')) move(name);
  else if (has(draft, 'estimatedAge')) move('estimatedAge');
};

/** rat-1: a ratio has both its sides, or neither. */
const ratio: Invariant = all(needs('denominator', 'numerator'), needs('numerator', 'denominator'));

/** The systems by which UK Core slices identifiers: their slices ask for a value. */
const SLICED: readonly unknown[] = [SYSTEM.nhsNumber, SYSTEM.odsOrganisation, SYSTEM.odsSite];
const identifier: Invariant = (draft, { absent }) => {
  if (SLICED.includes(draft['system']) && !has(draft, 'value')) absent('value');
};

/** Such a slice holds one identifier. A second NHS number that differs stays: it is for the identity gate to see. */
const identifiers: Invariant = (draft, { move }) => {
  const given = objects(draft['identifier']);
  for (const [index, { system, value }] of [...given.entries()].reverse()) {
    const first = given.findIndex((it) => it['system'] === system);
    if (first === index || !SLICED.includes(system)) continue;
    if (system !== SYSTEM.nhsNumber || given[first]?.['value'] === value) move('identifier', index);
  }
};

/** A code system is asked for, and a value set is none. */
const coding: Invariant = (draft, { move }) => {
  const { system } = draft;
  if (typeof system === 'string' && system.includes('/ValueSet/')) move('system');
};

/** The outermost value set of a language that a person speaks holds the tags of BCP 47 and nothing else. */
const languages: Invariant = (draft, { move }) => {
  for (const [index, { language }] of [...objects(draft['communication']).entries()].reverse()) {
    if (!isObject(language) || (!has(language, 'coding') && !has(language, 'text'))) continue;
    if (!objects(language['coding']).some((it) => it['system'] === 'urn:ietf:bcp:47')) move('communication', index);
  }
};

/** The invariants of R4, and of UK Core, that real answers break, by type. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  Period: ordered('start', 'end'),
  Quantity: needs('system', 'code'),
  Age: needs('system', 'code'),
  Duration: all(needs('system', 'code'), duration),
  SimpleQuantity: needs('system', 'code'),
  Range: range,
  Ratio: ratio,
  Coding: coding,
  Identifier: identifier,
  ContactPoint: needs('system', 'value'),
  Attachment: needs('contentType', 'data'),
  'Timing.repeat': all(needs('durationUnit', 'duration'), needs('periodUnit', 'period')),
  AllergyIntolerance: allergy,
  Appointment: appointment,
  'Appointment.participant': some('actor', 'type'),
  AppointmentResponse: some('actor', 'participantType'),
  'CarePlan.activity': notBoth('detail', 'reference'),
  'Composition.section': notBoth('emptyReason', 'entry'),
  Condition: condition,
  'Condition.evidence': some('code', 'detail'),
  'Condition.stage': some('summary', 'assessment'),
  Consent: some('policyRule', 'policy'),
  FamilyMemberHistory: familyMember,
  // gol-1
  'Goal.target': (draft, { absent }) => {
    if (choicesOf(draft, 'detail').length > 0 && !has(draft, 'measure')) absent('measure');
  },
  // ukcore-imm-001
  Immunization: (draft, { absent }) => {
    if (draft['status'] === 'not-done' && !has(draft, 'statusReason')) absent('statusReason');
  },
  'Immunization.education': some('documentType', 'reference'),
  'ImmunizationRecommendation.recommendation': some('vaccineCode', 'targetDisease'),
  List: listed,
  'MedicationAdministration.dosage': (draft, { absent }) => {
    if (!has(draft, 'dose') && choicesOf(draft, 'rate').length === 0) absent('dose');
  },
  MedicationDispense: ordered('whenPrepared', 'whenHandedOver'),
  Observation: all(observation, components),
  'Observation.component': observation,
  'Observation.referenceRange': some('text', 'low', 'high'),
  Organization: all(identifiers, some('name', 'identifier')),
  Location: identifiers,
  Patient: all(identifiers, languages),
  'Patient.contact': some('name', 'telecom', 'address', 'organization'),
  'QuestionnaireResponse.item': notBoth('item', 'answer'),
  RelatedPerson: languages,
  'RequestGroup.action': all(notBoth('resource', 'action'), some('resource', 'action')),
  ServiceRequest: needs('code', 'orderDetail'),
  Task: ordered('authoredOn', 'lastModified'),
};
