import type { Filter } from '../adapter/index.ts';
import {
  FaultError,
  type NhsNumber,
  parseNhsNumber,
  patientElement,
  type ResourceType,
  SYSTEM,
} from '../fhir/index.ts';
import type { Unsealed } from '../fhir/sealed-id.ts';
import { type Criterion, readCriterion, type ReadingContext } from './criterion.ts';
import { splitAt } from './match/kind.ts';
import type { Pairs } from './pairs.ts';
import { isShapeParameter, readShape, type Shape } from './shape.ts';

/** A search, parsed and checked: no source is called before this stands. */
export interface SearchRequest {
  readonly type: ResourceType;
  readonly patient: NhsNumber;
  /** All must hold; applied to whatever comes back. */
  readonly criteria: readonly Criterion[];
  /** Those of them that a source may be asked to apply. */
  readonly filters: readonly Filter[];
  readonly shape: Shape;
  /** How many matches of each source earlier pages showed. */
  readonly served: Readonly<Record<string, number>>;
  /** What was applied, for the `self` link and page tokens. */
  readonly applied: Pairs;
  /** Parameters that lenient handling passed over. */
  readonly ignored: readonly string[];
}

export interface ParseOptions {
  readonly handling: 'strict' | 'lenient';
  readonly now: number;
  readonly unseal: (type: string, id: string) => Unsealed | undefined;
  readonly served?: Readonly<Record<string, number>>;
}

/** Parameters about the answer's form: the door has read them already. */
const FORMAT = ['_format', '_pretty'];
const PATIENT = /^(patient|subject)(?:(:Patient)|:identifier|\.identifier)?$/;
/** More parameters than anybody needs are somebody's attack. */
const MAX_PARAMETERS = 100;
const MAX_VALUES = 500;

/**
 * Reads the parameters of a search over one patient's record.
 * @throws FaultError 400 that names the parameter: none or two patients, a wrong NHS number, a value that a parameter cannot
 * have, an unknown parameter under strict handling.
 */
export const parseSearch = (type: ResourceType, pairs: Pairs, options: ParseOptions): SearchRequest => {
  if (pairs.length > MAX_PARAMETERS) throw new FaultError('invalid', `Expected at most ${MAX_PARAMETERS} parameters.`);
  const named = pairs
    .filter(([name]) => !FORMAT.includes(name))
    .map(([name, value]) => ({ name, value, patient: patientOf(type, name, value) }));
  const patient = onePatient(
    type,
    named.flatMap((it) => it.patient ?? []),
  );
  const context = readingContext(patient, options);
  const criteria: Criterion[] = [];
  const filters: Filter[] = [];
  const shaping: (readonly [string, string])[] = [];
  const applied: (readonly [string, string])[] = [];
  const ignored: string[] = [];

  for (const { name, value, patient: isPatient } of named) {
    const criterion = isPatient || isShapeParameter(name) ? undefined : read(type, [name, value], context);
    if (criterion) criteria.push(criterion);
    if (criterion?.plain) filters.push({ code: name, values: splitAt(',', value) });
    if (isShapeParameter(name)) shaping.push([name, value]);
    if (criterion || isPatient || isShapeParameter(name)) applied.push([name, value]);
    else if (options.handling === 'lenient') ignored.push(name);
    else
      throw new FaultError(
        'notSupported',
        `The parameter ${safeName(name) ?? 'that was given'} is not supported on ${type}.`,
        safeName(name),
      );
  }
  const shape = readShape(type, shaping);
  return { type, patient, criteria, filters, shape, served: options.served ?? {}, applied, ignored };
};

const read = (
  type: ResourceType,
  [name, value]: readonly [string, string],
  context: ReadingContext,
): Criterion | undefined => {
  if (splitAt(',', value).length > MAX_VALUES)
    throw new FaultError('invalid', `Expected at most ${MAX_VALUES} values.`, safeName(name));
  return readCriterion(type, [name, value], context);
};

/** A caller knows the patient by NHS number and all else by sealed ids; a source by its own ids. */
const readingContext = (patient: NhsNumber, { now, unseal }: ParseOptions): ReadingContext => {
  const known = new Map<string, Unsealed | undefined>();
  return {
    now,
    owns: (type, id, { source, localId }) => {
      // The gate lets in no reference to another patient.
      if (type === 'Patient' && id === patient) return true;
      const key = `${type}/${id}`;
      if (!known.has(key)) known.set(key, unseal(type, id));
      const unsealed = known.get(key);
      return unsealed?.source === source && unsealed.patient === patient && unsealed.matches(localId);
    },
  };
};

const onePatient = (type: ResourceType, [patient, ...others]: readonly NhsNumber[]): NhsNumber => {
  if (patient === undefined) {
    throw new FaultError('required', whichPatient(type), type === 'Patient' ? 'identifier' : 'patient');
  }
  if (others.some((it) => it !== patient))
    throw new FaultError('invalid', 'A search is about one patient; two were given.', 'patient');
  return patient;
};

const whichPatient = (type: ResourceType): string =>
  type === 'Patient'
    ? `Name the patient: identifier=${SYSTEM.nhsNumber}|<NHS number>, or _id=<NHS number>.`
    : 'Name the patient: patient=<NHS number>.';

/** The patient that a parameter names, in any of the forms FHIR has for it; undefined for another parameter. */
const patientOf = (type: ResourceType, name: string, value: string): NhsNumber | undefined => {
  if (type === 'Patient' && (name === '_id' || name === 'identifier')) {
    return readNhsNumber(name, value, name === 'identifier');
  }
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

/** A parameter name fit for an error: what cannot be one is not repeated. */
export const safeName = (name: string): string | undefined =>
  /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : undefined;
