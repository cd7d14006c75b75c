import { type Call, turn } from '../adapter/index.ts';
import { type NhsNumber, type OperationOutcomeIssue, type ResourceType, SYSTEM } from '../fhir/index.ts';
import type { Person } from '../identity/person.ts';
import {
  admitted,
  type Contribution,
  contributionOf,
  didAnswer,
  isAnswer,
  notAsked,
  receive,
} from '../search/contribution.ts';
import { errandsOf } from '../search/ask/errands.ts';
import type { Result } from '../search/ask/fan-out.ts';
import { inquire, nobodysNumber } from '../search/ask/inquire.ts';
import { planRecord } from '../search/ask/plan.ts';
import { asTraced, withIdentity } from '../search/receive-all.ts';
import type { SearchDeps } from '../search/search.ts';
import { type SourceStatus, STATUS } from '../search/account/status.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

/** What one source said of one type: the least that can be known or missing. */
export interface Part {
  readonly type: ResourceType;
  readonly contribution: Contribution;
}

/** A patient's record of many types, as far as the sources gave it. */
export interface PatientRecord {
  readonly person: Person;
  /** One for each source and type, in the order of the types. */
  readonly parts: readonly Part[];
  /** The parts of each source as one, in the order of the sources, the identity source first. */
  readonly contributions: readonly Contribution[];
}

interface RecordWanted {
  readonly patient: NhsNumber;
  /** Numbers that the patient's superseded. */
  readonly former?: readonly NhsNumber[];
  readonly types: readonly ResourceType[];
}

/**
 * Asks for many types in one fan-out: a source that answers for the whole patient is asked once.
 * @throws FaultError 404 for a number that is nobody's any more
 */
export const createRecord = (deps: SearchDeps) => {
  const { tracer, sources } = deps;
  const record = async (wanted: RecordWanted, call: Call): Promise<PatientRecord> => {
    const { patient, former = [], types } = wanted;
    const plan = planRecord(
      { patient, types: tracer ? [...new Set([...types, 'Patient' as const])] : types },
      sources.all,
    );
    const inquiry = await inquire(
      errandsOf(plan, { patient, former }, { deps, call }),
      { patient, former },
      { tracer, call },
    );
    if (inquiry.outcome === 'invalidated') throw nobodysNumber();
    if (inquiry.outcome === 'superseded')
      return record({ patient: inquiry.by, former: [...former, patient], types }, call);
    const { person, results } = inquiry;
    await turn();
    const trace = results.find((it) => it.source === tracer?.source);
    const answers = results
      .filter((it) => it !== trace)
      .map((result, at) => ({
        source: result.source,
        asked: plan.steps[at]?.queries[0]?.types ?? [],
        outcome: result.outcome,
        answer: isAnswer(result) ? admitted(result, { person, types: plan.mapped }) : undefined,
      }));
    const partOf = (source: ConfiguredSource, type: ResourceType): Part => {
      const searched = source.capabilities.types[type]?.search !== undefined;
      const own = answers.filter((it) => it.source === source);
      // Who is in doubt by the Patient of one answer is so in all of them.
      const doubtful = own.find((it) => it.answer?.failed === 'quarantined');
      const found = searched ? (doubtful ?? own.find((it) => it.asked.includes(type))) : undefined;
      if (!found?.answer) return { type, contribution: notAsked(source, type, unasked(found?.outcome)) };
      return { type, contribution: contributionOf(found.answer, type) };
    };
    const bySource = sources.all
      .filter((source) => source !== trace?.source)
      .map((source) => types.map((type) => partOf(source, type)));
    const contributions = [
      ...(trace ? [tracedOf(trace, person, types)] : []),
      ...bySource.flatMap((it) => whole(it) ?? []),
    ];
    return { person, parts: bySource.flat(), contributions: withIdentity(contributions, person, types) };
  };
  return record;
};

const unasked = (outcome: Result['outcome'] | undefined): 'not-asked' | 'withheld' | 'untraced' =>
  outcome === 'withheld' || outcome === 'untraced' ? outcome : 'not-asked';

const tracedOf = (trace: Result, person: Person, types: readonly ResourceType[]): Contribution => {
  const contribution = receive(trace, { type: 'Patient', person });
  return types.includes('Patient') ? contribution : asTraced(contribution);
};

/** The parts of one source as one contribution: what failed of it is told type by type. */
const whole = (parts: readonly Part[]): Contribution | undefined => {
  const asked = parts.filter(({ contribution: { status } }) => status !== 'not-asked' && status !== 'not-searchable');
  const all = asked.map((it) => it.contribution);
  const [first] = all;
  if (!first)
    return parts.find((it) => it.contribution.status === 'not-searchable')?.contribution ?? parts[0]?.contribution;
  const missing = asked.filter((it) => !didAnswer(it.contribution));
  if (missing.length === asked.length || first.fetchedAt === undefined) return first;
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
  'stale',
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
