import fhirpath from 'fhirpath';
import r4Model from 'fhirpath/fhir-context/r4';
import type { Filter } from '../adapter/index.ts';
import { searchParametersOf } from '../fhir/definitions/index.ts';
import { dateRange, isObject, type Json, objects, type Range, type ResourceType } from '../fhir/index.ts';
import type { LocalResource } from '../mapping/map-answer.ts';

/** Tells whether a resource satisfies one filter. */
type Matcher = (local: LocalResource) => boolean;

/**
 * Makes one test out of filters that must all hold.
 * @param ownsId tells whether a logical id given by the caller is that of a resource: ids are sealed, so only the door knows.
 */
export const createFilter = (
  type: ResourceType,
  filters: readonly Filter[],
  ownsId: (local: LocalResource, id: string) => boolean,
): Matcher => {
  const matchers = filters.map((it) => matcherOf(type, it, ownsId));
  return (local) => matchers.every((matches) => matches(local));
};

const matcherOf = (
  type: ResourceType,
  { code, values }: Filter,
  ownsId: (local: LocalResource, id: string) => boolean,
): Matcher => {
  if (code === '_id') return (local) => values.some((it) => ownsId(local, it));
  const parameter = searchParametersOf(type)[code];
  if (!parameter) return () => false;
  const extract = extractor(parameter.expression);
  const tests = values.map(parameter.type === 'date' ? dateTest : tokenTest);
  return ({ resource }) => {
    const found = extract(resource as unknown as Json);
    return tests.some((holds) => found.some(holds));
  };
};

const extractors = new Map<string, (resource: Json) => unknown[]>();

/** A compiled FHIRPath expression, compiled once per process. */
const extractor = (expression: string): ((resource: Json) => unknown[]) => {
  let extract = extractors.get(expression);
  if (!extract) {
    const compiled = fhirpath.compile(expression, r4Model) as (resource: unknown) => unknown[];
    extract = (resource) => compiled(resource);
    extractors.set(expression, extract);
  }
  return extract;
};

/**
 * `code`, `system|code`, `|code` (no system) or `system|`.
 * @see https://hl7.org/fhir/R4/search.html#token
 */
const tokenTest = (written: string): ((found: unknown) => boolean) => {
  const [first = '', second] = splitToken(written);
  const system = second === undefined ? undefined : first;
  const code = second ?? first;
  return (found) =>
    tokensOf(found).some(
      (it) =>
        (code === '' || it.code === code) &&
        (system === undefined || (system === '' ? it.system === undefined : it.system === system)),
    );
};

const splitToken = (written: string): string[] =>
  (written.match(/(\\.|[^|\\])+|(?<=^|\|)(?=\||$)/g) ?? ['']).map((it) => it.replace(/\\(.)/g, '$1'));

interface Token {
  readonly system?: string;
  readonly code: string;
}

/** The tokens in a value: a coding, a concept's codings, an identifier, a contact point, a code or a flag. */
const tokensOf = (found: unknown): readonly Token[] => {
  if (typeof found === 'string' || typeof found === 'boolean') return [{ code: String(found) }];
  if (!isObject(found)) return [];
  if ('coding' in found) return objects(found['coding']).flatMap(tokensOf);
  const code = found['code'] ?? found['value'];
  if (typeof code !== 'string') return [];
  return [typeof found['system'] === 'string' ? { system: found['system'], code } : { code }];
};

/** @see https://hl7.org/fhir/R4/search.html#prefix */
const COMPARE: Readonly<Record<string, (found: Range, asked: Range) => boolean>> = {
  eq: (found, asked) => found.low >= asked.low && found.high <= asked.high,
  ne: (found, asked) => found.low < asked.low || found.high > asked.high,
  gt: (found, asked) => found.high > asked.high,
  lt: (found, asked) => found.low < asked.low,
  ge: (found, asked) => found.high > asked.high || (found.low >= asked.low && found.high <= asked.high),
  le: (found, asked) => found.low < asked.low || (found.low >= asked.low && found.high <= asked.high),
  sa: (found, asked) => found.low >= asked.high,
  eb: (found, asked) => found.high <= asked.low,
};

const dateTest = (written: string): ((found: unknown) => boolean) => {
  const [, prefix = 'eq', date = ''] = /^([a-z]{2})?(.*)$/.exec(written) ?? [];
  const asked = dateRange(date);
  const compare = COMPARE[prefix];
  return (found) => {
    const range = rangeOf(found);
    return asked !== undefined && compare !== undefined && range !== undefined && compare(range, asked);
  };
};

/** The stretch of time of a date, a period (open ends reach for ever) or the events of a timing. */
const rangeOf = (found: unknown): Range | undefined => {
  if (isObject(found)) {
    const start = typeof found['start'] === 'string' ? dateRange(found['start']) : undefined;
    const end = typeof found['end'] === 'string' ? dateRange(found['end']) : undefined;
    return start || end ? { low: start?.low ?? -Infinity, high: end?.high ?? Infinity } : undefined;
  }
  return typeof found === 'string' ? dateRange(found) : undefined;
};
