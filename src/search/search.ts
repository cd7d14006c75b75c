import { type Call, turn } from '../adapter/index.ts';
import { type Bundle, FaultError, type FhirResource, type OperationOutcome } from '../fhir/index.ts';
import { remembering, type Sealer } from '../fhir/sealed-id.ts';
import type { Person } from '../identity/person.ts';
import type { Tracer } from '../identity/trace.ts';
import type { Sources } from '../sources/registry.ts';
import { anyAnswered, completenessOf, mustBeWhole, toBundle, toEntry } from './bundle.ts';
import type { Contribution } from './contribution.ts';
import { subset } from './elements.ts';
import { failure } from './account/failure.ts';
import { errandsOf } from './ask/errands.ts';
import type { FanOut, Result } from './ask/fan-out.ts';
import type { Held } from './held.ts';
import { includeFor } from './include.ts';
import { inquire, nobodysNumber } from './ask/inquire.ts';
import { keepMatching } from './keep.ts';
import { ledger } from './account/ledger.ts';
import { allergyNotes, type LinkDeps, linkMatches } from './link-matches.ts';
import type { MergeMode } from './request/merge-mode.ts';
import { sortBy } from './order.ts';
import { createOut, heldBy } from './out.ts';
import { halfHourOf, type Position, sealPage, takePage } from './page.ts';
import { type Plan, planSearch } from './ask/plan.ts';
import { present } from './present.ts';
import { type Assembler, provenancesOf } from './provenance.ts';
import type { Made, Recall } from './recall.ts';
import { receiveAll } from './receive-all.ts';
import type { SearchRequest } from './request/request.ts';
import { sealedIn } from './sealed.ts';
import { createSettler } from './settle.ts';
import { STATUS } from './account/status.ts';

export interface SearchDeps extends FanOut, LinkDeps {
  readonly sources: Sources;
  readonly sealer: Sealer;
  readonly facade: Assembler;
  readonly recall: Recall;
  /** Undefined where no identity source is configured. */
  readonly tracer?: Tracer | undefined;
}

export interface SearchOptions {
  /** The URL of the FHIR base, for links and full URLs. */
  readonly base: string;
  /** `strict`: a partial answer is a failed one. */
  readonly completeness: 'strict' | 'lenient';
  /** What becomes of records that state the same; `link` where left out. */
  readonly merge?: MergeMode | undefined;
}

/** What the door sends: a searchset, or the outcome of a search that no source could answer. */
export interface SearchAnswer {
  readonly status: number;
  readonly resource: Bundle | OperationOutcome;
  /** What became of records that state the same, where links were asked for. */
  readonly merge?: MergeMode;
}

/** The product: one question, every source asked at once, one UK Core searchset with an account of each of them. */
export const createSearch = (deps: SearchDeps) => {
  const search = async (request: SearchRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const { type } = request;
    if (!deps.sources.all.some((it) => it.capabilities.types[type]?.search))
      throw new FaultError('notSupported', 'No source can be searched for this type of resource.');
    const plan = planSearch(request, deps.sources.all, { withPatient: deps.tracer !== undefined });
    const inquiry = await inquire(errandsOf(plan, request, { deps, call }), request, { tracer: deps.tracer, call });
    if (inquiry.outcome === 'invalidated') throw nobodysNumber();
    if (inquiry.outcome === 'superseded') return search(request.about(inquiry.by), options, call);
    const { person, results } = inquiry;
    // From here on all follows from what the sources said and from these: who the person is, the trace among the answers says.
    const { nhsNumber, former, linked } = person;
    const question = [request, options, nhsNumber, former, linked, halfHourOf(deps.now())];
    return deps.recall.of(results, question, () => assemble({ request, options, plan, person, results }, deps, call));
  };
  return search;
};

/** A question, and what the sources said. */
interface Asked {
  readonly request: SearchRequest;
  readonly options: SearchOptions;
  readonly plan: Plan;
  readonly person: Person;
  readonly results: readonly Result[];
}

/** From the answers of the sources to the page. */
const assemble = async (
  { request, options, plan, person, results }: Asked,
  given: SearchDeps,
  call: Call,
): Promise<Made<SearchAnswer>> => {
  await turn();
  const deps = { ...given, sealer: remembering(given.sealer) };
  const { type, criteria, shape, ignored } = request;
  const received = receiveAll(results, person, { request, types: plan.mapped });
  const settle = createSettler(person, deps, call);
  const kept = await settle(received, (world, all) => all.map((it) => keepMatching(it, criteria, world)));
  if (!anyAnswered(kept.value, [type])) return failed(kept.value, ledger(kept.value, ignored));

  const sealed = sealedIn(received, person.nhsNumber, deps.sealer);
  const sorted = sortBy(kept.value.flatMap(heldBy), shape.sort, {
    type,
    idOf: ({ source, local }) => sealed({ source, ...local }),
  });
  const { matches, linksOf } = await linkMatches(
    sorted,
    { patient: person.nhsNumber, merge: mergeOf(request, options), contributions: kept.contributions },
    { deps, call },
  );
  // The patient is one match, however many sources hold them.
  const { page, next } =
    type === 'Patient'
      ? { page: matches, next: undefined }
      : takePage(matches, shape.count, request.page?.served ?? {});
  const linked = await linksOf(page);
  const { beside } = linked;
  const settled = await settle(kept.value, (world) => includeFor([...page, ...beside], shape.includes, world));
  const { contributions } = settled;
  const outcome = ledger(contributions, ignored, [...allergyNotesOf(request, person, received), ...linked.issues]);
  if (mustBeWhole(contributions, person, options)) return failed(contributions, outcome);

  const missing = next || type === 'Patient' ? undefined : worthAskingAgain(contributions);
  const pageAt = (place: Pick<Position, 'served' | 'only'>): string =>
    sealPage(deps.sealer, type, {
      position: { ...place, query: request.applied, since: request.now, merge: linked.merge },
      now: deps.now(),
    });
  const out = createOut(contributions, settled.world.patient, { person, deps });
  const show = (held: Held): FhirResource => linked.label(held, out(held));
  const shown = present(
    type,
    person,
    page.map((it) => ({ source: it.source, resource: show(it) })),
  );
  const included = [...beside.map(show), ...settled.value.map(out)];
  const completeness = completenessOf(contributions, person);
  const value: SearchAnswer = {
    status: 200,
    merge: linked.merge,
    resource: toBundle({
      ...options,
      request,
      total: type === 'Patient' ? shown.matches.length : matches.length,
      matches: shown.matches.map((it) => subset(it, shape.elements, shape.summary)),
      includes: [
        ...[...shown.included, ...included].map((it) =>
          toEntry(options.base, subset(it, undefined, shape.summary), 'include'),
        ),
        ...(isPartial(request) ? [] : linked.linkages()),
        ...(shape.withProvenance
          ? provenancesOf(contributions, [...page, ...beside].map(show), { facade: deps.facade, person })
          : []),
      ],
      outcome,
      completeness,
      next: next && pageAt({ served: next, only: request.page?.only }),
      missing: missing && pageAt({ served: request.page?.served ?? {}, only: missing }),
    }),
  };
  return { value, isWhole: completeness === 'complete' && linked.isWhole };
};

const failed = (...about: Parameters<typeof failure>): Made<SearchAnswer> => ({
  value: failure(...about),
  isWhole: false,
});

/** Patients are matched by the identity room, and an answer that shows no records needs no links. */
const mergeOf = ({ type, shape, page }: SearchRequest, { merge = 'link' }: SearchOptions): MergeMode =>
  type === 'Patient' || shape.summary === 'count' || shape.count === 0 ? 'none' : (page?.merge ?? merge);

const isPartial = ({ shape }: SearchRequest): boolean => shape.summary === 'text';

/** Of all of a patient's allergies an answer can say what they come to; of some it cannot. */
const allergyNotesOf = (request: SearchRequest, { nhsNumber }: Person, received: readonly Contribution[]) =>
  request.type === 'AllergyIntolerance' && request.criteria.length === 0 && !request.page?.only
    ? allergyNotes(received, nhsNumber)
    : [];

/** The sources that may answer later what they did not now. */
const worthAskingAgain = (contributions: readonly Contribution[]): readonly string[] | undefined => {
  const ids = contributions.flatMap(({ source, status }) => (STATUS[status].passing === true ? [source.id] : []));
  return ids.length > 0 ? ids : undefined;
};
