import {
  type Call,
  defineAdapter,
  type HttpResponse,
  readJson,
  secretField,
  SourceError,
  statusError,
  urlField,
} from '../../src/adapter/index.ts';
import { added, map, split } from '../../mappings/example/index.ts';

/** The Harbour Clinic's list of visits, a made-up API: the adapter that adapters/README.md builds, to be copied. */
export default defineAdapter({
  name: 'example',
  settings: {
    baseUrl: urlField('Where the API lives.'),
    token: secretField('The token that it gave us.'),
  },
  capabilities: () => ({
    scope: 'record',
    lineage: 'derivation',
    types: { Patient: { search: {} }, Encounter: { search: {} } },
  }),
  split,
  map,
  added,
  connect: ({ baseUrl, token }, { http }) => {
    const client = http(baseUrl);
    const visits = (query: readonly (readonly [string, string])[], call: Call): Promise<HttpResponse> =>
      client.send({ method: 'GET', path: ['visits'], query, headers: { Authorization: `Bearer ${token}` } }, call);
    return {
      search: async ({ patient }, call) => {
        const { status, body, retryAfter } = await visits([['nhs', patient]], call);
        if (status === 404 && body.includes('"unknown-patient"')) throw new SourceError('not-known-here');
        if (status !== 200) throw statusError(status, retryAfter);
        const answer = split(readJson(body));
        if (!answer.records.some((it) => it.kind === 'patient')) throw new SourceError('invalid-response');
        return answer;
      },
      health: async (call) => {
        const { status, retryAfter } = await visits([], call);
        if (status !== 400) throw statusError(status, retryAfter);
      },
    };
  },
});
