import type { BatchReadWriteRequest, BatchReadWriteResponse, Bundle, Persistence } from 'fhir-works-on-aws-interface';
import { STATUS_CODES } from 'node:http';
import type { FhirResource } from '../fhir/index.ts';
import { notAllowed } from './errors.ts';

/** Our reads as the batch of FHIR Works: each entry succeeds or fails alone. There are no transactions. */
export const createBundle = (persistence: Pick<Persistence, 'readResource' | 'vReadResource'>): Bundle => ({
  batch: async ({ requests, tenantId }) => ({
    success: true,
    message: 'Each entry says how it fared.',
    batchReadWriteResponses: await Promise.all(requests.map((it) => answer(it, persistence, tenantId))),
  }),
  transaction: notAllowed('Nothing is written here, and reads need no transaction.'),
});

/** FHIR Works wants a text and writes it as it is: an empty one would not be FHIR, and what is not there is left out. */
const UNKNOWN = undefined as unknown as string;

const answer = async (
  { operation, resourceType, id, vid = UNKNOWN }: BatchReadWriteRequest,
  persistence: Pick<Persistence, 'readResource' | 'vReadResource'>,
  tenantId: string | undefined,
): Promise<BatchReadWriteResponse> => {
  const told = { id, vid, resourceType, operation, resource: {}, lastModified: UNKNOWN };
  const asked = { resourceType, id, ...(tenantId !== undefined && { tenantId }) };
  if (operation !== 'read' && operation !== 'vread') return { ...told, error: status(405) };
  try {
    const found = await (operation === 'read'
      ? persistence.readResource(asked)
      : persistence.vReadResource({ ...asked, vid }));
    const resource = found.resource as FhirResource;
    const { meta } = resource;
    return {
      ...told,
      resource,
      vid: meta?.versionId ?? UNKNOWN,
      lastModified: meta?.lastUpdated ?? UNKNOWN,
    };
  } catch (error) {
    return { ...told, error: status(statusOf(error)) };
  }
};

const STATUS_BY_NAME: Readonly<Record<string, number>> = {
  BadRequestError: 400,
  ResourceNotFoundError: 404,
  ResourceVersionNotFoundError: 404,
};

const statusOf = (error: unknown): number => {
  const { name = '', status } = error as { readonly name?: string; readonly status?: number };
  return status ?? STATUS_BY_NAME[name] ?? 500;
};

const status = (code: number): string => `${code} ${STATUS_CODES[code] ?? ''}`.trim();
