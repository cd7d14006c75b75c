import type { Composition } from 'fhir/r4.js';
import type { Call } from '../adapter/index.ts';
import {
  type Bundle,
  type FhirResource,
  isResourceType,
  type NhsNumber,
  type OperationOutcome,
  type Patient,
  type ResourceType,
  SYSTEM,
  ukCoreProfile,
} from '../fhir/index.ts';
import type { Person } from '../identity/person.ts';
import { anyAnswered, completenessOf, mustBeWhole } from '../search/bundle.ts';
import type { Contribution } from '../search/contribution.ts';
import { failure } from '../search/account/failure.ts';
import type { Held } from '../search/held.ts';
import { ledger } from '../search/account/ledger.ts';
import { createOut, heldBy } from '../search/out.ts';
import { servedBy } from '../search/ask/plan.ts';
import { uuidOf } from '../search/provenance.ts';
import type { SearchDeps, SearchOptions } from '../search/search.ts';
import { createSettler } from '../search/settle.ts';
import type { World } from '../search/world.ts';
import { createRecord } from './record.ts';
import { referredBy } from './referred.ts';
import { choose } from './summary/choose.ts';
import { compose } from './summary/composition.ts';
import { SECTIONS } from './summary/sections.ts';

/** A summary as it was put together, whatever it is answered as. */
export interface Summary {
  readonly composition: Composition;
  /** The patient, what the sections hold, and what that refers to. */
  readonly resources: readonly FhirResource[];
  readonly outcome: OperationOutcome;
  readonly contributions: readonly Contribution[];
  readonly person: Person;
  readonly world: World;
  readonly date: string;
  readonly ledgerUrl: string;
}

/** What stands in a section refers to these, and a reader needs them to understand it. */
const SUPPORTING =
  'Medication Practitioner PractitionerRole Organization Location Specimen Substance Observation Device RelatedPerson HealthcareService'
    .split(' ')
    .filter(isResourceType);

/** Who holds a summary, in its id: no source can have this name. */
const HOLDER = '$summary';

/** @returns the patient whose summary an id names; undefined for any other id. */
export const summarisedBy = (id: string, { sealer }: Pick<SearchDeps, 'sealer'>): NhsNumber | undefined =>
  sealer.unseal('Composition', id, [HOLDER])?.patient;

/**
 * Puts together an International Patient Summary from one fan-out.
 * @param more types that are wanted in its world as well.
 * @returns a failure where no source answered, or where the answer must be whole and is not.
 */
export const createSummary = (deps: SearchDeps) => {
  const record = createRecord(deps);
  const served = servedBy(deps.sources.all);
  return async (
    {
      patient: asked,
      ignored = [],
      more = [],
    }: {
      readonly patient: NhsNumber;
      readonly ignored?: readonly string[];
      readonly more?: readonly ResourceType[];
    },
    options: SearchOptions,
    call: Call,
  ): Promise<Summary | ReturnType<typeof failure>> => {
    const types = new Set<ResourceType>(['Patient', ...SECTIONS.flatMap((it) => it.types), ...SUPPORTING, ...more]);
    const {
      person,
      parts,
      contributions: given,
    } = await record({ patient: asked, types: [...types].filter((it) => served.has(it)) }, call);
    const patient = person.nhsNumber;
    // Who the patient is makes no summary.
    const clinical = [...types].filter((it) => it !== 'Patient');
    if (!anyAnswered(given, clinical)) return failure(given, ledger(given, ignored));

    const settle = createSettler(person, deps, call);
    const { contributions, world, value } = await settle(given, (world, all) => {
      const chosen = choose(all.flatMap(heldBy));
      const entries = chosen.flatMap((it) => it.entries);
      const wanted = ({ local }: Held): boolean => SUPPORTING.includes(local.type);
      return { chosen, entries, referred: referredBy(entries, entries, { world, wanted }) };
    });
    const outcome = ledger(contributions, ignored);
    if (mustBeWhole(contributions, person, options)) return failure(contributions, outcome);

    const out = createOut(contributions, world.patient, { person, deps });
    const released = new Map([...value.entries, ...value.referred].map((it) => [it, out(it)]));
    const date = new Date(deps.now()).toISOString();
    const ledgerUrl = `urn:uuid:${uuidOf(`ledger ${patient} ${date}`)}`;
    const composition = compose({
      id: deps.sealer.seal('Composition', { source: HOLDER, patient: { nhsNumber: patient }, localId: 'summary' }),
      patient,
      facade: deps.facade,
      date,
      chosen: value.chosen,
      parts,
      world,
      sources: contributions.map(({ source, status }) => ({ source, status })),
      referenceOf: (held) => `${held.local.type}/${released.get(held)?.id ?? ''}`,
      ledgerUrl,
    });
    const subject = world.patient ? (out(world.patient) as Patient) : unknownPatient(patient);
    const resources = [subject, ...released.values()];
    return { composition, resources, outcome, contributions, person, world, date, ledgerUrl };
  };
};

/** A patient of whom no source says more than the number by which they were asked for. */
const unknownPatient = (patient: NhsNumber): Patient => ({
  resourceType: 'Patient',
  id: patient,
  meta: { profile: [ukCoreProfile('Patient')] },
  identifier: [{ system: SYSTEM.nhsNumber, value: patient }],
});

/** A summary as a document: the Composition first, the account of every source last. */
export const toDocument = (
  { composition, resources, outcome, contributions, person, date, ledgerUrl }: Summary,
  base: string,
): Bundle => ({
  resourceType: 'Bundle',
  meta: {
    profile: [ukCoreProfile('Bundle')],
    tag: [{ system: SYSTEM.completeness, code: completenessOf(contributions, person) }],
  },
  identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuidOf(`summary ${composition.id ?? ''} ${date}`)}` },
  type: 'document',
  timestamp: date,
  entry: [
    ...[composition, ...resources].map((resource) => ({
      fullUrl: `${base}/${resource.resourceType}/${resource.id ?? ''}`,
      resource,
    })),
    { fullUrl: ledgerUrl, resource: outcome },
  ],
});
