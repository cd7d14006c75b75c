import { InvalidSearchParameterError } from 'fhir-works-on-aws-interface/lib/errors/InvalidSearchParameterError.js';
import { list } from '../fhir/index.ts';
import type { Pairs } from '../search/request/pairs.ts';

/**
 * The parameters of a search as a FHIR Works host read them from its URL: a value, or several, by name.
 * @throws InvalidSearchParameterError for what no query of FHIR becomes: `code[x]=1` is an object by then.
 */
export const pairsOf = (queryParams: unknown): Pairs =>
  Object.entries((queryParams ?? {}) as Readonly<Record<string, unknown>>).flatMap(([name, given]) =>
    list(given).map((value) => {
      if (typeof value === 'string') return [name, value] as const;
      throw new InvalidSearchParameterError('Expected each parameter as a name and its value.');
    }),
  );
