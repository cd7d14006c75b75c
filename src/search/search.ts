import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  FaultError,
  type FhirResource,
  type NhsNumber,
  type OperationOutcome,
  type Patient,
} from '../fhir/index.ts';
import { isCarriedWhole, type Sealer } from '../fhir/sealed-id.ts';
import { federatedPatient, sourcePatient } from '../identity/federated-patient.ts';
import type { LocalResource } from '../mapping/map-answer.ts';
import { createRelease } from '../mapping/release.ts';
import type { Sources } from '../sources/registry.ts';
import { anyAnswered, completenessOf, toBundle, toEntry } from './bundle.ts';
import { type Contribution, receive } from './contribution.ts';
import { subset } from './elements.ts';
import { failure } from './failure.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import { includeFor } from './include.ts';
import { keepMatching, siblingsOf } from './keep.ts';
import { ledger } from './ledger.ts';
import { type Held, sortBy } from './order.ts';
import { sealPage, takePage } from './page.ts';
import { planSearch } from './plan.ts';
import { type Assembler, provenanceOf } from './provenance.ts';
import type { SearchRequest } from './request.ts';

export interface SearchDeps extends FanOut {
  readonly sources: Sources;
  readonly sealer: Sealer;
  readonly facade: Assembler;
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
export const createSearch =
  (deps: SearchDeps) =>
  async (request: SearchRequest, options: SearchOptions, call: Call): Promise<SearchAnswer> => {
    const plan = planSearch(request, deps.sources.all);
    if (plan.steps.every((it) => it.queries.length === 0)) {
      throw new FaultError('notSupported', 'No source holds this type of resource.');
    }
    const results = await fanOut(plan, deps, call);
    const received = results.map((it) => receive(it, { ...request, types: plan.types }));
    const contributions = received.map((it) => keepMatching(it, request.criteria));
    const outcome = ledger(contributions, request.ignored);
    if (!anyAnswered(contributions) || mustBeWhole(contributions, options)) return failure(contributions, outcome);

    const { type, patient, shape } = request;
    const matches = sortBy(contributions.flatMap(heldBy), type, shape.sort);
    const { page, next } = takePage(matches, shape.count, request.served);
    const releases = new Map(contributions.map((it) => [it.source.id, releaseOf(it, patient, deps)]));
    const out = ({ source, local }: Held): FhirResource => (releases.get(source) as Release)(local);
    const shown = present(request, page.map(out));
    const included = includeFor(page, shape.includes, (source) => siblingsOf(contributions, source)).map(out);
    return {
      status: 200,
      resource: toBundle({
        ...options,
        request,
        total: type === 'Patient' ? shown.matches.length : matches.length,
        matches: shown.matches.map((it) => subset(it, shape.elements, shape.summary)),
        includes: [
          ...[...shown.included, ...included].map((it) => toEntry(options.base, it, 'include')),
          ...provenances(contributions, shown.targets, { request, deps }),
        ],
        outcome,
        completeness: completenessOf(contributions),
        next:
          next && sealPage(deps.sealer, type, { position: { query: request.applied, served: next }, now: deps.now() }),
      }),
    };
  };

const mustBeWhole = (contributions: readonly Contribution[], { completeness }: SearchOptions): boolean =>
  completenessOf(contributions.filter((it) => completeness === 'strict' || it.source.required)) === 'partial';

const heldBy = ({ source, resources }: Contribution): readonly Held[] =>
  resources.map((local) => ({ source: source.id, local }));

export type Release = (local: LocalResource) => FhirResource;

/** How a source's resources leave: under logical ids, references rewritten, stamped with their origin. */
export const releaseOf = (
  { source, patientIds }: Contribution,
  patient: NhsNumber,
  { sealer }: Pick<SearchDeps, 'sealer'>,
): Release => {
  const { scope, types } = source.capabilities;
  return createRelease({
    sealer,
    source: source.id,
    patient: { nhsNumber: patient },
    patientIds,
    canRead: (type, localId) =>
      scope === 'record' || types[type]?.search
        ? types[type] !== undefined
        : types[type]?.read === true && isCarriedWhole(localId),
  });
};

interface Shown {
  readonly matches: readonly FhirResource[];
  readonly included: readonly FhirResource[];
  /** What came from sources: the targets of their Provenance. */
  readonly targets: readonly FhirResource[];
}

/** A search for the patient finds the federated one, and includes each source's own. */
const present = ({ type, patient }: SearchRequest, released: readonly FhirResource[]): Shown => {
  if (type !== 'Patient') return { matches: released, included: [], targets: released };
  const patients = released as readonly Patient[];
  const federated = federatedPatient(patient, patients);
  return {
    matches: federated ? [federated] : [],
    included: patients.map((it) => sourcePatient(patient, it)),
    targets: released,
  };
};

const provenances = (
  contributions: readonly Contribution[],
  targets: readonly FhirResource[],
  { request, deps }: { readonly request: SearchRequest; readonly deps: SearchDeps },
) =>
  request.shape.withProvenance
    ? contributions.flatMap((it) => {
        const own = targets.filter(({ meta }) => meta?.tag?.some(({ code }) => code === it.source.id));
        return own.length > 0 ? [provenanceOf(it, own, { facade: deps.facade, patient: request.patient })] : [];
      })
    : [];
