import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  FaultError,
  type FhirResource,
  type OperationOutcome,
  type Patient,
  type ResourceType,
} from '../fhir/index.ts';
import type { Unsealed } from '../fhir/sealed-id.ts';
import { sourcePatient } from '../identity/federated-patient.ts';
import { didAnswer, receive } from '../search/contribution.ts';
import { failure, failureOf } from '../search/failure.ts';
import { fanOut, type Result } from '../search/fan-out.ts';
import { ledger } from '../search/ledger.ts';
import { readRecord } from '../search/read-record.ts';
import { parseSearch } from '../search/request.ts';
import { releaseOf } from '../search/release-of.ts';
import { createSearch, type SearchDeps, type SearchOptions } from '../search/search.ts';
import type { ConfiguredSource } from '../sources/registry.ts';

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
        now: deps.now(),
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

    const contribution = receive(await fetch({ source, type, patient, unsealed }, deps, call), { type, patient });
    const found = contribution.resources.filter((it) => unsealed.matches(it.localId));
    const [resource] = found.map(releaseOf(contribution, patient, deps));
    if (resource) {
      return { status: 200, resource: type === 'Patient' ? sourcePatient(patient, resource as Patient) : resource };
    }
    if (didAnswer(contribution)) throw notFound();
    return failure([contribution], ledger([contribution]));
  };
};

const notFound = (): FaultError => new FaultError('notFound', 'There is no such resource.');

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

interface Wanted {
  readonly source: ConfiguredSource;
  readonly type: ResourceType;
  readonly patient: NonNullable<Unsealed['patient']>;
  readonly unsealed: Unsealed;
}

/** A source that can read is asked for the record; another for all of the patient's, since the id is only ours to match. */
const fetch = async ({ source, type, patient, unsealed }: Wanted, deps: SearchDeps, call: Call): Promise<Result> => {
  const { localId } = unsealed;
  if (!source.source.read || localId === undefined || !source.capabilities.types[type]?.read) {
    const types =
      source.capabilities.scope === 'record' ? (Object.keys(source.capabilities.types) as ResourceType[]) : [type];
    const query = { patient, types, filters: [], count: 200 };
    const [result] = await fanOut({ types: new Set([type]), steps: [{ source, queries: [query] }] }, deps, call);
    return result ?? { source, outcome: 'not-asked' };
  }
  return readRecord(source, { type, localId, patient }, { deps, call });
};
