import type { SourceWarning } from '../adapter/index.ts';
import type { OperationOutcomeIssue } from '../fhir/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { isHidden, type Person } from './person.ts';
import { hideWhereabouts } from './whereabouts.ts';

/** What may be shown of a person's resources: all, or all but what tells where they are. */
export const hideFrom = (person: Person, resources: readonly LocalResource[]): readonly LocalResource[] => {
  if (!isHidden(person)) return resources;
  const label = person.whereabouts === 'very-restricted' ? 'V' : 'R';
  return resources.flatMap((it) => hideWhereabouts(it, label) ?? []);
};

/** A source's warnings in its codes alone: its free words may name a place. */
export const withoutWords = (person: Person, warnings: readonly SourceWarning[]): readonly SourceWarning[] =>
  isHidden(person) ? warnings.map(({ text: _, ...rest }) => rest) : warnings;

/** Issues about records without their ids: many systems name an organisation by its public code. */
export const withoutIds = (
  person: Person,
  source: string,
  issues: readonly OperationOutcomeIssue[],
): readonly OperationOutcomeIssue[] =>
  isHidden(person) ? issues.map((it) => ({ ...it, diagnostics: source })) : issues;

/** Says that something may be withheld, be there anything or not: what is missing cannot be told from what never was. */
export const identityIssues = ({ whereabouts, former }: Person): readonly OperationOutcomeIssue[] => [
  ...(former.length > 0
    ? [
        {
          severity: 'information' as const,
          code: 'informational' as const,
          details: {
            text: 'The NHS number that was asked for has been superseded; this answer is about the number that replaced it.',
          },
        },
      ]
    : []),
  ...(whereabouts === 'unrestricted'
    ? []
    : [
        {
          severity: 'warning' as const,
          code: 'suppressed' as const,
          details: { text: `${WHY[whereabouts]} ${WHAT}` },
        },
      ]),
];

const WHY = {
  restricted: 'Access to this record is restricted.',
  'very-restricted': 'Access to this record is restricted.',
  unknown: 'Whether access to this record is restricted could not be found out.',
} as const;

const WHAT =
  'Whatever tells where the patient is to be found is withheld from every source: addresses, contacts, organisations, places, related persons, narratives and attachments.';
