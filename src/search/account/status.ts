import type { SourceErrorKind } from '../../adapter/index.ts';
import type { OperationOutcomeIssue } from '../../fhir/index.ts';

/** What happened at a source: the codes of our code system `source-status`. */
export type SourceStatus =
  | 'answered'
  | 'empty'
  | 'traced'
  | 'not-asked'
  | 'asked-before'
  | 'not-searchable'
  | 'withheld'
  | 'untraced'
  | 'incomplete'
  | 'stale'
  | 'quarantined'
  | SourceErrorKind;

interface StatusRow {
  readonly answered: boolean;
  readonly complete: boolean;
  readonly issue: OperationOutcomeIssue['code'];
  /** True where asking again may help. */
  readonly passing?: true;
  /** The code of http-error-codes for a source that failed. */
  readonly nhsCode?: string;
  /** What a reader is told, after the source's title. */
  readonly text: string;
}

/** One row per status decides severity, issue code, completeness and the sentence in the ledger. */
export const STATUS: Readonly<Record<SourceStatus, StatusRow>> = {
  answered: {
    answered: true,
    complete: true,
    issue: 'informational',
    text: 'answered in full.',
  },
  empty: {
    answered: true,
    complete: true,
    issue: 'informational',
    text: 'answered; it recorded nothing that was asked for.',
  },
  'not-known-here': {
    answered: true,
    complete: true,
    issue: 'not-found',
    text: 'answered; it holds no accessible record of this patient. That is not the same as nothing to record.',
  },
  traced: {
    answered: false,
    complete: true,
    issue: 'informational',
    text: 'said whose the NHS number is; it cannot hold this type.',
  },
  'not-asked': {
    answered: false,
    complete: true,
    issue: 'informational',
    text: 'was not asked; it cannot hold this type.',
  },
  'asked-before': {
    answered: false,
    complete: true,
    issue: 'informational',
    text: 'was asked for the answer that led here; what it gave is there.',
  },
  'not-searchable': {
    answered: false,
    complete: false,
    issue: 'incomplete',
    text: 'holds this type and cannot be searched for it; its entries are reached by references from others.',
  },
  quarantined: {
    answered: true,
    complete: false,
    issue: 'suppressed',
    text: 'answered with records that may be about somebody else; those are held back.',
  },
  withheld: {
    answered: true,
    complete: false,
    issue: 'suppressed',
    nhsCode: 'REC_FORBIDDEN',
    text: 'is held back, in whole or in part; entries may be missing from this answer.',
  },
  untraced: {
    answered: false,
    complete: false,
    issue: 'incomplete',
    nhsCode: 'REC_UNAVAILABLE',
    passing: true,
    text: 'was not asked, since it could not be found out who the patient is; its entries are missing from this answer.',
  },
  incomplete: {
    answered: true,
    complete: false,
    issue: 'incomplete',
    text: 'answered in part; entries may be missing from this answer.',
  },
  stale: {
    answered: true,
    complete: false,
    issue: 'incomplete',
    text: 'could not answer now; its entries are those that it gave before, at the time that is told. Later ones may be missing.',
  },
  timeout: {
    answered: false,
    complete: false,
    passing: true,
    issue: 'timeout',
    nhsCode: 'REC_TIMEOUT',
    text: 'did not answer in time; its entries are missing from this answer.',
  },
  unavailable: {
    answered: false,
    complete: false,
    passing: true,
    issue: 'transient',
    nhsCode: 'REC_UNAVAILABLE',
    text: 'could not be reached; its entries are missing from this answer.',
  },
  throttled: {
    answered: false,
    complete: false,
    passing: true,
    issue: 'throttled',
    nhsCode: 'REC_UNAVAILABLE',
    text: 'is being asked too often; its entries are missing from this answer.',
  },
  refused: {
    answered: false,
    complete: false,
    issue: 'forbidden',
    nhsCode: 'REC_FORBIDDEN',
    text: 'refused to answer; its entries are missing from this answer.',
  },
  'invalid-response': {
    answered: false,
    complete: false,
    passing: true,
    issue: 'structure',
    nhsCode: 'REC_SERVER_ERROR',
    text: 'gave an answer that cannot be read; its entries are missing from this answer.',
  },
  'wrong-patient': {
    answered: false,
    complete: false,
    issue: 'conflict',
    nhsCode: 'REC_CONFLICT',
    text: 'answered about another patient; its answer was dropped whole.',
  },
};
