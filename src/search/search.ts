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
import type { Sources } from '../sources/registry.ts';
import { anyAnswered, completenessOf, mustBeWhole, toBundle, toEntry } from './bundle.ts';
import { type Contribution, didAnswer, receive } from './contribution.ts';
import { subset } from './elements.ts';
import { failure } from './failure.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import type { Held } from './held.ts';
import { includeFor } from './include.ts';
import { keepMatching } from './keep.ts';
import { ledger } from './ledger.ts';
import { allergyNotes, LINKED_THROUGH, type LinkDeps, linkMatches } from './link-matches.ts';
import type { MergeMode } from './merge-mode.ts';
import { sortBy } from './order.ts';
import { createOut, heldBy } from './out.ts';
import { type Position, sealPage, takePage } from './page.ts';
import { isAskedNow, planSearch } from './plan.ts';
import { type Assembler, provenancesOf } from './provenance.ts';
import type { SearchRequest } from './request.ts';
import { createSettler } from './settle.ts';
import { STATUS } from './status.ts';
import { noteUndated } from './undated.ts';

export interface SearchDeps extends FanOut, LinkDeps {
  readonly sources: Sources;
  readonly sealer: Sealer;
  readonly facade: Assembler;
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
export const createSearch =
  (deps: SearchDeps) =>
  async (request: SearchRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const { type, patient, criteria, shape, ignored } = request;
    if (!deps.sources.all.some((it) => it.capabilities.types[type]?.search))
      throw new FaultError('notSupported', 'No source can be searched for this type of resource.');
    const plan = planSearch(request, deps.sources.all);
    const results = await fanOut(plan, deps, call);
    const received = results
      .map((it) => besides(receive(it, { type, patient, types: withLinked(plan.types, type) }), request))
      .map((it) => noteUndated(it, request));
    const settle = createSettler(patient, deps, call);
    const kept = await settle(received, (world, all) => all.map((it) => keepMatching(it, criteria, world)));
    if (!anyAnswered(kept.value)) return failure(kept.value, ledger(kept.value, ignored));

    const sorted = sortBy(kept.value.flatMap(heldBy), shape.sort, { type, idOf: idsOf(request, deps) });
    const linked = await linkMatches(
      sorted,
      { patient, merge: mergeOf(request, options), contributions: kept.contributions },
      { deps, call },
    );
    const { matches } = linked;
    // The patient is one match, however many sources hold them.
    const { page, next } =
      type === 'Patient'
        ? { page: matches, next: undefined }
        : takePage(matches, shape.count, request.page?.served ?? {});
    const settled = await settle(kept.value, (world) =>
      includeFor([...page, ...linked.beside(page)], shape.includes, world),
    );
    const { contributions } = settled;
    const outcome = ledger(contributions, ignored, [...allergyNotesOf(request, received), ...linked.issues]);
    if (mustBeWhole(contributions, options)) return failure(contributions, outcome);

    const missing = next || type === 'Patient' ? undefined : worthAskingAgain(contributions);
    const pageAt = (place: Pick<Position, 'served' | 'only'>): string =>
      sealPage(deps.sealer, type, {
        position: { ...place, query: request.applied, since: request.now, merge: linked.merge },
        now: deps.now(),
      });
    const out = createOut(contributions, settled.world.patient, { patient, deps });
    const show = (held: Held): FhirResource => linked.label(held, out(held));
    const shown = present(request, page.map(show));
    const beside = linked.beside(page);
    const included = [...beside.map(show), ...settled.value.map(out)];
    return {
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
          ...(isPartial(request) ? [] : linked.linkages([...page, ...beside])),
          ...(shape.withProvenance
            ? provenancesOf(contributions, [...page, ...beside].map(show), { facade: deps.facade, patient })
            : []),
        ],
        outcome,
        completeness: completenessOf(contributions),
        next: next && pageAt({ served: next, only: request.page?.only }),
        missing: missing && pageAt({ served: request.page?.served ?? {}, only: missing }),
      }),
    };
  };

/** What links look into is mapped too where a source gave it; nobody is asked for it. */
const withLinked = (types: ReadonlySet<ResourceType>, type: ResourceType): ReadonlySet<ResourceType> =>
  new Set([...types, ...(LINKED_THROUGH[type] ?? [])]);

/** Patients are matched by the identity room, and an answer that shows no records needs no links. */
const mergeOf = ({ type, shape, page }: SearchRequest, { merge = 'link' }: SearchOptions): MergeMode =>
  type === 'Patient' || shape.summary === 'count' || shape.count === 0 ? 'none' : (page?.merge ?? merge);

const isPartial = ({ shape }: SearchRequest): boolean => shape.summary === 'text';

/** Of all of a patient's allergies an answer can say what they come to; of some it cannot. */
const allergyNotesOf = (request: SearchRequest, received: readonly Contribution[]) =>
  request.type === 'AllergyIntolerance' && request.criteria.length === 0 && !request.page?.only
    ? allergyNotes(received, request.patient)
    : [];

/** A source that was asked for its Patient alone says nothing of the searched type. */
const besides = (contribution: Contribution, request: SearchRequest): Contribution => {
  const { type } = request;
  if (!isAskedNow(request, contribution.source.id)) return { ...contribution, status: 'asked-before', resources: [] };
  const own = contribution.source.capabilities.types[type];
  if (own?.search || !didAnswer(contribution)) return contribution;
  return { ...contribution, status: own ? 'not-searchable' : 'not-asked' };
};

/** The sources that may answer later what they did not now. */
const worthAskingAgain = (contributions: readonly Contribution[]): readonly string[] | undefined => {
  const ids = contributions.flatMap(({ source, status }) => (STATUS[status].passing === true ? [source.id] : []));
  return ids.length > 0 ? ids : undefined;
};

const idsOf =
  ({ patient }: SearchRequest, { sealer }: SearchDeps) =>
  ({ source, local: { type, localId } }: Held): string =>
    sealer.seal(type, { source, patient: { nhsNumber: patient }, localId });

interface Shown {
  readonly matches: readonly FhirResource[];
  readonly included: readonly FhirResource[];
}

/** A search for the patient finds the federated one, and includes each source's own. */
const present = ({ type, patient }: SearchRequest, released: readonly FhirResource[]): Shown => {
  if (type !== 'Patient') return { matches: released, included: [] };
  const patients = released as readonly Patient[];
  const federated = federatedPatient(patient, patients);
  return { matches: federated ? [federated] : [], included: patients.map((it) => sourcePatient(patient, it)) };
};
