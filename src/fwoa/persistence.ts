import type { Persistence } from 'fhir-works-on-aws-interface';
import { ResourceVersionNotFoundError } from 'fhir-works-on-aws-interface/lib/errors/ResourceVersionNotFoundError.js';
import type { Call } from '../adapter/index.ts';
import type { FhirResource } from '../fhir/index.ts';
import { createRead } from '../read/read.ts';
import { servedBy } from '../search/ask/plan.ts';
import { servedType } from '../search/request/served-type.ts';
import type { SearchDeps } from '../search/search.ts';
import { notAllowed, successful, translating, withoutTenant } from './errors.ts';

export interface PersistenceService extends SearchDeps {
  readonly callOf: () => Call;
  readonly base: string;
}

/** What a read asks for. */
interface ReadRequest {
  readonly resourceType: string;
  readonly id: string;
  readonly tenantId?: string;
}

/** Our reads as FHIR Works knows them. Sources keep what they hold: whatever would write is not allowed. */
export const createPersistence = ({ callOf, base, ...deps }: PersistenceService): Persistence => {
  const read = createRead(deps);
  const served = servedBy(deps.sources.all);
  const resourceOf = (asked: ReadRequest): Promise<FhirResource> =>
    translating({ interaction: 'read', ...asked }, async () => {
      withoutTenant(asked);
      const options = { base, completeness: 'lenient' as const };
      return successful(await read(servedType(asked.resourceType, served), asked.id, { options, call: callOf() }));
    });
  const noWrite = notAllowed('Nothing is written here.');

  return {
    updateCreateSupported: false,
    readResource: async (asked) => ({ message: 'Resource found', resource: await resourceOf(asked) }),
    vReadResource: async ({ vid, ...asked }) => {
      const resource = await resourceOf(asked);
      if (resource.meta?.versionId === vid) return { message: 'Resource found', resource };
      const text = 'Only the version that the source holds now can be read.';
      throw new ResourceVersionNotFoundError(asked.resourceType, '', vid, text);
    },
    createResource: noWrite,
    conditionalCreateResource: noWrite,
    updateResource: noWrite,
    conditionalUpdateResource: noWrite,
    patchResource: noWrite,
    conditionalPatchResource: noWrite,
    deleteResource: noWrite,
    conditionalDeleteResource: noWrite,
    getActiveSubscriptions: () => Promise.resolve([]),
  };
};
