import type { SourceWarning } from '../adapter/index.ts';
import type { OperationOutcomeIssue } from '../fhir/index.ts';

/** A source's own warning as an issue, word for word. */
export const warningIssue = (
  { system, code, display, text, effect }: SourceWarning,
  source: string,
): OperationOutcomeIssue => ({
  severity: 'warning',
  code: effect === 'withheld' ? 'suppressed' : effect === 'incomplete' ? 'incomplete' : 'informational',
  details: {
    coding: [{ ...(system !== undefined && { system }), code, ...(display !== undefined && { display }) }],
    ...((text ?? display) !== undefined && { text: text ?? display }),
  },
  diagnostics: `${source}: said by the source itself`,
});
