import express, { type Request, type Response } from 'express';
import type { Simulator, SimulatorData } from '../../src/adapter/index.ts';
import { isObject, type Json, type NhsNumber, objects, parseNhsNumber, SYSTEM } from '../../src/fhir/index.ts';

const FHIR_JSON = 'application/fhir+json;charset=utf-8';
const INTERACTION = 'urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1';
const OUTCOME = 'https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-OperationOutcome-1';
const SPINE = 'https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1';

/** What a provider answers, by its Spine code: HTTP status, issue code and display. */
const FAULTS = {
  BAD_REQUEST: [400, 'invalid', 'Bad request'],
  INVALID_IDENTIFIER_SYSTEM: [400, 'value', 'Invalid identifier system'],
  INVALID_NHS_NUMBER: [400, 'value', 'Invalid NHS number'],
  PATIENT_NOT_FOUND: [404, 'not-found', 'Patient not found'],
  INVALID_PARAMETER: [422, 'invalid', 'Invalid parameter'],
} as const;
type Fault = keyof typeof FAULTS;

/** The parameters that are understood; the value is a part without which one is rejected. */
const PARAMETERS: Readonly<Record<string, string | undefined>> = {
  patientNHSNumber: undefined,
  includeAllergies: 'includeResolvedAllergies',
  includeMedication: undefined,
  includeConsultations: undefined,
  includeProblems: undefined,
  includeImmunisations: undefined,
  includeUncategorisedData: undefined,
  includeInvestigations: undefined,
  includeReferrals: undefined,
  includeDiaryEntries: undefined,
};

/** A practice's system: as strict about a request as GP Connect specifies, and answering with the bytes of its files. */
export const simulator = ({ read }: SimulatorData): Promise<Simulator> => {
  const app = express().disable('x-powered-by').disable('etag');

  app.get('/metadata', (_request, response) => {
    send(response, 200, {
      resourceType: 'CapabilityStatement',
      fhirVersion: '3.0.1',
      status: 'active',
      kind: 'instance',
    });
  });
  app.post('/Patient/$gpc.getstructuredrecord', express.text({ type: () => true }), async (request, response) => {
    const asked = askedIn(request);
    const file = 'patient' in asked ? await read(asked.patient) : undefined;
    if ('fault' in asked) refuse(response, asked.fault);
    else if (!file) refuse(response, 'PATIENT_NOT_FOUND');
    else send(response, 200, asked.unknown.length > 0 ? withWarnings(file, asked.unknown) : file);
  });
  app.use((_request, response) => {
    refuse(response, 'BAD_REQUEST');
  });

  return Promise.resolve({
    handle: app,
    settings: (baseUrl) => ({ baseUrl, fromAsid: '200000000001', toAsid: '200000000002' }),
  });
};

/** The patient asked for and the parameters not understood, or what is wrong with the request. */
const askedIn = (
  request: Request,
): { readonly fault: Fault } | { readonly patient: NhsNumber; readonly unknown: readonly string[] } => {
  const parameters = hasDuties(request) ? parametersOf(request) : undefined;
  if (!parameters) return { fault: 'BAD_REQUEST' };
  const identifier = parameters.find((it) => it['name'] === 'patientNHSNumber')?.['valueIdentifier'];
  if (!isObject(identifier)) return { fault: 'INVALID_PARAMETER' };
  if (identifier['system'] !== SYSTEM.nhsNumber) return { fault: 'INVALID_IDENTIFIER_SYSTEM' };
  const patient = parseNhsNumber(identifier['value']);
  if (!patient) return { fault: 'INVALID_NHS_NUMBER' };
  if (!parameters.every(isWhole)) return { fault: 'INVALID_PARAMETER' };
  return { patient, unknown: namesIn(parameters).filter((it) => !Object.hasOwn(PARAMETERS, it)) };
};

const isWhole = ({ name, part }: Json): boolean => {
  const required = PARAMETERS[String(name)];
  return required === undefined || namesIn(objects(part)).includes(required);
};

/** Content type, headers of the proxy, and the audit token. */
const hasDuties = (request: Request): boolean =>
  /^application\/fhir\+json/.test(request.get('content-type') ?? '') &&
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(request.get('ssp-traceid') ?? '') &&
  /^\d{12}$/.test(request.get('ssp-from') ?? '') &&
  /^\d{12}$/.test(request.get('ssp-to') ?? '') &&
  request.get('ssp-interactionid') === INTERACTION &&
  isAudit(request.get('authorization') ?? '');

const isAudit = (authorization: string): boolean => {
  const [, header = '', payload = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.$/.exec(authorization) ?? [];
  const [{ alg }, claims] = [decode(header), decode(payload)];
  const practitioner = isObject(claims['requesting_practitioner']) ? claims['requesting_practitioner'] : {};
  return (
    alg === 'none' &&
    Number(claims['exp']) === Number(claims['iat']) + 300 &&
    claims['reason_for_request'] === 'directcare' &&
    claims['requested_scope'] === 'patient/*.read' &&
    isObject(claims['requesting_device']) &&
    isObject(claims['requesting_organization']) &&
    practitioner['id'] !== undefined &&
    practitioner['id'] === claims['sub']
  );
};

const decode = (part: string): Json => parse(Buffer.from(part, 'base64url').toString()) ?? {};

const parse = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const parametersOf = (request: Request): readonly Json[] | undefined => {
  const body = typeof request.body === 'string' ? parse(request.body) : undefined;
  return body?.['resourceType'] === 'Parameters' ? objects(body['parameter']) : undefined;
};

const namesIn = (parameters: readonly Json[]): readonly string[] => parameters.map((it) => String(it['name']));

/** The record with an OperationOutcome as a further entry: a parameter that is not understood is no reason to refuse. */
const withWarnings = (file: Buffer, names: readonly string[]): Buffer | string => {
  const bundle = parse(file.toString());
  if (!bundle) return file;
  const issue = names.map((name) =>
    issueOf('NOT_IMPLEMENTED', { severity: 'warning', code: 'not-supported', display: 'Not implemented' }, name),
  );
  return JSON.stringify({
    ...bundle,
    entry: [
      ...objects(bundle['entry']),
      { resource: { resourceType: 'OperationOutcome', meta: { profile: [OUTCOME] }, issue } },
    ],
  });
};

const issueOf = (
  spine: string,
  { display, ...issue }: { severity: string; code: string; display: string },
  parameter?: string,
): object => ({
  ...issue,
  details: {
    coding: [{ system: SPINE, code: spine, display }],
    ...(parameter !== undefined && { text: `${parameter} is an unrecognised parameter` }),
  },
  ...(parameter !== undefined && { diagnostics: parameter }),
});

const refuse = (response: Response, fault: Fault): void => {
  const [status, code, display] = FAULTS[fault];
  const issue = [issueOf(fault, { severity: 'error', code, display })];
  send(response, status, { resourceType: 'OperationOutcome', meta: { profile: [OUTCOME] }, issue });
};

const send = (response: Response, status: number, body: object | string): void => {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.status(status).set({ 'Content-Type': FHIR_JSON, 'Cache-Control': 'no-store' }).end(bytes);
};
