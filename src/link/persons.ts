import { isObject, type Json, objects, parseNhsNumber, patientElement, SYSTEM, text } from '../fhir/index.ts';
import { readIdentifier } from './identifiers.ts';
import { tokensOf } from './words.ts';

/** Types that belong to nobody: whoever refers to them, they are the same. */
const NOBODYS: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'Medication',
  'HealthcareService',
]);

/**
 * Whose each record of a source is, where no gate has been passed: the NHS number of its Patient. A Patient who disagrees with
 * the demographic service in two or more of family name, date of birth and gender is a person apart, whatever the number.
 */
export const personsOf = (
  source: string,
  { pds, follow }: { readonly pds: unknown; readonly follow: (reference: unknown) => Json | undefined },
): ((resource: Json) => string) => {
  const apart = (why: string, id: unknown): string => `${why} ${source} ${String(id)}`;
  const personOfPatient = (patient: Json): string => {
    const number = nhsNumberOf(patient);
    if (number === undefined) return apart('unnumbered', patient['id']);
    const doubted = isObject(pds) && nhsNumberOf(pds) === number && differences(patient, pds) >= 2;
    return doubted ? apart('quarantined', patient['id']) : number;
  };
  return (resource) => {
    const type = String(resource['resourceType']);
    if (NOBODYS.has(type)) return 'nobody';
    if (type === 'Patient') return personOfPatient(resource);
    const element = patientElement(type);
    const subject = element === undefined ? undefined : objects(resource[element])[0];
    const patient = subject && follow(subject);
    return patient ? personOfPatient(patient) : apart('unknown', text(subject?.['reference']));
  };
};

const nhsNumberOf = (patient: Json): string | undefined =>
  objects(patient['identifier'])
    .flatMap((it) => readIdentifier(it) ?? [])
    .filter((it) => it.system === SYSTEM.nhsNumber)
    .flatMap((it) => parseNhsNumber(it.value) ?? [])[0];

/** How many of family name, date of birth and gender differ; what one side does not tell does not. */
const differences = (a: Json, b: Json): number =>
  [
    familyOf,
    (it: Json) => text(it['birthDate']),
    (it: Json) => (it['gender'] === 'unknown' ? undefined : text(it['gender'])),
  ].filter((read) => {
    const [one, other] = [read(a), read(b)];
    return one !== undefined && other !== undefined && one !== other;
  }).length;

const familyOf = (patient: Json): string | undefined => {
  const names = objects(patient['name']);
  const family = text((names.find((it) => it['use'] === 'official') ?? names[0])?.['family']);
  return family === undefined ? undefined : tokensOf(family).join(' ');
};
