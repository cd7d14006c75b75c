import { STATUS_CODES } from 'node:http';
import { FAULT, type Fault, FaultError, faultOutcome, type Json } from '../../fhir/index.ts';
import { RESPONSE_HEADERS } from '../headers.ts';
import { FHIR_JSON, FHIR_XML } from '../negotiate.ts';
import { ref } from './schemas.ts';

const MIRRORED = ['X-Request-ID', 'X-Correlation-ID'];

const headers = (names: readonly string[]): Json => Object.fromEntries(names.map((it) => [it, ref('headers', it)]));

/** An answer that is a FHIR resource, in both forms. */
export const resourceResponse = (schema: string, description: string, more: readonly string[] = []): Json => ({
  description,
  headers: headers(['ETag', 'Last-Modified', 'Server-Timing', ...more, ...MIRRORED]),
  content: {
    [FHIR_JSON]: { schema: ref('schemas', schema) },
    [FHIR_XML]: { schema: ref('schemas', schema) },
  },
});

/** An answer in plain JSON. */
export const plainResponse = (schema: Json, description: string): Json => ({
  description,
  content: { 'application/json': { schema } },
});

/** References to the responses of some statuses. */
export const responses = (statuses: readonly number[]): Json =>
  Object.fromEntries(statuses.map((it) => [it, ref('responses', nameOf(it))]));

/** Every response that several operations have: those of our own faults, made from the table of them. */
export const sharedResponses = (): Json => ({
  [nameOf(304)]: { description: 'What the caller has is still the same.', headers: headers(['ETag']) },
  Resource: resourceResponse('Resource', 'The resource.'),
  Bundle: resourceResponse('Bundle', 'The answer as a Bundle.'),
  SearchSet: resourceResponse('SearchSet', 'What was found, and last the account of every source.', [
    'Preference-Applied',
  ]),
  ...Object.fromEntries(statuses().map((status) => [nameOf(status), faultResponse(status)])),
});

/** The headers that responses refer to. */
export const sharedHeaders = (): Json =>
  Object.fromEntries(
    Object.entries(RESPONSE_HEADERS).map(([name, { documentation }]) => [
      name,
      { description: documentation, schema: { type: 'string' } },
    ]),
  );

/** The statuses of our own faults, each with its rows of the table. */
export const faultsByStatus = (): ReadonlyMap<number, readonly Fault[]> =>
  Map.groupBy(Object.keys(FAULT) as Fault[], (it) => FAULT[it][0]);

const statuses = (): readonly number[] => [...faultsByStatus().keys()].filter((it) => it !== FAULT.exception[0]);

const faultResponse = (status: number): Json => {
  const faults = faultsByStatus().get(status) ?? [];
  const issues = [...new Set(faults.map((it) => `\`${FAULT[it][1]}\``))];
  const { outcome } = faultOutcome(new FaultError(faults[0] ?? 'exception', 'What was expected, and where.'));
  return {
    description: `${WHEN[status] ?? STATUS_CODES[status] ?? ''} Issue code ${issues.join(' or ')}.`,
    headers: headers(status === FAULT.unavailable[0] ? ['Retry-After', ...MIRRORED] : MIRRORED),
    content: {
      [FHIR_JSON]: { schema: ref('schemas', 'OperationOutcome'), example: outcome },
      [FHIR_XML]: { schema: ref('schemas', 'OperationOutcome') },
    },
  };
};

/** When an answer has a status. */
export const WHEN: Readonly<Record<number, string>> = {
  400: 'A parameter is missing, wrong, given twice or not served; the outcome names it.',
  404: 'There is no such resource, or no such address.',
  405: 'The method is not served at this address; `Allow` lists those that are.',
  406: 'Neither JSON nor XML of FHIR 4.0 was asked for.',
  413: 'The body is larger than is accepted.',
  415: 'The body is of another media type.',
  500: 'Something went wrong here.',
  501: 'The guide has this and it is not built yet.',
  502: 'No source answered, or one that must; the outcome accounts for each.',
  503: 'The facade carries as much as it can; `Retry-After` says when to come again.',
  504: 'All sources that are missing were too slow; the outcome accounts for each.',
};

const nameOf = (status: number): string => (STATUS_CODES[status] ?? String(status)).replace(/[^A-Za-z]/g, '');
