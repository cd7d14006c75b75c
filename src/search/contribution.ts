import type { SourceWarning } from '../adapter/index.ts';
import { findingIssue, type NhsNumber, type OperationOutcomeIssue, type ResourceType } from '../fhir/index.ts';
import { admit, namesStranger } from '../identity/gate.ts';
import { type LocalResource, mapAnswer } from '../mapping/map-answer.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { Result } from './fan-out.ts';
import { STATUS, type SourceStatus } from './status.ts';

/** What one source brings to an answer, mapped and let through the gate, and how it fared. */
export interface Contribution {
  readonly source: ConfiguredSource;
  readonly status: SourceStatus;
  /** Of the searched type. */
  readonly resources: readonly LocalResource[];
  /** All that came and was wanted, for chains and includes. */
  readonly siblings: readonly LocalResource[];
  /** Local ids by which the source names the patient. */
  readonly patientIds: ReadonlySet<string>;
  readonly warnings: readonly SourceWarning[];
  readonly issues: readonly OperationOutcomeIssue[];
  readonly fetchedAt?: number;
  readonly latencyMs?: number;
  readonly retryAfter?: number | undefined;
  readonly reason?: { readonly system: string; readonly code: string } | undefined;
}

const NOTHING = { resources: [], siblings: [], patientIds: new Set<string>(), warnings: [], issues: [] } as const;

/**
 * Maps a source's answer and passes it through the identity gate: an answer about another patient is dropped whole, and the
 * source is left alone for a while.
 */
export const receive = (
  result: Result,
  {
    type,
    patient,
    types,
  }: { readonly type: ResourceType; readonly patient: NhsNumber; readonly types?: ReadonlySet<ResourceType> },
): Contribution => {
  const { source } = result;
  if (result.outcome === 'not-asked') {
    return { ...NOTHING, source, status: source.capabilities.types[type] ? 'not-searchable' : 'not-asked' };
  }
  const { fetchedAt, latencyMs } = result;
  if (result.outcome === 'failed') {
    const { kind, retryAfter, reason } = result.error;
    return { ...NOTHING, source, status: kind, fetchedAt, latencyMs, retryAfter, reason };
  }
  const { answer } = result;
  if (namesStranger(answer.records, patient)) {
    source.guard.distrust();
    return { ...NOTHING, source, status: 'wrong-patient', fetchedAt, latencyMs };
  }
  // Patients are mapped whatever was asked for: the gate judges by them.
  const mapped = mapAnswer(source.adapter, answer, {
    source: source.id,
    wanted: new Set([...(types ?? [type]), 'Patient']),
  });
  const judged = admit(mapped.resources, { patient, patientIds: answer.patientIds, scope: source.capabilities.scope });
  if (judged.verdict !== 'admitted') {
    if (judged.verdict === 'wrong-patient') source.guard.distrust();
    return { ...NOTHING, source, status: judged.verdict, fetchedAt, latencyMs };
  }

  const resources = judged.resources.filter((it) => it.type === type);
  const warnings = (answer.warnings ?? []).filter((it) => !it.types || it.types.includes(type));
  const patients = judged.resources.filter((it) => it.type === 'Patient').map((it) => it.localId);
  return {
    source,
    status: answeredStatus({
      count: resources.length,
      warnings,
      heldBack: judged.heldBack.length,
      partial: answer.partial || mapped.unmapped > 0,
    }),
    resources,
    siblings: judged.resources,
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

interface Answered {
  readonly count: number;
  readonly warnings: readonly SourceWarning[];
  readonly heldBack: number;
  readonly partial: boolean;
}

const answeredStatus = ({ count, warnings, heldBack, partial }: Answered): SourceStatus => {
  if (heldBack > 0) return 'quarantined';
  if (warnings.some((it) => it.effect === 'withheld')) return 'withheld';
  if (partial || warnings.some((it) => it.effect === 'incomplete')) return 'incomplete';
  return count > 0 ? 'answered' : 'empty';
};

/** True where the source said something, be it that it knows nothing. */
export const didAnswer = ({ status }: Contribution): boolean => STATUS[status].answered;

/** True where what the source holds is in the answer as far as anybody knows. */
export const isComplete = ({ status }: Contribution): boolean => STATUS[status].complete;
