import { BadRequestError } from 'fhir-works-on-aws-interface/lib/errors/BadRequestError.js';
import { InvalidSearchParameterError } from 'fhir-works-on-aws-interface/lib/errors/InvalidSearchParameterError.js';
import { MethodNotAllowedError } from 'fhir-works-on-aws-interface/lib/errors/MethodNotAllowedError.js';
import { ResourceNotFoundError } from 'fhir-works-on-aws-interface/lib/errors/ResourceNotFoundError.js';
import { FaultError, faultOutcome, type FhirResource, type OperationOutcome } from '../fhir/index.ts';

/**
 * No source that counts answered. FHIR Works has no error for it; its routing answers with the status of any error that
 * looks like one of `http-errors`, as this does.
 */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly expose = true;
  readonly status: number;
  readonly statusCode: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
    this.statusCode = status;
  }
}

/** What a request was about. */
export interface Asked {
  readonly interaction: 'read' | 'search';
  readonly resourceType: string;
  readonly id?: string;
}

/** Runs a request; whatever is thrown leaves as the error by which a FHIR Works host knows its status. */
export const translating = async <T>(asked: Asked, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw translate(error, asked);
  }
};

const translate = (error: unknown, { interaction, resourceType, id = '' }: Asked): unknown => {
  if (!(error instanceof FaultError)) return error;
  const { status } = faultOutcome(error);
  const text = error.expression === undefined ? error.message : `${error.message} (${error.expression})`;
  if (status === 400)
    return interaction === 'search' ? new InvalidSearchParameterError(text) : new BadRequestError(text);
  if (status === 404) return new ResourceNotFoundError(resourceType, fitForLogs(id), text);
  return new UpstreamError(status, text);
};

/** A host logs the errors that it is given: a sealed id tells nothing, and the NHS number of a Patient stays out. */
const fitForLogs = (id: string): string => (/^\d+$/.test(id) ? '' : id);

/** The resource of a successful answer; of another the account of each source, in words. @throws UpstreamError */
export const successful = <R extends FhirResource>({
  status,
  resource,
}: {
  readonly status: number;
  readonly resource: R | OperationOutcome;
}): R => {
  if (status === 200) return resource as R;
  const { issue } = resource as OperationOutcome;
  throw new UpstreamError(
    status,
    issue
      .filter((it) => it.severity === 'error' || it.extension)
      .map((it) => it.details?.text ?? it.code)
      .join(' '),
  );
};

/** Refuses what FHIR Works can ask for and the facade does not do. */
export const notAllowed = (text: string) => (): Promise<never> => Promise.reject(new MethodNotAllowedError(text));

/** Refuses a tenant: every tenant of a host would see the same sources. @throws BadRequestError */
export const withoutTenant = ({ tenantId }: { readonly tenantId?: string | undefined }): void => {
  if (tenantId !== undefined)
    throw new BadRequestError('Tenants are not told apart here; configure a facade for each.');
};

/** Refuses a FHIR version that is not served. */
export const wrongVersion = (): Promise<never> => Promise.reject(new BadRequestError('Only FHIR 4.0.1 is served.'));
