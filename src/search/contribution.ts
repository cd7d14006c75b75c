import type { SourceWarning } from '../adapter/index.ts';
import { findingIssue, type NhsNumber, type OperationOutcomeIssue, type ResourceType } from '../fhir/index.ts';
import { admit } from '../identity/gate.ts';
import { type LocalResource, mapAnswer } from '../mapping/map-answer.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { Result } from './fan-out.ts';
import { STATUS, type SourceStatus } from './status.ts';

/** What one source brings to an answer, mapped and let through the gate, and how it fared. */
export interface Contribution {
  readonly source: ConfiguredSource;
  readonly status: SourceStatus;
  /** Of the wanted type. */
  readonly resources: readonly LocalResource[];
  /** Local ids by which the source names the patient. */
  readonly patientIds: ReadonlySet<string>;
  readonly warnings: readonly SourceWarning[];
  readonly issues: readonly OperationOutcomeIssue[];
  readonly fetchedAt?: number;
  readonly latencyMs?: number;
  readonly retryAfter?: number | undefined;
  readonly reason?: { readonly system: string; readonly code: string } | undefined;
}

const NOTHING = { resources: [], patientIds: new Set<string>(), warnings: [], issues: [] } as const;

/** Maps a source's answer and passes it through the identity gate: an answer about another patient is dropped whole. */
export const receive = (
  result: Result,
  { type, patient }: { readonly type: ResourceType; readonly patient: NhsNumber },
): Contribution => {
  const { source } = result;
  if (result.outcome === 'not-asked') return { ...NOTHING, source, status: 'not-asked' };
  const { fetchedAt, latencyMs } = result;
  if (result.outcome === 'failed') {
    const { kind, retryAfter, reason } = result.error;
    return { ...NOTHING, source, status: kind, fetchedAt, latencyMs, retryAfter, reason };
  }
  const { answer } = result;
  // Patients are mapped whatever was asked for: the gate judges by them.
  const mapped = mapAnswer(source.adapter, answer, { source: source.id, wanted: new Set([type, 'Patient'] as const) });
  const judged = admit(mapped.resources, { patient, patientIds: answer.patientIds, scope: source.capabilities.scope });
  if (judged.verdict !== 'admitted') return { ...NOTHING, source, status: judged.verdict, fetchedAt, latencyMs };

  const resources = judged.resources.filter((it) => it.type === type);
  const warnings = (answer.warnings ?? []).filter((it) => !it.types || it.types.includes(type));
  const patients = judged.resources.filter((it) => it.type === 'Patient').map((it) => it.localId);
  return {
    source,
    status: answeredStatus(resources.length, warnings, answer.capped),
    resources,
    patientIds: new Set([...answer.patientIds, ...patients]),
    warnings,
    issues: [
      ...mapped.issues,
      ...judged.heldBack.map((it) => findingIssue('held-back', { source: source.id, kind: it.type, id: it.localId })),
    ],
    fetchedAt,
    latencyMs,
  };
};

const answeredStatus = (count: number, warnings: readonly SourceWarning[], capped: boolean): SourceStatus => {
  if (warnings.some((it) => it.effect === 'withheld')) return 'withheld';
  if (capped || warnings.some((it) => it.effect === 'incomplete')) return 'incomplete';
  return count > 0 ? 'answered' : 'empty';
};

/** True where the source said something, be it that it knows nothing. */
export const didAnswer = ({ status }: Contribution): boolean => STATUS[status].answered;

/** True where what the source holds is in the answer as far as anybody knows. */
export const isComplete = ({ status }: Contribution): boolean => STATUS[status].complete;
