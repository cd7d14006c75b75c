import type { OperationOutcomeIssue } from '../fhir/index.ts';
import { SYSTEM } from '../fhir/index.ts';
import { codesOf, isDegraded, nilScope } from './codes.ts';
import { byText, type LinkRecord } from './record.ts';
import { stanceOf, statusCode } from './stance.ts';
import { textOf } from './codes.ts';

/** What an answer can say of the patient's allergies as a whole. That nothing is known is never made from silence. */
export const ALLERGY_STATES = {
  known: { severity: 'information', text: 'At least one active allergy is recorded.' },
  'nka-asserted': {
    severity: 'information',
    text: 'A source asserts that no allergies are known, every source answered, and none records an active one.',
  },
  'nka-asserted-incomplete': {
    severity: 'warning',
    text: 'A source asserts that no allergies are known, but a source is missing or holds something back: this is not the whole record.',
  },
  'no-information': {
    severity: 'warning',
    text: 'No source records an active allergy, and none asserts that there is none: nothing is known either way.',
  },
  'degraded-present': {
    severity: 'warning',
    text: 'At least one allergy lost its code in a transfer between systems: prescribing systems cannot check against it, and its text must be read.',
  },
} as const satisfies Readonly<Record<string, { readonly severity: 'information' | 'warning'; readonly text: string }>>;

export type AllergyState = keyof typeof ALLERGY_STATES;

/** The state by the allergies of all sources. `isWhole` tells that each of them answered and none withheld anything. */
export const allergyState = (
  records: readonly LinkRecord[],
  isWhole: boolean,
): Exclude<AllergyState, 'degraded-present'> => {
  if (records.some(isActivePositive)) return 'known';
  if (!records.some(assertsNil)) return 'no-information';
  return isWhole ? 'nka-asserted' : 'nka-asserted-incomplete';
};

/** The state as issues for the account of an answer: who asserts that nothing is known, and when, among them. */
export const allergyIssues = (records: readonly LinkRecord[], isWhole: boolean): readonly OperationOutcomeIssue[] => {
  const state = allergyState(records, isWhole);
  const asserted = state.startsWith('nka') ? records.filter(assertsNil).map(whoAndWhen).sort(byText) : [];
  return [
    issueOf(state, asserted.length > 0 ? ` Asserted by: ${[...new Set(asserted)].join('; ')}.` : ''),
    ...(records.some(({ resource }) => isDegraded(resource['code'])) ? [issueOf('degraded-present', '')] : []),
  ];
};

const issueOf = (state: AllergyState, more: string): OperationOutcomeIssue => ({
  severity: ALLERGY_STATES[state].severity,
  code: 'informational',
  details: { coding: [{ system: SYSTEM.allergyState, code: state }], text: `${ALLERGY_STATES[state].text}${more}` },
  expression: ['AllergyIntolerance'],
});

const textsOf = ({ resource }: LinkRecord): readonly string[] =>
  [textOf(resource['code']), codesOf(resource['code'])[0]?.display].flatMap((it) => it ?? []);

const isNil = ({ resource }: LinkRecord): boolean => nilScope(codesOf(resource['code'])) !== undefined;

const isLive = ({ resource }: LinkRecord): boolean =>
  !['refuted', 'entered-in-error'].includes(statusCode(resource['verificationStatus']) ?? '') &&
  !['inactive', 'resolved'].includes(statusCode(resource['clinicalStatus']) ?? '');

/** Of unknown status is active: what cannot be told apart from an allergy is one. */
const isActivePositive = (record: LinkRecord): boolean =>
  isLive(record) && !isNil(record) && !['family', 'negated'].includes(stanceOf(record.resource, textsOf(record)));

const assertsNil = (record: LinkRecord): boolean => isNil(record) && isLive(record);

const whoAndWhen = ({ source, resource }: LinkRecord): string =>
  `source ${source}${typeof resource['recordedDate'] === 'string' ? `, ${resource['recordedDate'].slice(0, 10)}` : ''}`;
