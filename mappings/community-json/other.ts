import { isObject, type Json } from '../../src/fhir/index.ts';
import type { Desk } from './desk.ts';
import { meta } from './entry.ts';
import { createReader, type Reader } from './reader.ts';

/**
 * What stands in the document under a name that this mapping does not know, to a Basic: nothing is read into it, and
 * nothing of it is lost.
 */
export const mapOther = (other: Reader<Json>, desk: Desk): void => {
  for (const [name, entry] of Object.entries(other.given)) {
    const reader = createReader<{ patientId?: number; restricted?: 'Y' | 'N' }>(isObject(entry) ? entry : {}, name);
    desk.add(desk.localId, {
      resourceType: 'Basic',
      meta: meta(reader),
      code: { text: name },
      subject: desk.link('Patient', 'patient', reader.text('patientId')),
      ...(isObject(entry) ? reader.rest() : other.rest()),
    });
  }
};
