import {
  FaultError,
  type NhsNumber,
  parseNhsNumber,
  patientElement,
  type ResourceType,
  SYSTEM,
} from '../../fhir/index.ts';
import type { Pairs } from './pairs.ts';

/** `patient` or `subject` in any of the forms that FHIR has for naming a patient. */
const PATIENT = /^(patient|subject)(?::identifier|(?::Patient)?(?:\.identifier)?)$/;

/**
 * The patient that a parameter names: in a search for Patients `_id` or an NHS number as `identifier`, elsewhere `patient`
 * or `subject`.
 * @returns undefined for another parameter.
 * @throws FaultError 400 for a value that is no NHS number.
 */
export const patientOf = (
  type: ResourceType,
  [name, value]: Pairs[number],
  base: string | undefined,
): NhsNumber | undefined => {
  if (type === 'Patient' && name === '_id') return readNhsNumber(name, value);
  if (type === 'Patient' && name === 'identifier') return isNhsNumber(value) ? readIdentifier(name, value) : undefined;
  const match = PATIENT.exec(name);
  if (!match || (match[1] === 'subject' && patientElement(type) !== 'subject')) return undefined;
  if (name.endsWith('identifier')) return readIdentifier(name, value);
  const local = base !== undefined && value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value;
  return readNhsNumber(name, local.replace(/^Patient\//, ''));
};

/** An identifier of another system is one more thing that the patient must have. */
const isNhsNumber = (value: string): boolean => !value.includes('|') || value.startsWith(`${SYSTEM.nhsNumber}|`);

const readIdentifier = (name: string, value: string): NhsNumber => {
  const [system, ...rest] = value.split('|');
  if (rest.length === 0) return readNhsNumber(name, value);
  if (system !== SYSTEM.nhsNumber)
    throw new FaultError('value', `Expected an identifier of the system ${SYSTEM.nhsNumber}.`, name);
  return readNhsNumber(name, rest.join('|'));
};

const readNhsNumber = (name: string, written: string): NhsNumber => {
  const number = /^\d{10}$/.test(written) ? parseNhsNumber(written) : undefined;
  if (!number) throw new FaultError('value', 'Expected one NHS number of ten digits with a right check digit.', name);
  return number;
};

/** The one patient that a search is about. @throws FaultError 400 where none is named, or two are */
export const onePatient = (type: ResourceType, [patient, ...others]: readonly NhsNumber[]): NhsNumber => {
  if (patient === undefined) {
    throw new FaultError('required', howToName(type), type === 'Patient' ? 'identifier' : 'patient');
  }
  if (others.some((it) => it !== patient))
    throw new FaultError('invalid', 'A search is about one patient; two were given.', 'patient');
  return patient;
};

const howToName = (type: ResourceType): string =>
  type === 'Patient'
    ? `Name the patient: identifier=${SYSTEM.nhsNumber}|<NHS number>, or _id=<NHS number>.`
    : 'Name the patient: patient=<NHS number>.';
