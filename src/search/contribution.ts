import type { SourceError, SourceWarning } from '../adapter/index.ts';
import { findingIssue, type NhsNumber, type OperationOutcomeIssue, type ResourceType, SYSTEM } from '../fhir/index.ts';
import { admit, namesStranger } from '../identity/gate.ts';
import { compareWithTrace } from '../identity/compare.ts';
import { hideFrom, withoutIds, withoutWords } from '../identity/hide.ts';
import { isSaidToBeRestricted, type Person } from '../identity/person.ts';
import { type LocalResource, mapAnswer } from '../mapping/map-answer.ts';
import type { ConfiguredSource } from '../sources/registry.ts';
import type { Result } from './ask/fan-out.ts';
import { STATUS, type SourceStatus } from './account/status.ts';

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
  /** The superseded number by which the source knows the patient, where it is not that of today: its ids hold that. */
  readonly askedAs?: NhsNumber | undefined;
  readonly fetchedAt?: number;
  readonly latencyMs?: number;
  readonly retryAfter?: number | undefined;
  readonly reason?: { readonly system: string; readonly code: string } | undefined;
}

const NOTHING = { resources: [], siblings: [], patientIds: new Set<string>(), warnings: [], issues: [] } as const;

/** What a source's answer holds once it is mapped and let through the gate, or why it holds nothing. */
export type Admitted = Pick<Contribution, 'source' | 'askedAs' | 'fetchedAt' | 'latencyMs'> &
  (
    | ({ readonly failed: SourceStatus } & Pick<Contribution, 'retryAfter' | 'reason'> &
        Partial<Pick<Contribution, 'issues'>>)
    | ({
        readonly failed?: undefined;
        readonly resources: readonly LocalResource[];
        readonly heldBack: number;
        readonly partial: boolean;
        readonly isStale: boolean;
      } & Pick<Contribution, 'patientIds' | 'warnings' | 'issues' | 'retryAfter' | 'reason'>)
  );

type Outcome = Extract<Result, { readonly fetchedAt: number }>;

/**
 * Maps a source's answer and passes it through the identity gate: an answer about another patient is dropped whole, and the
 * source is left alone for a while. One whose demographics say that it may be about another is dropped as well. Of a person
 * whose whereabouts are withheld nothing that tells them gets any further: neither search nor order can then betray it.
 */
export const receive = (
  result: Result,
  {
    type,
    person,
    types,
  }: { readonly type: ResourceType; readonly person: Person; readonly types?: ReadonlySet<ResourceType> },
): Contribution =>
  isAnswer(result)
    ? contributionOf(admitted(result, { person, types: types ?? new Set([type]) }), type)
    : notAsked(result.source, type, result.outcome);

/** True where a source was asked, whatever came of it. */
export const isAnswer = (result: Result): result is Outcome =>
  result.outcome === 'answered' || result.outcome === 'failed';

/** The contribution of a source that was not asked for a type, or must not be. */
export const notAsked = (
  source: ConfiguredSource,
  type: ResourceType,
  why: Exclude<Result, Outcome>['outcome'] = 'not-asked',
): Contribution => {
  const unasked = why === 'not-asked' ? 'not-searchable' : why;
  return { ...NOTHING, source, status: source.capabilities.types[type] ? unasked : 'not-asked' };
};

/** Maps an answer once, whatever number of types is wanted of it, and lets it through the gate. */
export const admitted = (
  result: Outcome,
  { person, types }: { readonly person: Person; readonly types: ReadonlySet<ResourceType> },
): Admitted => {
  const { source, askedAs, fetchedAt, latencyMs } = result;
  const origin = { source, askedAs, fetchedAt, latencyMs };
  const question = { patient: person.nhsNumber, former: [...person.former, ...(person.linked ?? [])] };
  if (result.outcome === 'failed') {
    const { kind, retryAfter, reason } = result.error;
    if (kind === 'not-known-here' && isSaidToBeRestricted(person)) return { ...origin, failed: 'withheld' };
    return { ...origin, failed: kind, retryAfter, reason };
  }
  const { answer } = result;
  if (namesStranger(answer.records, question)) {
    source.guard.distrust();
    source.share.forget();
    return { ...origin, failed: 'wrong-patient' };
  }
  // Patients are mapped whatever was asked for: the gate judges by them.
  const mapped = mapAnswer(answer, answer, {
    source: source.id,
    wanted: new Set([...types, 'Patient']),
  });
  const judged = admit(mapped.resources, {
    ...question,
    patientIds: answer.patientIds,
    scope: source.capabilities.scope,
  });
  if (judged.verdict !== 'admitted') {
    if (judged.verdict === 'wrong-patient') source.guard.distrust();
    source.share.forget();
    return { ...origin, failed: judged.verdict };
  }
  const compared = compareWithTrace(judged.resources, source.id, person);
  if (compared.verdict === 'doubtful') {
    source.share.forget();
    return { ...origin, failed: 'quarantined', issues: compared.issues };
  }
  const patients = judged.resources.filter((it) => it.type === 'Patient').map((it) => it.localId);
  return {
    ...origin,
    resources: hideFrom(person, judged.resources),
    heldBack: judged.heldBack.length,
    partial: answer.partial || mapped.unmapped > 0,
    ...staleness(result.insteadOf),
    patientIds: new Set([...answer.patientIds, ...patients]),
    warnings: withoutWords(person, answer.warnings ?? []),
    issues: [
      ...(askedAs === undefined ? [] : [knownOfOld(source.id)]),
      ...compared.issues,
      ...withoutIds(person, source.id, mapped.issues),
      ...withoutIds(
        person,
        source.id,
        judged.heldBack.map((it) => findingIssue('held-back', { source: source.id, kind: it.type, id: it.localId })),
      ),
    ],
  };
};

/** Of what a source gave before, why it gave nothing now. */
const staleness = (insteadOf: SourceError | undefined) =>
  insteadOf
    ? { isStale: true, retryAfter: insteadOf.retryAfter, reason: { system: SYSTEM.sourceStatus, code: insteadOf.kind } }
    : { isStale: false };

const knownOfOld = (source: string): OperationOutcomeIssue => ({
  severity: 'information',
  code: 'informational',
  details: { text: 'The source knows the patient by a superseded NHS number.' },
  diagnostics: source,
});

/** What an answer brings of one type, and how the source fared with it. */
export const contributionOf = (answer: Admitted, type: ResourceType): Contribution => {
  if (answer.failed !== undefined) {
    const { failed, ...rest } = answer;
    return { ...NOTHING, ...rest, status: failed };
  }
  const { resources: siblings, heldBack, partial, isStale, ...rest } = answer;
  const resources = siblings.filter((it) => it.type === type);
  const warnings = rest.warnings.filter((it) => !it.types || it.types.includes(type));
  return {
    ...rest,
    status: answeredStatus({ count: resources.length, warnings, heldBack, partial, isStale }),
    resources,
    siblings,
    warnings,
  };
};

interface Answered {
  readonly count: number;
  readonly warnings: readonly SourceWarning[];
  readonly heldBack: number;
  readonly partial: boolean;
  readonly isStale: boolean;
}

const answeredStatus = ({ count, warnings, heldBack, partial, isStale }: Answered): SourceStatus => {
  if (heldBack > 0) return 'quarantined';
  if (warnings.some((it) => it.effect === 'withheld')) return 'withheld';
  if (isStale) return 'stale';
  if (partial || warnings.some((it) => it.effect === 'incomplete')) return 'incomplete';
  return count > 0 ? 'answered' : 'empty';
};

/** True where the source said something, be it that it knows nothing. */
export const didAnswer = ({ status }: Contribution): boolean => STATUS[status].answered;

/** True where what the source holds is in the answer as far as anybody knows. */
export const isComplete = ({ status }: Contribution): boolean => STATUS[status].complete;
