import {
  type Extension,
  type OperationOutcome,
  type OperationOutcomeIssue,
  operationOutcome,
  ourExtension,
  SYSTEM,
} from '../../fhir/index.ts';
import { systemElement, warningIssue } from '../../mapping/warning.ts';
import type { Contribution } from '../contribution.ts';
import { STATUS } from './status.ts';

/** The account of an answer: one issue per planned source, each followed by what that source itself had to say. */
export const ledger = (
  contributions: readonly Contribution[],
  ignored: readonly string[] = [],
  notes: readonly OperationOutcomeIssue[] = [],
): OperationOutcome =>
  operationOutcome([...contributions.flatMap(sourceIssues), ...notes, ...ignored.map(ignoredIssue)]);

const sourceIssues = (contribution: Contribution): OperationOutcomeIssue[] => [
  accountIssue(contribution),
  ...contribution.warnings.map((it) => warningIssue(it, contribution.source.id)),
  ...gather(contribution.issues),
];

const accountIssue = ({ source, status, ...rest }: Contribution): OperationOutcomeIssue => {
  const { issue, nhsCode, complete, text } = STATUS[status];
  const { reason } = rest;
  return {
    severity: complete ? 'information' : 'warning',
    code: issue,
    details: {
      coding: [
        { system: SYSTEM.sourceStatus, code: status },
        ...(nhsCode === undefined ? [] : [{ system: SYSTEM.httpErrorCodes, code: nhsCode }]),
        ...(reason ? [{ ...systemElement(reason.system), code: reason.code }] : []),
      ],
      text: `${source.title} (source ${source.id}) ${text}`,
    },
    extension: [ledgerExtension(source.id, rest)],
  };
};

const ledgerExtension = (
  source: string,
  { resources, fetchedAt, latencyMs, retryAfter }: Omit<Contribution, 'source' | 'status'>,
): Extension => ({
  url: ourExtension('ledger'),
  extension: [
    { url: 'source', valueCode: source },
    ...(fetchedAt === undefined
      ? []
      : [
          { url: 'count', valueUnsignedInt: resources.length },
          { url: 'fetchedAt', valueInstant: new Date(fetchedAt).toISOString() },
          { url: 'latencyMs', valueUnsignedInt: Math.round(latencyMs ?? 0) },
        ]),
    ...(retryAfter === undefined ? [] : [{ url: 'retryAfter', valueUnsignedInt: retryAfter }]),
  ],
});

/** Notes of one kind about one element become one issue with a count; what is missing or changed is told one by one. */
const gather = (issues: readonly OperationOutcomeIssue[]): OperationOutcomeIssue[] => {
  const notes = new Map<string, { readonly issue: OperationOutcomeIssue; count: number }>();
  const told: OperationOutcomeIssue[] = [];
  for (const issue of issues) {
    if (issue.severity !== 'information') {
      told.push(issue);
      continue;
    }
    const path = issue.expression?.[0]?.replace(/\[\d+\]/g, '') ?? '';
    const key = `${issue.details?.coding?.[0]?.code ?? issue.code} ${path}`;
    const note = notes.get(key);
    if (note) note.count += 1;
    else notes.set(key, { issue: path === '' ? issue : { ...issue, expression: [path] }, count: 1 });
  }
  return told.concat(
    [...notes.values()].map(({ issue, count }) =>
      count === 1
        ? issue
        : { ...issue, details: { ...issue.details, text: `${issue.details?.text ?? ''} (${count} times)` } },
    ),
  );
};

const ignoredIssue = (name: string): OperationOutcomeIssue => ({
  severity: 'warning',
  code: 'not-supported',
  details: {
    coding: [{ system: SYSTEM.httpErrorCodes, code: 'BAD_REQUEST' }],
    text: 'A parameter that is not supported was passed over, as lenient handling asks.',
  },
  ...(/^[\w.:-]{1,64}$/.test(name) && { expression: [name] }),
});
