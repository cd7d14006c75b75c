import { randomUUID } from 'node:crypto';
import type { Actor, Call, Tools } from '../../src/adapter/index.ts';
import { createCache } from '../../src/platform/cache.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';

/** A made-up clinician at a made-up practice. */
export const testActor: Actor = {
  organisation: { ods: 'A99999', name: 'Test Practice' },
  practitioner: {
    id: 'p1',
    family: 'Tester',
    given: 'Terry',
    sdsUserId: '555000000001',
    sdsRoleProfileId: '555000000002',
  },
  device: { id: 'test-1', model: 'Patient Core Records API', version: '0' },
};

/** A call that may take so many milliseconds. */
export const testCall = (ms = 2000): Call => ({
  signal: AbortSignal.timeout(ms),
  deadline: Date.now() + ms,
  correlationId: randomUUID(),
  actor: testActor,
});

/** Real tools: the HTTP client and cache that the product uses. `close` lets go of sockets and timers. */
export const testTools = (): Tools & { readonly close: () => void } => {
  const cache = createCache();
  const clients: { readonly close: () => void }[] = [];
  return {
    cache,
    http: (baseUrl) => {
      const client = createHttpClient(baseUrl);
      clients.push(client);
      return client;
    },
    now: Date.now,
    uuid: randomUUID,
    close: () => {
      cache.close();
      clients.forEach((it) => it.close());
    },
  };
};
