import type { SourceWarning } from '../adapter/index.ts';
import { type Coding, type Extension, type OperationOutcomeIssue, sourceText, SYSTEM } from '../fhir/index.ts';

/** A source's own warning as an issue, word for word; one in our own words is about how the source is asked. */
export const warningIssue = (
  { system, code, display, text, effect }: SourceWarning,
  source: string,
): OperationOutcomeIssue => ({
  severity: 'warning',
  code: effect === 'withheld' ? 'suppressed' : effect === 'incomplete' ? 'incomplete' : 'informational',
  details: {
    coding: [{ ...systemElement(system), code, ...(display !== undefined && { display }) }],
    ...((text ?? display) !== undefined && { text: text ?? display }),
  },
  diagnostics: system === SYSTEM.sourceStatus ? source : `${source}: said by the source itself`,
});

/** Some sources name a value set where FHIR asks for a code system: it is kept beside, since it cannot stand there. */
export const systemElement = (system: string | undefined): Pick<Coding, 'system' | '_system'> => {
  if (system === undefined) return {};
  return system.includes('/ValueSet/')
    ? { _system: { extension: [sourceText(system) as unknown as Extension] } }
    : { system };
};
