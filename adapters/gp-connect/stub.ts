import nock from 'nock';

const FHIR_JSON = 'application/fhir+json;charset=utf-8';
const JSON_TYPE = { 'Content-Type': FHIR_JSON };
const SPINE = 'https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1';

/** The HTTP status under which GP Connect sends each refusal. */
const REFUSALS = {
  BAD_REQUEST: 400,
  INVALID_NHS_NUMBER: 400,
  ACCESS_DENIED: 403,
  NO_PATIENT_CONSENT: 403,
  NO_ORGANISATION_CONSENT: 403,
  NO_RELATIONSHIP: 403,
  NO_RECORD_FOUND: 404,
  PATIENT_NOT_FOUND: 404,
  INVALID_PARAMETER: 422,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
} as const;

interface Reply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A GP Connect provider over nock. Each answer is given once, and only to a request that GP Connect would accept. */
export interface GpConnectStub {
  /** Answers for a patient with a record, as an object or as the text that goes over the wire. */
  readonly answers: (nhsNumber: string, record: object | string) => nock.Scope;
  /** Answers for a patient with an OperationOutcome of this Spine code, under its usual status. */
  readonly refuses: (nhsNumber: string, code: keyof typeof REFUSALS) => nock.Scope;
  /** Answers for a patient with any status, body and further headers. */
  readonly says: (nhsNumber: string, reply: Reply) => nock.Scope;
  /** Breaks the connection. */
  readonly isDown: () => nock.Scope;
  /** Answers a health check. */
  readonly isUp: () => nock.Scope;
}

/** Stubs the provider at a base URL. The request's headers, token and Parameters are part of what is expected. */
export const stubGpConnect = (baseUrl: string): GpConnectStub => {
  const post = (body: (given: unknown) => boolean): nock.Interceptor =>
    expecting(nock(baseUrl), 'fhir:operation:gpc.getstructuredrecord-1').post(
      '/Patient/$gpc.getstructuredrecord',
      body,
    );
  const says: GpConnectStub['says'] = (nhsNumber, { status, body, headers }) =>
    post(asksFor(nhsNumber)).reply(status, typeof body === 'string' ? body : JSON.stringify(body), {
      ...JSON_TYPE,
      ...headers,
    });
  return {
    says,
    answers: (nhsNumber, record) => says(nhsNumber, { status: 200, body: record }),
    refuses: (nhsNumber, code) => says(nhsNumber, { status: REFUSALS[code], body: spineOutcome(code) }),
    isDown: () => post(() => true).replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    isUp: () =>
      expecting(nock(baseUrl), 'structured:fhir:rest:read:metadata-1')
        .get('/metadata')
        .reply(200, { resourceType: 'CapabilityStatement' }, JSON_TYPE),
  };
};

/** An OperationOutcome as GP Connect sends it. */
export const spineOutcome = (code: string, { severity = 'error', system = SPINE } = {}): object => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity,
      code: 'invalid',
      details: { coding: [{ system, code }] },
      diagnostics: 'http://inner.host.example/secret',
    },
  ],
});

const expecting = (scope: nock.Scope, interaction: string): nock.Scope =>
  scope
    .matchHeader('accept', FHIR_JSON)
    .matchHeader('authorization', /^Bearer [\w-]+\.[\w-]+\.$/)
    .matchHeader('ssp-traceid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .matchHeader('ssp-from', /^\d{12}$/)
    .matchHeader('ssp-to', /^\d{12}$/)
    .matchHeader('ssp-interactionid', `urn:nhs:names:services:gpconnect:${interaction}`);

interface Parameters {
  readonly resourceType?: string;
  readonly parameter?: readonly { readonly name?: string; readonly valueIdentifier?: { readonly value?: string } }[];
}

const asksFor =
  (nhsNumber: string) =>
  (body: unknown): boolean => {
    const { resourceType, parameter } = body as Parameters;
    return (
      resourceType === 'Parameters' &&
      parameter?.[0]?.name === 'patientNHSNumber' &&
      parameter[0].valueIdentifier?.value === nhsNumber
    );
  };
