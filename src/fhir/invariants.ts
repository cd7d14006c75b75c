import { dateRange } from './dates.ts';
import { isObject, list, objects } from './types.ts';

/** What an invariant may do to a draft that breaks it. */
export interface Remedy {
  /** Moves an element into an extension and reports it. */
  readonly move: (name: string) => void;
  /** Marks a missing element with data-absent-reason unknown and reports it. */
  readonly absent: (name: string) => void;
}

type Draft = Readonly<Record<string, unknown>>;
export type Invariant = (draft: Draft, remedy: Remedy) => void;

const has = (draft: Draft, name: string): boolean => name in draft || `_${name}` in draft;
const coded = (value: unknown, ...codes: readonly string[]): boolean =>
  isObject(value) && objects(value['coding']).some((it) => codes.includes(String(it['code'])));

/** A code or value asks for its system: qty-3, cpt-2. */
const needs =
  (name: string, when: string): Invariant =>
  (draft, { absent }) => {
    if (has(draft, when) && !has(draft, name)) absent(name);
  };

/** per-1: a period does not end before it starts; the end is kept aside. */
const period: Invariant = (draft, { move }) => {
  const start = typeof draft['start'] === 'string' ? dateRange(draft['start']) : undefined;
  const end = typeof draft['end'] === 'string' ? dateRange(draft['end']) : undefined;
  if (start && end && end.high <= start.low) move('end');
};

/** con-3 to con-5: what a problem's statuses say of each other. */
const condition: Invariant = (draft, { move }) => {
  const wrong = coded(draft['verificationStatus'], 'entered-in-error');
  if (wrong && has(draft, 'clinicalStatus')) move('clinicalStatus');
  if (coded(draft['clinicalStatus'], 'active', 'recurrence', 'relapse')) {
    for (const name of Object.keys(draft).filter((it) => /^_?abatement/.test(it))) move(name);
  }
};

/** ait-1, ait-2: an allergy has a clinical status unless it was entered in error. */
const allergy: Invariant = (draft, { move, absent }) => {
  const wrong = coded(draft['verificationStatus'], 'entered-in-error');
  if (wrong && has(draft, 'clinicalStatus')) move('clinicalStatus');
  if (!wrong && !has(draft, 'clinicalStatus')) absent('clinicalStatus');
};

/** obs-6: a reason for absence stands only where there is no value. */
const observation: Invariant = (draft, { move }) => {
  if (has(draft, 'dataAbsentReason') && Object.keys(draft).some((it) => /^value[A-Z]/.test(it))) move('dataAbsentReason');
};

/** lst-1: a list is empty for a reason, or holds entries. */
const listed: Invariant = (draft, { move }) => {
  if (has(draft, 'emptyReason') && list(draft['entry']).length > 0) move('emptyReason');
};

/** The invariants of R4 that real answers break, by type. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  Period: period,
  Quantity: needs('system', 'code'),
  Age: needs('system', 'code'),
  Duration: needs('system', 'code'),
  SimpleQuantity: needs('system', 'code'),
  ContactPoint: needs('system', 'value'),
  Attachment: needs('contentType', 'data'),
  Condition: condition,
  AllergyIntolerance: allergy,
  Observation: observation,
  'Observation.component': observation,
  List: listed,
  Organization: (draft, { absent }) => {
    if (!has(draft, 'name') && !has(draft, 'identifier')) absent('name');
  },
};
