import { text } from '../fhir/index.ts';
import type { Facets } from './facets.ts';
import type { Link } from './links.ts';
import { byText } from './record.ts';
import { statusCode } from './stance.ts';

/** Families without a first among equals: of two prescriptions neither is the truth. */
const UNRANKED: ReadonlySet<string> = new Set(['Medicine']);

/**
 * The members of a group in the order in which to show them: labels, never a reason to hide one. Not withdrawn, active,
 * confirmed, grave, coded, late, of the source that comes first.
 * @returns nothing for medicines
 */
export const ranked = ({ members }: Link): readonly Facets[] =>
  members.some((it) => UNRANKED.has(it.family)) ? [] : [...members].sort(compare);

const STEPS: readonly ((facets: Facets) => number)[] = [
  ({ stance }) => (stance === 'entered-in-error' ? 1 : 0),
  ({ record }) => place(statusCode(record.resource['clinicalStatus']) ?? statusCode(record.resource['status']), ACTIVE),
  ({ record }) => place(statusCode(record.resource['verificationStatus']), VERIFIED),
  ({ record }) => place(statusCode(record.resource['criticality']), CRITICAL),
  ({ concept }) => (concept.key === undefined ? 1 : 0),
];

const ACTIVE = [
  'active',
  'recurrence',
  'relapse',
  'in-progress',
  'completed',
  'final',
  'current',
  'inactive',
  'remission',
  'resolved',
];
const VERIFIED = ['confirmed', 'unconfirmed', 'provisional', 'differential', 'refuted'];
const CRITICAL = ['high', 'unable-to-assess', 'low'];
const place = (code: string | undefined, order: readonly string[]): number => {
  const at = code === undefined ? -1 : order.indexOf(code);
  return at < 0 ? order.length : at;
};

const compare = (a: Facets, b: Facets): number => {
  for (const step of STEPS) {
    const difference = step(a) - step(b);
    if (difference !== 0) return difference;
  }
  return byText(recorded(b), recorded(a)) || a.record.rank - b.record.rank || byText(a.key, b.key);
};

const recorded = ({ record: { resource } }: Facets): string =>
  text(resource['recordedDate']) ??
  text(resource['issued']) ??
  text(resource['recorded']) ??
  text(resource['date']) ??
  '';
