import type { SourceWarning } from '../../src/adapter/index.ts';
import { type Json, objects, text } from '../../src/fhir/index.ts';
import { canonicalSystem } from './codes.ts';

const ISSUE_TYPE = 'http://hl7.org/fhir/issue-type';

/** What an issue type says of the answer it came with. */
const EFFECTS: ReadonlyMap<unknown, SourceWarning['effect']> = new Map(
  Object.entries({
    suppressed: 'withheld',
    forbidden: 'withheld',
    security: 'withheld',
    incomplete: 'incomplete',
    timeout: 'incomplete',
    transient: 'incomplete',
    throttled: 'incomplete',
    exception: 'incomplete',
    'too-costly': 'incomplete',
  } as const),
);

/**
 * The issues of an OperationOutcome as warnings: their coded details, else their issue type. Diagnostics may hold
 * addresses of the source and are left out.
 */
export const warningsOf = (outcome: Json): readonly SourceWarning[] => objects(outcome['issue']).map(warningOf);

const warningOf = ({ code, severity, details }: Json): SourceWarning => {
  const [given] = objects(details);
  const coding = objects(given?.['coding']).find((it) => text(it['code']));
  const system = text(coding?.['system']);
  const display = text(coding?.['display']);
  const words = text(given?.['text']);
  const failed = severity === 'error' || severity === 'fatal';
  const effect = EFFECTS.get(code) ?? (failed ? 'incomplete' : undefined);
  return {
    ...(coding ? system !== undefined && { system: canonicalSystem(system) } : { system: ISSUE_TYPE }),
    code: text(coding?.['code']) ?? text(code) ?? 'unknown',
    ...(display !== undefined && { display }),
    ...(words !== undefined && { text: words }),
    ...(effect !== undefined && { effect }),
  };
};
