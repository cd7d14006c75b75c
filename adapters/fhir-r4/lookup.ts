import { type Call, createSingleFlight, type Page, SourceError, type Tools } from '../../src/adapter/index.ts';
import { isFhirId, type Json, type NhsNumber, objects, parseNhsNumber, SYSTEM } from '../../src/fhir/index.ts';
import { type Body, canonicalSystem, split } from '../../mappings/uk-core-r4/index.ts';
import type { FhirServer } from './server.ts';

/** How the server names a patient. */
export interface Lookup {
  /** The Patients with this NHS number, asked for anew. */
  readonly find: (patient: NhsNumber, call: Call) => Promise<Page<Body> & { readonly patientIds: readonly string[] }>;
  /** Their ids, remembered for a while; searches for many types at once share one lookup. */
  readonly idsOf: (patient: NhsNumber, call: Call) => Promise<readonly string[]>;
}

/** How long it is remembered that the server knows no such patient: they may be registered in a minute. */
const ABSENT_SECONDS = 30;
/** Nobody has that many records of one number; a server that says so is not believed. */
const MAX_PAGES = 5;

/**
 * Finds patients by NHS number, and trusts a match only if it carries that number and no other.
 * @throws SourceError `not-known-here` where there is none; `wrong-patient` where one is not the patient who was asked for.
 */
export const createLookup = (
  server: FhirServer,
  { cache, seconds }: { readonly cache: Tools['cache']; readonly seconds: number },
): Lookup => {
  const remember = (patient: NhsNumber, ids: readonly string[]): void => {
    const time = ids.length > 0 ? seconds : Math.min(seconds, ABSENT_SECONDS);
    if (time > 0) cache.set(`patient ${patient}`, ids, time);
  };

  const ask: Lookup['find'] = async (patient, call) => {
    const pages = await everyPage(server, patient, call);
    const answers = pages.map(split);
    const records = answers.flatMap((it) => it.records);
    const patients = records.filter((it) => it.kind === 'Patient');
    if (patients.some(({ body }) => !isOnly(patient, body.resource))) throw new SourceError('wrong-patient');
    // A search for Patients that finds other things is no search: it says nothing about who is known.
    if (patients.length === 0 && records.length > 0) throw new SourceError('invalid-response');
    const patientIds = [...new Set(patients.map((it) => it.id))];
    if (!patientIds.every(isFhirId)) throw new SourceError('invalid-response');
    remember(patient, patientIds);
    if (patientIds.length === 0) throw new SourceError('not-known-here');
    return {
      records,
      patientIds,
      warnings: answers.flatMap((it) => it.warnings ?? []),
      issues: answers.flatMap((it) => it.issues ?? []),
    };
  };

  const flight = createSingleFlight<Awaited<ReturnType<Lookup['find']>>>();
  const find: Lookup['find'] = (patient, call) => flight.begin(patient, () => ask(patient, call));
  const idsOf: Lookup['idsOf'] = async (patient, call) => {
    const known = cache.get<readonly string[]>(`patient ${patient}`);
    if (known?.length === 0) throw new SourceError('not-known-here');
    return known ?? (await flight.join(patient, () => ask(patient, call), call)).patientIds;
  };
  return { find, idsOf };
};

const everyPage = async (server: FhirServer, patient: NhsNumber, call: Call): Promise<readonly Json[]> => {
  const bundles: Json[] = [];
  const query = [['identifier', `${SYSTEM.nhsNumber}|${patient}`]] as const;
  let { bundle, next } = await server.search({ path: ['Patient'], query, prepares: true }, call);
  bundles.push(bundle);
  while (next !== undefined) {
    if (bundles.length === MAX_PAGES) throw new SourceError('invalid-response');
    ({ bundle, next } = await server.search({ ...server.targetOf(next), prepares: true }, call));
    bundles.push(bundle);
  }
  return bundles;
};

const isOnly = (patient: NhsNumber, resource: Json): boolean => {
  const numbers = objects(resource['identifier'])
    .filter(({ system }) => typeof system === 'string' && canonicalSystem(system) === SYSTEM.nhsNumber)
    .map((it) => parseNhsNumber(it['value']));
  return numbers.length > 0 && numbers.every((it) => it === patient);
};
