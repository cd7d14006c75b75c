import { FaultError } from '../fhir/index.ts';
import type { Pairs } from '../search/request.ts';

export const FHIR_JSON = 'application/fhir+json';

/** What FHIR clients ask for when they mean JSON. */
const JSON_NAMES = new Set(['json', 'application/json', FHIR_JSON, 'application/*', '*/*', 'text/json']);

/**
 * Checks that the caller takes FHIR JSON; `_format` wins over `Accept`.
 * @throws FaultError 406
 */
export const requireJson = (accept: string | undefined, query: Pairs): void => {
  const format = query.find(([name]) => name === '_format')?.[1];
  const wanted = format === undefined ? (accept ?? '*/*') : format.replace(/ /g, '+');
  const acceptable = wanted.split(',').some((it) => {
    const [name = '', ...parameters] = it.split(';').map((part) => part.trim().toLowerCase());
    return JSON_NAMES.has(name) && !parameters.some((part) => /^q=0(\.0*)?$/.test(part));
  });
  if (!acceptable) {
    throw new FaultError(
      'notAcceptable',
      `Only ${FHIR_JSON} can be answered.`,
      format === undefined ? undefined : '_format',
    );
  }
};
