import { dateRange, FaultError, isResourceType, type NhsNumber, parseNhsNumber } from '../fhir/index.ts';
import type { Pairs } from '../search/request/pairs.ts';
import { type ParseOptions, safeName } from '../search/request/request.ts';
import { MAX_COUNT } from '../search/request/shape.ts';
import { type Operation, type OperationParameter, OPERATIONS } from './table.ts';

/** The parameters of an operation, checked against its table. */
export interface OperationRequest {
  /** The values of a parameter, in order; none where it was not given. */
  readonly values: (name: string) => readonly string[];
  readonly applied: Pairs;
  readonly format: Pairs;
  /** Parameters that lenient handling passed over. */
  readonly ignored: readonly string[];
}

/**
 * The operation by this name, where it is asked for at its place.
 * @param isSearched whether a source searches the type.
 * @throws FaultError 404 for a name that is none, 400 for an operation of another type or level
 */
export const findOperation = (
  { name, type, id }: { readonly name: string; readonly type: string | undefined; readonly id: string | undefined },
  isSearched: (type: string) => boolean,
): Operation => {
  const found = OPERATIONS.find((it) => it.name === name);
  if (!found)
    throw new FaultError('notFound', 'There is no operation of this name here; /metadata lists those that are.');
  const { level, types } = found;
  const fits = type !== undefined && (types === 'searched' ? isSearched(type) : types.some((it) => it === type));
  const isPlaced = level === 'instance' ? id !== undefined : id === undefined;
  if (!fits || !isPlaced) throw new FaultError('notSupported', `$${name} is asked for as ${addressOf(found)}.`);
  return found;
};

/** How an operation is addressed, below the FHIR base. */
export const addressOf = ({ name, level, types }: Operation): string => {
  const type = types === 'searched' ? '{type}' : types.join('|');
  return `${type}/${level === 'instance' ? '{NHS number}/' : ''}$${name}`;
};

/** The patient of an operation on an instance. @throws FaultError 400 for an id that is no NHS number */
export const patientOfInstance = (id: string | undefined): NhsNumber => {
  const number = id !== undefined && /^\d{10}$/.test(id) ? parseNhsNumber(id) : undefined;
  if (!number)
    throw new FaultError('value', 'Expected the NHS number of one patient, ten digits with a right check digit.', 'id');
  return number;
};

/** What a value of each type looks like. */
const KINDS: Readonly<
  Record<OperationParameter['type'], { readonly expected: string; readonly isValid: (value: string) => boolean }>
> = {
  date: {
    expected: 'a date such as 2024, 2024-03 or 2024-03-01',
    isValid: (it) => /^\d{4}(-\d\d){0,2}$/.test(it) && dateRange(it) !== undefined,
  },
  instant: {
    expected: 'a time such as 2024-03-01T10:00:00Z, or a date',
    isValid: (it) => dateRange(it) !== undefined,
  },
  code: { expected: 'names of resource types', isValid: isResourceType },
  integer: {
    expected: `a whole number from 0 to ${MAX_COUNT}`,
    isValid: (it) => /^\d{1,6}$/.test(it) && Number(it) <= MAX_COUNT,
  },
};

const FORMAT: ReadonlySet<string> = new Set(['_format', '_pretty']);

/**
 * Reads the parameters of an operation.
 * @throws FaultError 400 that names the parameter: one that is missing, given twice, unknown under strict handling, or has a
 * value of another type
 */
export const readParameters = (
  operation: Pick<Operation, 'parameters'>,
  pairs: Pairs,
  handling: ParseOptions['handling'],
): OperationRequest => {
  const parameters = operation.parameters === 'search' ? [] : operation.parameters;
  const isFormat = ([name]: Pairs[number]): boolean => FORMAT.has(name);
  const given = pairs.filter((it) => !isFormat(it));
  const isKnown = ([name]: Pairs[number]): boolean => parameters.some((it) => it.name === name);
  const applied = given.filter(isKnown);
  const unknown = given.filter((it) => !isKnown(it));
  const [stray] = unknown;
  if (stray && handling === 'strict')
    throw new FaultError('notSupported', 'This operation does not take that parameter.', safeName(stray[0]));
  const values = new Map(parameters.map((it) => [it.name, valuesOf(it, applied)]));
  return {
    values: (name) => values.get(name) ?? [],
    applied,
    format: pairs.filter(isFormat),
    ignored: unknown.map(([name]) => name),
  };
};

const valuesOf = ({ name, type, min, max }: OperationParameter, pairs: Pairs): readonly string[] => {
  const given = pairs.filter(([it]) => it === name).map(([, value]) => value);
  if (given.length < min) throw new FaultError('required', `The parameter ${name} is required.`, name);
  if (max === '1' && given.length > 1) throw new FaultError('value', 'Expected once.', name);
  // A plus sign that was not encoded arrives as a space.
  const values =
    max === '*' ? given.flatMap((it) => it.split(',')) : given.map((it) => it.replace(/ (\d\d:\d\d)$/, '+$1'));
  const { expected, isValid } = KINDS[type];
  if (!values.every(isValid)) throw new FaultError('value', `Expected ${expected}.`, name);
  return values;
};
