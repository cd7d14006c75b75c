import type { Filter } from '../../adapter/index.ts';
import { FaultError, type NhsNumber, type ResourceType } from '../../fhir/index.ts';
import type { Unsealed } from '../../fhir/sealed-id.ts';
import type { Criterion, ReadingContext } from '../parameter/criterion.ts';
import { splitAt } from '../parameter/match/kind.ts';
import type { MergeMode } from './merge-mode.ts';
import type { Pairs } from './pairs.ts';
import { readCriterion } from '../parameter/read-criterion.ts';
import { isShapeParameter, readShape, type Shape } from './shape.ts';
import { onePatient, patientOf } from './which-patient.ts';

/** A search, parsed and checked: no source is called before this stands. */
export interface SearchRequest {
  readonly type: ResourceType;
  readonly patient: NhsNumber;
  /** Numbers that the patient's superseded, one of which was asked for. */
  readonly former: readonly NhsNumber[];
  /** The same search about the number that superseded the patient's. */
  readonly about: (current: NhsNumber) => SearchRequest;
  /** All must hold; applied to whatever comes back. */
  readonly criteria: readonly Criterion[];
  /** Those of them that a source may be asked to apply. */
  readonly filters: readonly Filter[];
  readonly shape: Shape;
  /** Where a walk through pages stands; undefined on the first. */
  readonly page: PageAsked | undefined;
  /** The time that `ap` measures from, in epoch milliseconds. */
  readonly now: number;
  /** What was applied, for the `self` link and page tokens. */
  readonly applied: Pairs;
  /** How the answer is to be written: the door reads it, the links repeat it. */
  readonly format: Pairs;
  /** Parameters that lenient handling passed over. */
  readonly ignored: readonly string[];
}

export interface PageAsked {
  readonly token: string;
  /** How many matches of each source earlier pages showed. */
  readonly served: Readonly<Record<string, number>>;
  /** The sources that earlier answers are still short of; all where left out. */
  readonly only?: readonly string[] | undefined;
  readonly merge?: MergeMode | undefined;
}

export interface ParseOptions {
  readonly handling: 'strict' | 'lenient';
  readonly now: number;
  readonly unseal: (type: string, id: string) => Unsealed | undefined;
  /** The URL of the FHIR base: a reference may be given by its whole URL. */
  readonly base?: string;
  /** The types that chains and includes may reach; all where left out. */
  readonly served?: ReadonlySet<ResourceType>;
  readonly page?: PageAsked;
  readonly former?: readonly NhsNumber[];
}

/** Parameters about the answer's form. */
const FORMAT: ReadonlySet<string> = new Set(['_format', '_pretty']);
/** More parameters than anybody needs are somebody's attack. */
const MAX_PARAMETERS = 100;
/** Values of one parameter, and of all of a search together: a chain reads each once for every type it may lead to. */
const MAX_VALUES = { ofOne: 500, ofAll: 1000 } as const;

/** Parameters of FHIR that are never served, and why. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  _text: 'Narratives are not searched: not every source sends them, and what is not found there may well be recorded.',
  _content: 'Free text is not searched: what is not found in it may well be recorded in other words.',
  _filter: 'Filter expressions are not served; give each condition as a parameter of its own.',
  _query: 'There are no named queries here.',
  _list: 'Membership in a List is not searched; read the List and its entries.',
};

/**
 * Reads the parameters of a search over one patient's record.
 * @throws FaultError 400 that names the parameter: none or two patients, a wrong NHS number, a value that a parameter cannot
 * have, an unknown parameter under strict handling.
 */
export const parseSearch = (type: ResourceType, pairs: Pairs, options: ParseOptions): SearchRequest => {
  refuseTooMany(pairs);
  const named = pairs
    .filter(([name]) => !FORMAT.has(name))
    .map((pair) => ({ pair, patient: patientOf(type, pair, options.base) }));
  const patient = onePatient(
    type,
    named.flatMap((it) => it.patient ?? []),
  );
  const context = readingContext(patient, options);
  const criteria: Criterion[] = [];
  const filters: Filter[] = [];
  const applied: Pairs[number][] = [];
  const ignored: string[] = [];
  const { shape, unserved } = readShape(
    type,
    pairs.filter(([name]) => isShapeParameter(name)),
    options.served,
  );

  for (const { pair, patient: isPatient } of named) {
    const [name, value] = pair;
    const isShape = isShapeParameter(name) && !unserved.includes(pair);
    const criterion = isPatient || isShapeParameter(name) ? undefined : readCriterion(type, pair, context);
    if (criterion) criteria.push(criterion);
    if (criterion?.plain) filters.push({ code: name, values: splitAt(',', value) });
    if (criterion || isPatient || isShape) applied.push(pair);
    else if (options.handling === 'lenient') ignored.push(name);
    else throw notServed(type, name);
  }
  const format = pairs.filter(([name]) => FORMAT.has(name));
  const { page, now, former = [] } = options;
  const about = (current: NhsNumber): SearchRequest => {
    const renamed = named.map(({ pair: [name, value], patient: own }): Pairs[number] =>
      own === undefined ? [name, value] : [name, value.replace(own, current)],
    );
    return parseSearch(type, [...renamed, ...format], { ...options, former: [...former, patient] });
  };
  return { type, patient, former, about, criteria, filters, shape, page, now, applied, format, ignored };
};

const refuseTooMany = (pairs: Pairs): void => {
  if (pairs.length > MAX_PARAMETERS) throw new FaultError('invalid', `Expected at most ${MAX_PARAMETERS} parameters.`);
  let all = 0;
  for (const [name, value] of pairs) {
    const { length } = splitAt(',', value);
    if (length > MAX_VALUES.ofOne)
      throw new FaultError('invalid', `Expected at most ${MAX_VALUES.ofOne} values.`, safeName(name));
    all += length;
  }
  if (all > MAX_VALUES.ofAll) throw new FaultError('invalid', `Expected at most ${MAX_VALUES.ofAll} values in all.`);
};

const notServed = (type: ResourceType, name: string): FaultError => {
  const [bare = ''] = name.split(':');
  const why = Object.hasOwn(NOT_SERVED, bare) ? NOT_SERVED[bare] : undefined;
  const given = isShapeParameter(name) ? 'This include' : `The parameter ${safeName(name) ?? 'that was given'}`;
  return new FaultError(
    'notSupported',
    why ?? `${given} is not supported on ${type}; /metadata lists what is.`,
    safeName(name),
  );
};

/** A caller knows the patient by NHS number and all else by sealed ids; a source by its own ids. */
const readingContext = (
  patient: NhsNumber,
  { now, base, served, unseal, former = [] }: ParseOptions,
): ReadingContext => {
  const numbers = new Set<NhsNumber | undefined>([patient, ...former]);
  const known = new Map<string, Unsealed | undefined>();
  return {
    now,
    base,
    served,
    owns: (type, id, { held, localId }) => {
      if (type === 'Patient' && held.patientIds.has(localId)) return id === patient;
      const key = `${type}/${id}`;
      if (!known.has(key)) known.set(key, unseal(type, id));
      const unsealed = known.get(key);
      const source = held.origins?.get(`${type}/${localId}`) ?? held.source;
      return unsealed?.source === source && numbers.has(unsealed.patient) && unsealed.matches(localId);
    },
  };
};

/** A parameter name fit for an error: what cannot be one is not repeated. */
export const safeName = (name: string): string | undefined =>
  /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : undefined;
