import {
  type Call,
  type Capabilities,
  createTokens,
  defineAdapter,
  type HttpResponse,
  integerField,
  optionalField,
  secretField,
  type Tokens,
  type Tools,
  underToken,
  urlField,
} from '../../src/adapter/index.ts';
import { added, map, notCarried, split } from '../../mappings/uk-core-r4/index.ts';
import { clientAssertion, readKey, signedJwt, type SignedJwt } from './client-assertion.ts';
import { createPace } from './pace.ts';
import { readTrace } from './read-trace.ts';
import { errorOf, isInvalidId } from './errors.ts';

/** The Personal Demographics Service over its FHIR R4 API: whose an NHS number is. It holds nothing of a record. */
export default defineAdapter({
  name: 'pds',
  settings: {
    baseUrl: urlField('The FHIR base of the service'),
    bearer: optionalField(secretField('A token sent as `Authorization: Bearer`, where that is always the same.')),
    signedJwt: optionalField(signedJwt),
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
  connect: ({ baseUrl, bearer, signedJwt, callsPerSecond }, tools) => {
    const client = tools.http(baseUrl);
    const pace = createPace(callsPerSecond, tools.now);
    const tokens = signedJwt && tokensFor(signedJwt, tools);
    const read = async (id: string, call: Call): Promise<HttpResponse> => {
      const { organisation, practitioner } = call.actor;
      const send = async (token?: string) => {
        await pace(call);
        const headers = {
          Accept: 'application/fhir+json',
          'X-Request-ID': tools.uuid(),
          'X-Correlation-ID': call.correlationId,
          'NHSD-End-User-Organisation-ODS': organisation.ods,
          ...(practitioner && { 'NHSD-Session-URID': practitioner.sdsRoleProfileId }),
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        };
        return client.send({ method: 'GET', path: ['Patient', id], headers }, call);
      };
      return tokens ? underToken(tokens, send, call) : send(bearer);
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

const tokensFor = (settings: SignedJwt, tools: Tools): Tokens => {
  const key = readKey(settings);
  const client = tools.http(settings.tokenUrl);
  return createTokens({ client, path: [], cache: tools.cache, proof: () => clientAssertion(settings, key, tools) });
};
