import { type Call, SourceError, type Trace, turn } from '../../adapter/index.ts';
import { FaultError, type NhsNumber, type Patient } from '../../fhir/index.ts';
import { type Person, untraced } from '../../identity/person.ts';
import type { Tracer } from '../../identity/trace.ts';
import { mapAnswer } from '../../mapping/map-answer.ts';
import type { Asked } from '../../sources/asked.ts';
import type { ConfiguredSource } from '../../sources/registry.ts';
import type { Errand } from './errands.ts';
import type { Result } from './fan-out.ts';
import type { Subject } from './former.ts';
import { linkedNumbers } from './linked.ts';

/** What asking came to: whose record it is and what the sources said, or that the number is no longer this person's. */
export type Inquiry =
  | { readonly outcome: 'asked'; readonly person: Person; readonly results: readonly Result[] }
  | { readonly outcome: 'superseded'; readonly by: NhsNumber }
  | { readonly outcome: 'invalidated' };

export interface Inquiring {
  /** Undefined where no identity source is configured. */
  readonly tracer?: Tracer | undefined;
}

/**
 * Asks whose the NHS number is and, beside that, the sources. Only those wait that must not be asked about a person whose
 * whereabouts are restricted; of such a person they are not asked at all. What came for a number that turns out to be
 * another's, or nobody's, is let go.
 */
export const inquire = async (
  errands: readonly Errand[],
  { patient, former = [] }: Subject,
  { tracer, call }: Inquiring & { readonly call: Call },
): Promise<Inquiry> => {
  await turn();
  if (!tracer) {
    const results = await Promise.all(errands.map((it) => it.run()));
    return { outcome: 'asked', person: { ...untraced(patient), former }, results };
  }
  const moved = movedFrom(patient, tracer.known(patient), former);
  if (moved) return moved;
  const tracing = tracer.trace(patient, call);
  const running = errands
    .filter(({ source }) => source.id !== tracer.source.id)
    .map(async ({ source, run }): Promise<Result> => {
      const refusal = source.capabilities.waitsForTrace ? refusalOf(await tracing, patient) : undefined;
      return refusal === undefined ? run() : { source, outcome: refusal };
    });
  const asked = sound(await tracing, { patient, former });
  const trace = 'value' in asked ? asked.value : undefined;
  const elsewhere = movedFrom(patient, trace, former);
  if (elsewhere) return elsewhere;
  const results = await Promise.all(running);
  const linked = trace ? await linkedNumbers(results, patient, { tracer, call }) : [];
  return {
    outcome: 'asked',
    person: { ...personOf(patient, trace as Found | undefined, tracer), former, linked },
    // The identity source goes first: its word on a demographic counts most.
    results: [resultOf(tracer.source, asked), ...results],
  };
};

/** What a caller is told of a number that is invalidated. */
export const nobodysNumber = (): FaultError =>
  new FaultError('notFound', 'This NHS number has been invalidated; it is nobody’s any more. Trace the patient anew.');

/** The most numbers that one person is followed through. */
const MAX_FORMER = 3;

/** Where the person of a number is to be looked for instead; undefined where it is their own. */
const movedFrom = (
  patient: NhsNumber,
  trace: Trace | undefined,
  former: readonly NhsNumber[],
): Exclude<Inquiry, { readonly outcome: 'asked' }> | undefined => {
  if (trace?.outcome === 'invalidated') return { outcome: 'invalidated' };
  return trace && !leadsInCircle(trace, { patient, former }) && trace.nhsNumber !== patient
    ? { outcome: 'superseded', by: trace.nhsNumber }
    : undefined;
};

const leadsInCircle = ({ nhsNumber }: Found, { patient, former = [] }: Subject): boolean =>
  nhsNumber !== patient && (former.includes(nhsNumber) || former.length >= MAX_FORMER);

/** An identity source that leads in a circle has not answered. */
const sound = (asked: Asked<Trace>, subject: Subject): Asked<Trace> => {
  const trace = 'value' in asked ? asked.value : undefined;
  if (trace?.outcome !== 'found' || !leadsInCircle(trace, subject)) return asked;
  const { fetchedAt, latencyMs } = asked;
  return { error: new SourceError('invalid-response'), fetchedAt, latencyMs };
};

/** Why a source that waits for the trace is not asked after all. */
const refusalOf = (asked: Asked<Trace>, patient: NhsNumber): 'withheld' | 'untraced' | undefined => {
  const trace = 'value' in asked ? asked.value : undefined;
  if (trace?.outcome !== 'found' || trace.nhsNumber !== patient) return 'untraced';
  return trace.restriction === 'unrestricted' ? undefined : 'withheld';
};

type Found = Extract<Trace, { readonly outcome: 'found' }>;

const personOf = (nhsNumber: NhsNumber, trace: Found | undefined, { source, quarantineAt }: Tracer): Person => {
  if (!trace) return { nhsNumber, former: [], whereabouts: 'unknown' };
  return {
    nhsNumber,
    former: [],
    whereabouts: trace.restriction,
    traced: { source: source.id, patient: patientIn(trace, source), quarantineAt },
  };
};

const patients = new WeakMap<Found, Patient | undefined>();

/** Whom a trace found, mapped once for all who ask for them while the trace is remembered. */
const patientIn = (trace: Found, { id, adapter }: ConfiguredSource): Patient | undefined => {
  if (!patients.has(trace)) {
    const { resources } = mapAnswer(adapter, trace.demographics, { source: id });
    patients.set(trace, resources.find((it) => it.type === 'Patient')?.resource as Patient | undefined);
  }
  return patients.get(trace);
};

/** What the identity source said, as one more source's answer. */
const resultOf = (source: ConfiguredSource, asked: Asked<Trace>): Result => {
  const { fetchedAt, latencyMs } = asked;
  if ('error' in asked) return { source, outcome: 'failed', error: asked.error, fetchedAt, latencyMs };
  const { demographics } = asked.value as Found;
  const answer = { ...demographics, patientIds: [], partial: false, map: source.adapter.map };
  return { source, outcome: 'answered', answer, parts: [asked], fetchedAt, latencyMs };
};
