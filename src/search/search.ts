import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  FaultError,
  type FhirResource,
  type NhsNumber,
  type OperationOutcome,
  type Patient,
} from '../fhir/index.ts';
import type { Sealer } from '../fhir/sealed-id.ts';
import { federatedPatient, sourcePatient } from '../identity/federated-patient.ts';
import { createRelease } from '../mapping/release.ts';
import type { Sources } from '../sources/registry.ts';
import { anyAnswered, completenessOf, toBundle, toEntry } from './bundle.ts';
import { type Contribution, receive } from './contribution.ts';
import { type FanOut, fanOut } from './fan-out.ts';
import { failure } from './failure.ts';
import { createFilter } from './filter.ts';
import { ledger } from './ledger.ts';
import { type Plan, planSearch } from './plan.ts';
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
    if (plan.steps.every((it) => !it.query))
      throw new FaultError('notSupported', 'No source holds this type of resource.');
    const results = await fanOut(plan, deps, call);
    const contributions = results.map((it) => keepMatching(receive(it, request), plan, deps));
    const outcome = ledger(contributions, request.ignored);
    if (!anyAnswered(contributions) || mustBeWhole(contributions, options)) return failure(contributions, outcome);

    const released = contributions.map((it) => release(it, request.patient, deps));
    const { matches, included } = present(request, released);
    const { base } = options;
    const provenance = contributions
      .map((it, at) => [it, released[at] ?? []] as const)
      .filter(([, targets]) => request.withProvenance && targets.length > 0)
      .map(([it, targets]) => provenanceOf(it, targets, { facade: deps.facade, patient: request.patient }));
    return {
      status: 200,
      resource: toBundle({
        base,
        path: request.type,
        applied: request.applied,
        matches,
        includes: [...included.map((it) => toEntry(base, it, 'include')), ...provenance],
        outcome,
        completeness: completenessOf(contributions),
      }),
    };
  };

/** Applies the residual filters to what a source brought. */
const keepMatching = (
  contribution: Contribution,
  { type, residual }: Plan,
  { sealer, sources }: SearchDeps,
): Contribution => {
  if (residual.length === 0 || contribution.resources.length === 0) return contribution;
  const { id } = contribution.source;
  const ids = sources.all.map((it) => it.id);
  const matches = createFilter(type, residual, (local, logicalId) => {
    const unsealed = sealer.unseal(type, logicalId, ids);
    return unsealed?.source === id && unsealed.matches(local.localId);
  });
  const resources = contribution.resources.filter(matches);
  return {
    ...contribution,
    resources,
    status: contribution.status === 'answered' && resources.length === 0 ? 'empty' : contribution.status,
  };
};

const mustBeWhole = (contributions: readonly Contribution[], { completeness }: SearchOptions): boolean =>
  completenessOf(contributions.filter((it) => completeness === 'strict' || it.source.required)) === 'partial';

/** A source's resources under logical ids, stamped with their origin. */
export const release = (
  { source, resources, patientIds }: Contribution,
  patient: NhsNumber,
  { sealer }: Pick<SearchDeps, 'sealer'>,
): FhirResource[] => {
  const { scope, types } = source.capabilities;
  const out = createRelease({
    sealer,
    source: source.id,
    patient: { nhsNumber: patient },
    patientIds,
    canRead: (type) => (scope === 'record' ? types[type] !== undefined : types[type]?.read === true),
  });
  return resources.map(out);
};

/** A search for the patient finds the federated one, and includes each source's own. */
const present = (
  { type, patient }: SearchRequest,
  released: readonly (readonly FhirResource[])[],
): { readonly matches: readonly FhirResource[]; readonly included: readonly FhirResource[] } => {
  const all = released.flat();
  if (type !== 'Patient') return { matches: all, included: [] };
  const patients = all as Patient[];
  const federated = federatedPatient(patient, patients);
  return { matches: federated ? [federated] : [], included: patients.map((it) => sourcePatient(patient, it)) };
};
