import type { Filter } from '../adapter/index.ts';
import {
  dateRange,
  FaultError,
  type NhsNumber,
  parseNhsNumber,
  patientElement,
  type ResourceType,
  SYSTEM,
} from '../fhir/index.ts';
import { type SearchParameter, searchParametersOf } from '../fhir/definitions/index.ts';

/** Name and value pairs of a query string or form, in order and decoded. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** A search, parsed and checked: no source is called before this stands. */
export interface SearchRequest {
  readonly type: ResourceType;
  readonly patient: NhsNumber;
  readonly filters: readonly Filter[];
  readonly withProvenance: boolean;
  /** What was applied, for the `self` link. */
  readonly applied: Pairs;
  /** Parameters that lenient handling passed over. */
  readonly ignored: readonly string[];
}

export type Handling = 'strict' | 'lenient';

/** Parameters about the answer's form: the door has read them already. */
const FORMAT = ['_format', '_pretty'];
const PATIENT = /^(patient|subject)(?:(:Patient)|:identifier|\.identifier)?$/;
const PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb)?(\d.*)$/;
const SUPPORTED = ['token', 'date'];

/**
 * Reads the parameters of a search over one patient's record.
 * @throws FaultError 400 that names the parameter: none or two patients, a wrong NHS number, a malformed date, an
 * unknown parameter under strict handling.
 */
export const parseSearch = (type: ResourceType, pairs: Pairs, handling: Handling): SearchRequest => {
  const parameters = searchParametersOf(type);
  const patients = new Set<NhsNumber>();
  const filters: Filter[] = [];
  const applied: (readonly [string, string])[] = [];
  const ignored: string[] = [];
  let withProvenance = false;

  for (const [name, value] of pairs) {
    if (FORMAT.includes(name)) continue;
    const patient = patientOf(type, name, value);
    if (patient) {
      patients.add(patient);
      applied.push([name, value]);
    } else if (name === '_revinclude' && value === 'Provenance:target') {
      withProvenance = true;
      applied.push([name, value]);
    } else {
      const filter = readFilter(parameters, name, value);
      if (filter) {
        filters.push(filter);
        applied.push([name, value]);
      } else if (handling === 'lenient') ignored.push(name);
      else
        throw new FaultError(
          'notSupported',
          `The parameter ${safeName(name)} is not supported on ${type}.`,
          safeName(name),
        );
    }
  }
  const [patient, other] = patients;
  if (patient === undefined)
    throw new FaultError('required', whichPatient(type), type === 'Patient' ? 'identifier' : 'patient');
  if (other !== undefined) throw new FaultError('invalid', 'A search is about one patient; two were given.', 'patient');
  return { type, patient, filters, withProvenance, applied, ignored };
};

const whichPatient = (type: ResourceType): string =>
  type === 'Patient'
    ? `Name the patient: identifier=${SYSTEM.nhsNumber}|<NHS number>, or _id=<NHS number>.`
    : 'Name the patient: patient=<NHS number>.';

/** The patient that a parameter names, in any of the forms FHIR has for it; undefined for another parameter. */
const patientOf = (type: ResourceType, name: string, value: string): NhsNumber | undefined => {
  if (type === 'Patient' && (name === '_id' || name === 'identifier'))
    return readNhsNumber(name, value, name === 'identifier');
  const match = PATIENT.exec(name);
  if (!match || (match[1] === 'subject' && patientElement(type) !== 'subject')) return undefined;
  return readNhsNumber(name, value, name.includes('identifier'));
};

const readNhsNumber = (name: string, value: string, identifier: boolean): NhsNumber => {
  const [system, ...rest] = value.split('|');
  if (identifier && rest.length > 0 && system !== SYSTEM.nhsNumber) {
    throw new FaultError('value', `Expected an identifier of the system ${SYSTEM.nhsNumber}.`, name);
  }
  const written = identifier ? (rest.length > 0 ? rest.join('|') : value) : value.replace(/^Patient\//, '');
  const number = /^\d{10}$/.test(written) ? parseNhsNumber(written) : undefined;
  if (!number) throw new FaultError('value', 'Expected one NHS number of ten digits with a right check digit.', name);
  return number;
};

const readFilter = (
  parameters: Readonly<Record<string, SearchParameter>>,
  name: string,
  value: string,
): Filter | undefined => {
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (!parameter || !SUPPORTED.includes(parameter.type)) return undefined;
  const values = splitValues(value);
  if (values.some((it) => it === '')) throw new FaultError('value', 'Expected a value.', name);
  if (parameter.type === 'date' && !values.every(isDate)) {
    throw new FaultError(
      'value',
      'Expected a date such as 2024, 2024-03, 2024-03-01 or 2024-03-01T10:00:00Z, with a prefix or none.',
      name,
    );
  }
  return { code: name, values };
};

const isDate = (value: string): boolean => {
  const date = PREFIX.exec(value)?.[2];
  return date !== undefined && dateRange(date) !== undefined;
};

/** Splits at commas that are not escaped; the escapes stay for whoever reads the value. */
const splitValues = (value: string): string[] => value.match(/(\\.|[^,\\])+|(?<=,|^)(?=,|$)/g) ?? [''];

/** A parameter name fit for an error: what cannot be one is not repeated. */
const safeName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : 'that was given');
