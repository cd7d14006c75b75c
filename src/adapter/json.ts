import { parseJson } from '../fhir/index.ts';
import { SourceError } from './errors.ts';

/** The JSON of an answer, with the digits of its decimals. @throws SourceError `invalid-response` where it is none. */
export const readJson = (body: Uint8Array): unknown => {
  try {
    return parseJson(body);
  } catch {
    throw new SourceError('invalid-response');
  }
};
