import type { FhirResource, ResourceType } from '../fhir/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import type { Held } from './held.ts';
import { date } from './parameter/match/date.ts';
import { readStamped } from './parameter/stamped.ts';

/**
 * The search parameters that hold the clinical date of a type, where that is not the one called `date`; the first that a
 * resource has a value of counts.
 */
const CLINICAL_DATE: { readonly [T in ResourceType]?: readonly string[] } = {
  AllergyIntolerance: ['last-date', 'onset', 'date'],
  ChargeItem: ['occurrence', 'entered-date'],
  Claim: ['created'],
  ClaimResponse: ['created'],
  Communication: ['sent', 'received'],
  CommunicationRequest: ['occurrence', 'authored'],
  Condition: ['onset-date', 'recorded-date'],
  DetectedIssue: ['identified'],
  DeviceRequest: ['event-date', 'authored-on'],
  DocumentReference: ['period', 'date'],
  ExplanationOfBenefit: ['created'],
  Goal: ['start-date'],
  ImagingStudy: ['started'],
  Media: ['created'],
  MedicationAdministration: ['effective-time'],
  MedicationDispense: ['whenhandedover', 'whenprepared'],
  MedicationRequest: ['date', 'authoredon'],
  MedicationStatement: ['effective'],
  NutritionOrder: ['datetime'],
  QuestionnaireResponse: ['authored'],
  RequestGroup: ['authored'],
  ServiceRequest: ['occurrence', 'authored'],
  Specimen: ['collected'],
  Task: ['period', 'authored-on'],
  VisionPrescription: ['datewritten'],
};

/** The parameters of a type's clinical date, in the order in which they are looked at; none where it has no such date. */
export const clinicalDatesOf = (type: ResourceType): readonly string[] =>
  (CLINICAL_DATE[type] ?? ['date']).filter((code) => searchParametersOf(type)[code]?.type === 'date');

/** When the fact of a record was, as a sort key in epoch milliseconds; undefined where it does not tell. */
export const clinicalDateOf = (held: Held): number | undefined => {
  const { resource } = held.local;
  // An answer that is kept is put in order for everybody who asks.
  if (!known.has(resource)) known.set(resource, readDate(held));
  return known.get(resource);
};

const known = new WeakMap<FhirResource, number | undefined>();

const readDate = (held: Held): number | undefined => {
  for (const read of readersOf(held.local.type)) {
    let latest: number | undefined;
    for (const value of read(held)) {
      const key = date.sortKey?.(value) as number | undefined;
      if (key !== undefined && (latest === undefined || key > latest)) latest = key;
    }
    if (latest !== undefined) return latest;
  }
  return undefined;
};

type Reader = ReturnType<typeof readStamped>;
const readers = new Map<ResourceType, readonly Reader[]>();
const readersOf = (type: ResourceType): readonly Reader[] => {
  let known = readers.get(type);
  if (!known) {
    const parameters = searchParametersOf(type);
    known = clinicalDatesOf(type).flatMap((code) => (parameters[code] ? [readStamped(parameters[code])] : []));
    readers.set(type, known);
  }
  return known;
};
