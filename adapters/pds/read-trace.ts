import { type HttpResponse, readJson, type Restriction, SourceError, type Trace } from '../../src/adapter/index.ts';
import { isObject, type Json, objects, parseNhsNumber, SYSTEM } from '../../src/fhir/index.ts';
import { type Body, split } from '../../mappings/uk-core-r4/index.ts';
import { codeOf, errorOf } from './errors.ts';

/**
 * Reads the answer to `GET Patient/{NHS number}`. A superseded number brings the record of the one that replaced it, whose
 * id it bears.
 * @throws SourceError
 */
export const readTrace = (response: HttpResponse): Trace<Body> => {
  if (response.status === 404 && codeOf(response) === 'INVALIDATED_RESOURCE') return { outcome: 'invalidated' };
  if (response.status !== 200) throw errorOf(response);
  const patient = readJson(response.body);
  const nhsNumber = isObject(patient) ? parseNhsNumber(patient['id']) : undefined;
  if (!isObject(patient) || patient['resourceType'] !== 'Patient' || nhsNumber === undefined)
    throw new SourceError('invalid-response');
  const numbers = objects(patient['identifier']).filter(({ system }) => system === SYSTEM.nhsNumber);
  if (numbers.some(({ value }) => parseNhsNumber(value) !== nhsNumber)) throw new SourceError('invalid-response');
  return { outcome: 'found', nhsNumber, restriction: restrictionOf(patient), demographics: split(patient) };
};

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** Only who is said to be unrestricted is. */
const restrictionOf = ({ meta }: Json): Restriction => {
  const codes = objects(isObject(meta) ? meta['security'] : undefined)
    .filter(({ system }) => system === undefined || system === CONFIDENTIALITY)
    .map(({ code }) => code);
  if (codes.includes('V')) return 'very-restricted';
  return codes.length > 0 && codes.every((it) => it === 'U') ? 'unrestricted' : 'restricted';
};
