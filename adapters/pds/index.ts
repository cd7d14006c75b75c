import {
  type Capabilities,
  defineAdapter,
  integerField,
  optionalField,
  secretField,
  urlField,
} from '../../src/adapter/index.ts';
import { added, map, notCarried, split } from '../../mappings/uk-core-r4/index.ts';
import { createPace } from './pace.ts';
import { readTrace } from './read-trace.ts';
import { errorOf, isInvalidId } from './errors.ts';

/** The Personal Demographics Service over its FHIR R4 API: whose an NHS number is. It holds nothing of a record. */
export default defineAdapter({
  name: 'pds',
  settings: {
    baseUrl: urlField('The FHIR base of the service'),
    bearer: optionalField(secretField('A token sent as `Authorization: Bearer`.')),
    callsPerSecond: integerField('Calls begun in any second; others wait for their turn. Of one instance.', {
      min: 1,
      max: 1000,
      fallback: 5,
    }),
  },
  capabilities: (): Capabilities => ({ scope: 'type', lineage: 'quotation', traces: true, types: { Patient: {} } }),
  split,
  map,
  notCarried,
  added,
  connect: ({ baseUrl, bearer, callsPerSecond }, { http, now, uuid }) => {
    const client = http(baseUrl);
    const pace = createPace(callsPerSecond, now);
    const read = async (id: string, call: Parameters<typeof pace>[0]) => {
      await pace(call);
      const { organisation, practitioner } = call.actor;
      const headers = {
        Accept: 'application/fhir+json',
        'X-Request-ID': uuid(),
        'X-Correlation-ID': call.correlationId,
        'NHSD-End-User-Organisation-ODS': organisation.ods,
        ...(practitioner && { 'NHSD-Session-URID': practitioner.sdsRoleProfileId }),
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      };
      return client.send({ method: 'GET', path: ['Patient', id], headers }, call);
    };
    return {
      trace: async (nhsNumber, call) => readTrace(await read(nhsNumber, call)),
      // The service has no /metadata; it refuses what is no NHS number before it looks anything up.
      health: async (call) => {
        const response = await read('0', call);
        if (!isInvalidId(response)) throw errorOf(response);
      },
    };
  },
});
