import type { ResourceType } from '../fhir/index.ts';
import { type SearchParameter, searchParametersOf } from '../fhir/definitions/index.ts';
import type { Criterion } from '../search/parameter/criterion.ts';
import type { Held } from '../search/held.ts';
import { KINDS } from '../search/parameter/match/index.ts';
import { readCriterion } from '../search/parameter/read-criterion.ts';
import { readStamped } from '../search/parameter/stamped.ts';

/**
 * Holds for care between two days, both included, by the clinical date of each type, which may be a day, a period or as
 * inexact as a year. What has no clinical date is always in: nobody can say that it is not of that time.
 */
export const careBetween = (start: string | undefined, end: string | undefined): Criterion => {
  const asked = [...(start === undefined ? [] : [`ge${start}`]), ...(end === undefined ? [] : [`le${end}`])];
  const byType = new Map<ResourceType, (held: Held) => boolean>();
  const testOf = (type: ResourceType): ((held: Held) => boolean) => {
    const dates = careDatesOf(type).map((code) => ({
      isIn: (held: Held) => isDated(searchParametersOf(type)[code] as SearchParameter, held),
      criteria: asked.map((it) => readCriterion(type, [code, it], { now: 0, owns: () => false }) as Criterion),
    }));
    return (held) => {
      const date = dates.find((it) => it.isIn(held));
      return date === undefined || date.criteria.every((it) => it.matches(held, NOWHERE));
    };
  };
  return {
    matches: (held) => {
      const { type } = held.local;
      let test = byType.get(type);
      if (!test) byType.set(type, (test = testOf(type)));
      return test(held);
    },
    types: [],
    plain: false,
  };
};

/** Dates are followed nowhere. */
const NOWHERE = { patient: undefined, follow: () => undefined, referrers: () => [], missed: () => [] };

const isDated = (parameter: SearchParameter, held: Held): boolean =>
  readStamped(parameter)(held).some((it) => KINDS.date?.isValue?.(it));

/**
 * The search parameters that hold the clinical date of a type, where that is not the one called `date`; the first that a
 * resource has a value of counts.
 */
const CARE_DATE: { readonly [T in ResourceType]?: readonly string[] } = {
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
export const careDatesOf = (type: ResourceType): readonly string[] =>
  (CARE_DATE[type] ?? ['date']).filter((code) => searchParametersOf(type)[code]?.type === 'date');
