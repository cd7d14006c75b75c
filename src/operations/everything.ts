import type { Call } from '../adapter/index.ts';
import { FaultError, type FhirResource, type NhsNumber, type Patient, type ResourceType } from '../fhir/index.ts';
import { sourcePatient } from '../identity/federated-patient.ts';
import { anyAnswered, completenessOf, mustBeWhole, pageLinks, searchset, toEntry } from '../search/bundle.ts';
import type { Contribution } from '../search/contribution.ts';
import type { Criterion } from '../search/parameter/criterion.ts';
import { failure } from '../search/account/failure.ts';
import type { Held } from '../search/held.ts';
import { keepMatching } from '../search/keep.ts';
import { ledger } from '../search/account/ledger.ts';
import { linkMatches } from '../search/link-matches.ts';
import { createOut, heldBy } from '../search/out.ts';
import { typeByType } from '../search/order.ts';
import { sealPage, takePage } from '../search/page.ts';
import { searchedBy } from '../search/ask/plan.ts';
import { readCriterion } from '../search/parameter/read-criterion.ts';
import type { PageAsked } from '../search/request/request.ts';
import type { SearchAnswer, SearchDeps, SearchOptions } from '../search/search.ts';
import { createSettler } from '../search/settle.ts';
import { countUndated } from '../search/account/undated.ts';
import type { World } from '../search/world.ts';
import { careBetween } from './care-date.ts';
import { createRecord } from './record.ts';
import { referredBy } from './referred.ts';
import type { OperationRequest } from './request.ts';

/** What `$everything` is asked for, and where a walk through its pages stands. */
export interface EverythingRequest extends OperationRequest {
  readonly patient: NhsNumber;
  readonly page: PageAsked | undefined;
  /** The time of the first page, in epoch milliseconds. */
  readonly now: number;
}

/** What a token for a page of one patient's record is sealed for. */
export const everythingPage = (patient: NhsNumber): string => `Patient/${patient}/$everything`;

/**
 * All that the sources hold of one patient: what every type's search would match, from one fan-out; beside it what those
 * refer to and no search can find.
 * @throws FaultError 400 for types that are not served, or an end before the start
 * @see https://hl7.org/fhir/R4/operation-patient-everything.html
 */
export const createEverything = (deps: SearchDeps) => {
  const record = createRecord(deps);
  return async (request: EverythingRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const asked = readAsked(request, deps);
    const { person, contributions: given } = await record({ patient: request.patient, types: asked.types }, call);
    const patient = person.nhsNumber;
    const received = asked.since === undefined ? given : given.map((it) => countUndated(it, '_since'));
    // Who the patient is makes no record.
    const recordTypes = asked.types.filter((it) => it !== 'Patient');
    if (!anyAnswered(received, recordTypes.length > 0 ? recordTypes : asked.types))
      return failure(received, ledger(received, request.ignored));

    const settle = createSettler(person, deps, call);
    const found = await settle(received, (world, all) => {
      const kept = all.map((it) => keepMatching(it, asked.criteria, world));
      return { kept, ...matchesOf(kept, { world, ...asked }) };
    });
    const countOnly = asked.count === 0;
    const merge = countOnly ? 'none' : (request.page?.merge ?? options.merge ?? 'link');
    const { kept, patients, clinical } = found.value;
    const { matches: shown, linksOf } = await linkMatches(
      clinical,
      { patient: person.nhsNumber, merge, contributions: found.contributions },
      { deps, call },
    );
    const matches = [...patients, ...shown];
    const { page, next } = takePage(matches, asked.count, request.page?.served ?? {});
    const linked = await linksOf(page);
    const { beside } = linked;
    const isSearched = ({ source, local }: Held): boolean =>
      deps.sources.byId(source)?.capabilities.types[local.type]?.search !== undefined;
    const { contributions, value: referred } = await settle(found.contributions, (world) => {
      const wanted = (it: Held): boolean => it !== world.patient && !isSearched(it);
      return asked.isSelective ? [] : referredBy([...page, ...beside], [...patients, ...clinical], { world, wanted });
    });
    // Reading what others refer to may have failed at a source: its account says so, of what it gave itself.
    const accounted = contributions.map((it, at) => ({ ...it, resources: kept[at]?.resources ?? [] }));

    const federated = found.world.patient;
    const out = createOut(contributions, federated, { person, deps });
    const show = (held: Held): FhirResource => linked.label(held, out(held));
    const outcome = ledger(accounted, request.ignored, linked.issues);
    if (mustBeWhole(accounted, person, options)) return failure(accounted, outcome);
    const own = federated && page.includes(federated) ? patientsOf(contributions, federated) : [];
    return {
      status: 200,
      merge: linked.merge,
      resource: searchset({
        total: matches.length,
        link: pageLinks({
          url: `${options.base}/${everythingPage(patient)}`,
          applied: request.applied,
          format: request.format,
          token: request.page?.token,
          tokens: {
            next:
              next &&
              sealPage(deps.sealer, everythingPage(patient), {
                position: { query: request.applied, served: next, since: request.now, merge: linked.merge },
                now: deps.now(),
              }),
          },
        }),
        entry: countOnly
          ? []
          : [
              ...page.map((it) => toEntry(options.base, show(it), 'match')),
              ...own.map((it) => toEntry(options.base, sourcePatient(patient, out(it) as Patient), 'include')),
              ...beside.map((it) => toEntry(options.base, show(it), 'include')),
              ...typeByType(referred).map((it) => toEntry(options.base, out(it), 'include')),
              ...linked.linkages(),
            ],
        outcome,
        completeness: completenessOf(accounted, person),
      }),
    };
  };
};

interface Asked {
  readonly types: readonly ResourceType[];
  /** True where the caller chose types: what they refer to was not chosen. */
  readonly isSelective: boolean;
  readonly since: string | undefined;
  readonly count: number | undefined;
  readonly criteria: readonly Criterion[];
}

const readAsked = ({ values }: EverythingRequest, { sources }: SearchDeps): Asked => {
  const served = searchedBy(sources.all);
  const chosen = values('_type') as readonly ResourceType[];
  if (chosen.some((it) => !served.has(it)))
    throw new FaultError(
      'notSupported',
      'Expected types that a source can be searched for; /metadata lists them.',
      '_type',
    );
  const [[start], [end], [since], [count]] = [values('start'), values('end'), values('_since'), values('_count')];
  if (start !== undefined && end !== undefined && end < start && !start.startsWith(end))
    throw new FaultError('value', 'Expected an end that is not before the start.', 'end');
  return {
    types: inOrder(chosen.length > 0 ? new Set(chosen) : served),
    isSelective: chosen.length > 0,
    since,
    count: count === undefined ? undefined : Number(count),
    criteria: [
      ...(start === undefined && end === undefined ? [] : [careBetween(start, end)]),
      ...(since === undefined ? [] : [updatedSince(since)]),
    ],
  };
};

/** The patient first, the rest by name. */
const inOrder = (types: ReadonlySet<ResourceType>): readonly ResourceType[] =>
  [...types].sort((a, b) => Number(b === 'Patient') - Number(a === 'Patient') || (a < b ? -1 : 1));

const updatedSince = (since: string): Criterion =>
  readCriterion('Patient', ['_lastUpdated', `ge${since}`], { now: 0, owns: () => false }) as Criterion;

/** The patient is one match, however many sources hold them; the rest stands type by type. */
const matchesOf = (
  kept: readonly Contribution[],
  { world, types }: { readonly world: World } & Pick<Asked, 'types'>,
): { readonly patients: readonly Held[]; readonly clinical: readonly Held[] } => {
  const all = kept.flatMap(heldBy);
  const isPatient = ({ local }: Held): boolean => local.type === 'Patient';
  const patient = types.includes('Patient') && all.some(isPatient) ? world.patient : undefined;
  return { patients: patient ? [patient] : [], clinical: typeByType(all.filter((it) => !isPatient(it))) };
};

/** Each source's own Patient. */
const patientsOf = (contributions: readonly Contribution[], federated: Held): readonly Held[] =>
  contributions
    .flatMap(({ source, patientIds, siblings }) =>
      siblings.map((local): Held => ({ source: source.id, patientIds, local })),
    )
    .filter((it) => it.local.type === 'Patient' && it !== federated);
