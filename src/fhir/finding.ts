import { SYSTEM } from './canonicals.ts';
import type { FindingCode } from './dialect.ts';
import type { OperationOutcomeIssue } from './types.ts';

/** What can be wrong with a source record: what {@link FindingCode} lists, and what concerns it as a whole. */
export type RecordFinding =
  FindingCode | 'unmapped-record' | 'conflict' | 'unknown-type' | 'held-back' | 'degraded-code' | 'demographics-differ';

const ISSUE = {
  'unknown-element': ['informational', 'An element that FHIR R4 does not have; its value is kept in an extension.'],
  'invalid-value': ['value', 'A value that FHIR R4 cannot hold; it is kept as text in an extension.'],
  'reduced-precision': ['value', 'A time without zone or seconds; its day is shown and the text kept in an extension.'],
  'repaired-form': ['informational', 'A value in the wrong JSON form, brought to the right one.'],
  'aliased-system': ['informational', 'A code system written in another form, brought to its canonical form.'],
  'single-expected': ['informational', 'Several values where FHIR R4 has one; the first is shown, all are kept.'],
  'unknown-code': ['code-invalid', 'A code outside the required value set; it is kept in an extension.'],
  'missing-required': ['required', 'A required element that the source did not send; marked as unknown.'],
  'reference-target': [
    'informational',
    'A reference to a type that FHIR R4 does not allow there; kept in an extension.',
  ],
  'unresolved-reference': [
    'informational',
    'A reference that leads out of the answer; its identifier or display is kept.',
  ],
  'foreign-link': ['suppressed', 'An address at another system; it is not passed on.'],
  'unsafe-narrative': ['informational', 'A narrative that FHIR does not allow; its text is kept in an extension.'],
  invariant: ['informational', 'A value that contradicts another in FHIR R4; it is kept in an extension.'],
  'unmapped-record': ['processing', 'A record that could not be mapped; it is missing from this answer.'],
  conflict: ['conflict', 'Two different records with the same id; both are shown.'],
  'unknown-type': ['not-supported', 'A kind of record that has no mapping; it is missing from this answer.'],
  'held-back': ['suppressed', 'A record that names a patient who is not in the answer; it is held back.'],
  'demographics-differ': ['conflict', 'Sources differ on who the patient is; each keeps its own in its own Patient.'],
  'degraded-code': [
    'informational',
    'A code that lost its meaning in a record transfer; only its text says what was recorded.',
  ],
} as const satisfies Record<RecordFinding, readonly [OperationOutcomeIssue['code'], string]>;

/** Findings that leave something out of the answer, show it other than it was sent, or must not be read as code alone. */
const WARNINGS: ReadonlySet<RecordFinding> = new Set([
  'unmapped-record',
  'conflict',
  'unknown-type',
  'held-back',
  'degraded-code',
  'demographics-differ',
  'invalid-value',
  'unknown-code',
  'foreign-link',
  'invariant',
]);

/** An issue about one source record. It names source, kind and the source's own id; never a value. */
export const findingIssue = (
  finding: RecordFinding,
  about: { readonly source?: string; readonly kind: string; readonly id: string; readonly path?: string },
): OperationOutcomeIssue => {
  const [code, text] = ISSUE[finding];
  return {
    severity: WARNINGS.has(finding) ? 'warning' : 'information',
    code,
    details: { coding: [{ system: SYSTEM.finding, code: finding }], text },
    diagnostics: `${about.source === undefined ? '' : `${about.source}: `}${about.kind}/${about.id}`,
    ...(about.path !== undefined && { expression: [about.path] }),
  };
};

/** What each finding means, by its code. */
export const FINDING_TEXT: Readonly<Record<RecordFinding, string>> = Object.fromEntries(
  Object.entries(ISSUE).map(([code, [, text]]) => [code, text]),
) as Record<RecordFinding, string>;
