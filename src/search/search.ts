import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  FaultError,
  type FhirResource,
  type OperationOutcome,
  type Patient,
  type ResourceType,
} from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import { federatedPatient, sourcePatient } from '../identity/federated-patient.ts';
import type { Person } from '../identity/person.ts';
import type { Tracer } from '../identity/trace.ts';
import type { Sources } from '../sources/registry.ts';
import { anyAnswered, completenessOf, mustBeWhole, toBundle, toEntry } from './bundle.ts';
import type { Contribution } from './contribution.ts';
import { subset } from './elements.ts';
import { failure } from './failure.ts';
import { errandsOf } from './errands.ts';
import type { FanOut } from './fan-out.ts';
import type { Held } from './held.ts';
import { includeFor } from './include.ts';
import { inquire, nobodysNumber } from './inquire.ts';
import { keepMatching } from './keep.ts';
import { ledger } from './ledger.ts';
import { sortBy } from './order.ts';
import { createOut, heldBy } from './out.ts';
import { type Position, sealPage, takePage } from './page.ts';
import { planSearch } from './plan.ts';
import { type Assembler, provenancesOf } from './provenance.ts';
import { receiveAll } from './receive-all.ts';
import type { SearchRequest } from './request.ts';
import { createSettler } from './settle.ts';
import { STATUS } from './status.ts';

export interface SearchDeps extends FanOut {
  readonly sources: Sources;
  readonly sealer: Sealer;
  readonly facade: Assembler;
  /** Undefined where no identity source is configured. */
  readonly tracer?: Tracer | undefined;
}

export interface SearchOptions {
  /** The URL of the FHIR base, for links and full URLs. */
  readonly base: string;
  /** `strict`: a partial answer is a failed one. */
  readonly completeness: 'strict' | 'lenient';
}

/** What the door sends: a searchset, or the outcome of a search that no source could answer. */
export interface SearchAnswer {
  readonly status: number;
  readonly resource: Bundle | OperationOutcome;
}

/** The product: one question, every source asked at once, one UK Core searchset with an account of each of them. */
export const createSearch = (deps: SearchDeps) => {
  const search = async (request: SearchRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const { type, criteria, shape, ignored } = request;
    if (!deps.sources.all.some((it) => it.capabilities.types[type]?.search))
      throw new FaultError('notSupported', 'No source can be searched for this type of resource.');
    const plan = planSearch(request, deps.sources.all, { withPatient: deps.tracer !== undefined });
    const inquiry = await inquire(errandsOf(plan, request, { deps, call }), request, { tracer: deps.tracer, call });
    if (inquiry.outcome === 'invalidated') throw nobodysNumber();
    if (inquiry.outcome === 'superseded') return search(request.about(inquiry.by), options, call);
    const { person, results } = inquiry;
    const received = receiveAll(results, person, { request, types: plan.types });
    const settle = createSettler(person, deps, call);
    const kept = await settle(received, (world, all) => all.map((it) => keepMatching(it, criteria, world)));
    if (!anyAnswered(kept.value, [type])) return failure(kept.value, ledger(kept.value, ignored));

    const matches = sortBy(kept.value.flatMap(heldBy), shape.sort, { type, idOf: idsOf(person, received, deps) });
    // The patient is one match, however many sources hold them.
    const { page, next } =
      type === 'Patient'
        ? { page: matches, next: undefined }
        : takePage(matches, shape.count, request.page?.served ?? {});
    const settled = await settle(kept.value, (world) => includeFor(page, shape.includes, world));
    const { contributions } = settled;
    const outcome = ledger(contributions, ignored);
    if (mustBeWhole(contributions, person, options)) return failure(contributions, outcome);

    const missing = next || type === 'Patient' ? undefined : worthAskingAgain(contributions);
    const pageAt = (place: Pick<Position, 'served' | 'only'>): string =>
      sealPage(deps.sealer, type, {
        position: { ...place, query: request.applied, since: request.now },
        now: deps.now(),
      });
    const out = createOut(contributions, settled.world.patient, { person, deps });
    const shown = present(
      type,
      person,
      page.map((it) => ({ source: it.source, resource: out(it) })),
    );
    const included = settled.value.map(out);
    return {
      status: 200,
      resource: toBundle({
        ...options,
        request,
        total: type === 'Patient' ? shown.matches.length : matches.length,
        matches: shown.matches.map((it) => subset(it, shape.elements, shape.summary)),
        includes: [
          ...[...shown.included, ...included].map((it) =>
            toEntry(options.base, subset(it, undefined, shape.summary), 'include'),
          ),
          ...(shape.withProvenance ? provenancesOf(contributions, page.map(out), { facade: deps.facade, person }) : []),
        ],
        outcome,
        completeness: completenessOf(contributions, person),
        next: next && pageAt({ served: next, only: request.page?.only }),
        missing: missing && pageAt({ served: request.page?.served ?? {}, only: missing }),
      }),
    };
  };
  return search;
};

/** The sources that may answer later what they did not now. */
const worthAskingAgain = (contributions: readonly Contribution[]): readonly string[] | undefined => {
  const ids = contributions.flatMap(({ source, status }) => (STATUS[status].passing === true ? [source.id] : []));
  return ids.length > 0 ? ids : undefined;
};

const idsOf = (
  { nhsNumber }: Person,
  contributions: readonly Contribution[],
  { sealer }: SearchDeps,
): ((held: Held) => string) => {
  const numbers = new Map(contributions.map((it) => [it.source.id, it.askedAs ?? nhsNumber]));
  return ({ source, local: { type, localId } }) =>
    sealer.seal(type, { source, patient: { nhsNumber: numbers.get(source) ?? nhsNumber }, localId });
};

interface Shown {
  readonly matches: readonly FhirResource[];
  readonly included: readonly FhirResource[];
}

/** A search for the patient finds the federated one, and includes each source's own. */
const present = (
  type: ResourceType,
  person: Person,
  released: readonly { readonly source: string; readonly resource: FhirResource }[],
): Shown => {
  if (type !== 'Patient') return { matches: released.map((it) => it.resource), included: [] };
  const patients = released.map(({ source, resource }) => ({ source, patient: resource as Patient }));
  const federated = federatedPatient(person, patients);
  return {
    matches: federated ? [federated] : [],
    included: patients.map((it) => sourcePatient(person.nhsNumber, it.patient)),
  };
};
