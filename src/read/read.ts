import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  FaultError,
  faultOutcome,
  type FhirResource,
  type NhsNumber,
  type OperationOutcome,
  operationOutcome,
  type Patient,
  type ResourceType,
} from '../fhir/index.ts';
import { sourcePatient } from '../identity/federated-patient.ts';
import { type Contribution, didAnswer, isComplete, receive } from '../search/contribution.ts';
import { failure, failureOf } from '../search/account/failure.ts';
import { askUnderEach } from '../search/ask/former.ts';
import { inquire } from '../search/ask/inquire.ts';
import { ledger } from '../search/account/ledger.ts';
import { halfHourOf } from '../search/page.ts';
import { parseSearch } from '../search/request/request.ts';
import { releaseOf } from '../search/release-of.ts';
import { createSearch, type SearchDeps, type SearchOptions } from '../search/search.ts';
import { fetch, type Wanted } from './fetch.ts';

export interface ReadAnswer {
  readonly status: number;
  readonly resource: FhirResource;
}

/**
 * Reads one resource by its logical id: the federated Patient by NHS number, all else by the sealed id, which names
 * source and patient before any source is called.
 * @throws FaultError 404 for an id that was not made here, is for another type, or of a record that is not there (any
 * more): the three cannot be told apart.
 */
export const createRead = (deps: SearchDeps) => {
  const search = createSearch(deps);
  return async (
    type: ResourceType,
    id: string,
    { options, call }: { options: SearchOptions; call: Call },
  ): Promise<ReadAnswer> => {
    const nhsNumber = type === 'Patient' && /^\d{10}$/.test(id) ? id : undefined;
    if (nhsNumber) {
      const request = parseSearch(type, [['_id', nhsNumber]], {
        handling: 'strict',
        now: halfHourOf(deps.now()),
        unseal: () => undefined,
      });
      return firstMatch(await search(request, options, call));
    }
    const unsealed = deps.sealer.unseal(
      type,
      id,
      deps.sources.all.map((it) => it.id),
    );
    const source = unsealed && deps.sources.byId(unsealed.source);
    const { patient } = unsealed ?? {};
    if (!unsealed || !source?.capabilities.types[type] || patient === undefined) throw notFound();
    return readSealed({ source, type, patient, unsealed }, deps, call);
  };
};

/** The record that an id names, through the same steps as a search: whose it is, whether it may be asked for and shown. */
const readSealed = async (wanted: Wanted, deps: SearchDeps, call: Call): Promise<ReadAnswer> => {
  const { source, type, patient, former = [], unsealed } = wanted;
  const ask = (by: NhsNumber) => fetch({ ...wanted, patient: by }, deps, call);
  const errand = { source, run: () => askUnderEach({ patient, former }, ask) };
  const inquiry = await inquire([errand], { patient, former }, { tracer: deps.tracer, call });
  if (inquiry.outcome === 'invalidated') throw notFound();
  if (inquiry.outcome === 'superseded')
    return readSealed({ ...wanted, patient: inquiry.by, former: [...former, patient] }, deps, call);
  const { person, results } = inquiry;
  const contributions = results.map((it) => receive(it, { type, person }));
  const contribution = contributions.find((it) => it.source.id === source.id) as Contribution;
  const found = contribution.resources.filter((it) => unsealed.matches(it.localId));
  const [resource] = found.map(releaseOf(contribution, patient, deps));
  if (resource) {
    return { status: 200, resource: type === 'Patient' ? sourcePatient(patient, resource as Patient) : resource };
  }
  if (isComplete(contribution)) throw notFound();
  return didAnswer(contribution)
    ? withAccount(notFound(), ledger([contribution]))
    : failure([contribution], ledger([contribution]));
};

const notFound = (): FaultError => new FaultError('notFound', 'There is no such resource.');

/** What was not found may be held back: the account says so. */
const withAccount = (fault: FaultError, account: OperationOutcome): ReadAnswer => {
  const { status, outcome } = faultOutcome(fault);
  return { status, resource: operationOutcome([...outcome.issue, ...account.issue]) };
};

/** The federated Patient; a failure where nobody who answered knows the patient and somebody did not answer. */
const firstMatch = ({ status, resource }: { status: number; resource: FhirResource }): ReadAnswer => {
  if (status !== 200) return { status, resource };
  const { entry = [], meta } = resource as Bundle;
  const match = entry.find((it) => it.search?.mode === 'match')?.resource as Patient | undefined;
  if (match) {
    const tag = [...(match.meta?.tag ?? []), ...(meta?.tag ?? [])];
    return { status, resource: { ...match, meta: { ...match.meta, tag } } };
  }
  const outcome = entry.at(-1)?.resource as OperationOutcome;
  if (meta?.tag?.some((it) => it.code === 'complete')) throw notFound();
  return failureOf(outcome);
};
