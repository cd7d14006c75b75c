import type { Call } from '../adapter/index.ts';
import { type NhsNumber, type OperationOutcomeIssue, type ResourceType, SYSTEM } from '../fhir/index.ts';
import { admitted, type Contribution, contributionOf, didAnswer, notAsked } from '../search/contribution.ts';
import { fanOut } from '../search/fan-out.ts';
import { planRecord } from '../search/plan.ts';
import type { SearchDeps } from '../search/search.ts';
import { type SourceStatus, STATUS } from '../search/status.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** What one source said of one type: the least that can be known or missing. */
export interface Part {
  readonly type: ResourceType;
  readonly contribution: Contribution;
}

/** A patient's record of many types, as far as the sources gave it. */
export interface PatientRecord {
  readonly patient: NhsNumber;
  /** One for each source and type, in the order of the types. */
  readonly parts: readonly Part[];
  /** The parts of each source as one, in the order of the sources. */
  readonly contributions: readonly Contribution[];
}

/** Asks for many types in one fan-out: a source that answers for the whole patient is asked once. */
export const createRecord =
  (deps: SearchDeps) =>
  async (
    wanted: { readonly patient: NhsNumber; readonly types: readonly ResourceType[] },
    call: Call,
  ): Promise<PatientRecord> => {
    const { patient, types } = wanted;
    const plan = planRecord(wanted, deps.sources.all);
    const results = await fanOut(plan, deps, call);
    const answers = results.map((result, at) => ({
      source: result.source,
      asked: plan.steps[at]?.queries[0]?.types ?? [],
      answer: result.outcome === 'not-asked' ? undefined : admitted(result, { patient, types: plan.types }),
    }));
    const partOf = (source: ConfiguredSource, type: ResourceType): Part => {
      const searched = source.capabilities.types[type]?.search !== undefined;
      const found = answers.find((it) => it.source === source && searched && it.asked.includes(type))?.answer;
      return { type, contribution: found ? contributionOf(found, type) : notAsked(source, type) };
    };
    const bySource = deps.sources.all.map((source) => types.map((type) => partOf(source, type)));
    return { patient, parts: bySource.flat(), contributions: bySource.flatMap((it) => whole(it) ?? []) };
  };

/** The parts of one source as one contribution: what failed of it is told type by type. */
const whole = (parts: readonly Part[]): Contribution | undefined => {
  const asked = parts.filter(({ contribution: { status } }) => status !== 'not-asked' && status !== 'not-searchable');
  const all = asked.map((it) => it.contribution);
  const [first] = all;
  if (!first)
    return parts.find((it) => it.contribution.status === 'not-searchable')?.contribution ?? parts[0]?.contribution;
  const missing = asked.filter((it) => !didAnswer(it.contribution));
  if (missing.length === asked.length) return first;
  return {
    ...first,
    status: statusOf(all),
    retryAfter: all.find((it) => it.retryAfter !== undefined)?.retryAfter,
    reason: undefined,
    resources: all.flatMap((it) => it.resources),
    siblings: unique([...new Set(all.map((it) => it.siblings))].flat()),
    patientIds: new Set(all.flatMap((it) => [...it.patientIds])),
    warnings: [...new Set(all.flatMap((it) => it.warnings))],
    issues: [...new Set(all.flatMap((it) => it.issues)), ...missing.map(missingIssue)],
    fetchedAt: Math.min(...all.map((it) => it.fetchedAt ?? Infinity)),
    latencyMs: Math.max(...all.map((it) => it.latencyMs ?? 0)),
  };
};

/** The first of these that any part has; where all parts agree, what they agree on. */
const GRAVEST: readonly SourceStatus[] = [
  'quarantined',
  'withheld',
  'incomplete',
  'answered',
  'empty',
  'not-known-here',
];

const statusOf = (all: readonly Contribution[]): SourceStatus =>
  all.every(didAnswer)
    ? (GRAVEST.find((status) => all.some((it) => it.status === status)) ?? 'incomplete')
    : 'incomplete';

const unique = (siblings: Contribution['siblings']): Contribution['siblings'] => [
  ...new Map(siblings.map((it) => [`${it.type}/${it.localId}`, it])).values(),
];

/** What a source did not give of one type, although it gave others. */
const missingIssue = ({ type, contribution: { source, status } }: Part): OperationOutcomeIssue => {
  const { issue, nhsCode, text } = STATUS[status];
  return {
    severity: 'warning',
    code: issue,
    details: {
      coding: [
        { system: SYSTEM.sourceStatus, code: status },
        ...(nhsCode === undefined ? [] : [{ system: SYSTEM.httpErrorCodes, code: nhsCode }]),
      ],
      text: `${type}: ${source.title} (source ${source.id}) ${text}`,
    },
    diagnostics: `${source.id}: ${type}`,
    expression: [type],
  };
};
