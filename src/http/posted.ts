import { FaultError, isObject, type Json, parseJson } from '../fhir/index.ts';
import { formNamed } from './negotiate.ts';

/**
 * Reads a posted resource, JSON or XML as its content type says.
 * @throws FaultError 415 for another content type, 400 for what cannot be read
 */
export const readPosted = async (bytes: Buffer, contentType: string | undefined): Promise<Json> => {
  const form = formNamed(contentType);
  if (form === undefined)
    throw new FaultError(
      'unsupportedMediaType',
      'A resource is posted as application/fhir+json or application/fhir+xml.',
    );
  if (form === 'xml') {
    const { fromXml } = await import('../fhir/xml/index.ts');
    return fromXml(bytes);
  }
  const resource = parsed(bytes);
  if (!isObject(resource) || typeof resource['resourceType'] !== 'string')
    throw new FaultError('invalid', 'Expected a FHIR resource.');
  return resource;
};

const parsed = (bytes: Buffer): unknown => {
  try {
    return parseJson(bytes);
  } catch {
    throw new FaultError('invalid', 'The JSON cannot be read.');
  }
};
