import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, CapabilityStatement, FhirResource, OperationOutcome } from '../../src/fhir/index.ts';
import { fromXml } from '../../src/fhir/xml/index.ts';
import { judge, missingForJudge } from '../fidelity/judge.ts';
import { startTestApp, type TestSource } from '../support/app.ts';
import type { Document } from './document.ts';

const PUBLIC = 'https://records.example/core';

const GP = { baseUrl: 'http://127.0.0.1:9', fromAsid: '200000000001', toAsid: '200000000002' };

/** Sources of several shapes: the contract is computed from whatever is configured. */
const SHAPES: Readonly<Record<string, readonly TestSource[]>> = {
  'one source with two types': [
    { id: 'one', adapter: memorySource({ types: ['Patient', 'Flag'], records: {} }), required: true },
  ],
  'a source for each type': (['Patient', 'Observation', 'Organization'] as const).map((type, at) => ({
    id: `source-${at}`,
    adapter: memorySource({ scope: 'type', types: [type], records: {} }),
  })),
  'a GP record and a hospital': [
    { id: 'gp', adapter: 'gp-connect', settings: GP },
    { id: 'acute', adapter: 'fhir-r4', settings: { baseUrl: 'http://127.0.0.1:9' } },
  ],
};

describe('the contract as a document', function () {
  this.timeout(60_000);
  const apps: App[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  const start = async (...args: Parameters<typeof startTestApp>): Promise<App> => {
    const app = await startTestApp(...args);
    apps.push(app);
    return app;
  };
  const documentOf = async (app: App): Promise<Document> =>
    (await (await fetch(app.base.replace('/FHIR/R4', '/openapi.json'))).json()) as Document;

  for (const [name, sources] of Object.entries(SHAPES))
    it(`is valid OpenAPI 3.0 over ${name}, small enough to read`, async () => {
      const document = await documentOf(await start(sources, { publicBase: PUBLIC }));
      const { valid, errors } = await new Validator().validate(document as unknown as Record<string, unknown>);
      expect(errors).to.equal(undefined);
      expect(valid).to.equal(true);
      expect(document.openapi).to.equal('3.0.3');
      const types = Object.keys(document.paths).filter((it) => it.endsWith('/_search')).length;
      expect(JSON.stringify(document).length).to.be.below(50_000 + types * 9000);
      const used = JSON.stringify(document.paths) + JSON.stringify(document.components);
      for (const [kind, entries] of Object.entries(document.components))
        for (const key of Object.keys(entries))
          if (!/Filter$/.test(key)) expect(used, `${kind} ${key}`).to.contain(`#/components/${kind}/${key}"`);
    });

  it('tells the API platform how to reach and guard it, from the config', async () => {
    const apiPlatform = {
      name: 'core-records',
      targetUrl: 'https://backend.example/core',
      security: 'apikey',
      secret: 'core-key',
      grants: ['app-level0', 'nhs-cis2-aal1', 'nhs-login-p9'],
      perMinute: 120,
      perMinuteAndApp: 60,
    };
    const document = await documentOf(
      await start(SHAPES['one source with two types']!, { publicBase: PUBLIC, apiPlatform } as object),
    );
    expect(document.servers).to.deep.equal([{ url: PUBLIC }]);
    expect(document['x-nhsd-apim']).to.deep.equal({
      temporary: false,
      monitoring: true,
      access: [
        { title: 'Application-restricted', grants: { 'app-level0': [] } },
        { title: 'Healthcare worker', grants: { 'nhs-cis2-aal1': ['urn:nhsd:apim:user-nhs-cis2:aal1:core-records'] } },
        { title: 'Patient', grants: { 'nhs-login-p9': ['urn:nhsd:apim:user-nhs-login:P9:core-records'] } },
      ],
      target: {
        type: 'external',
        healthcheck: '/_status',
        url: 'https://backend.example/core',
        security: { type: 'apikey', secret: 'core-key' },
      },
      ratelimiting: {
        proxy: { limit: 120, timeunit: 'minute' },
        'app-default': { limit: 60, timeunit: 'minute' },
      },
    });
    const plain = await start(SHAPES['one source with two types']!);
    const { servers, 'x-nhsd-apim': platform } = await documentOf(plain);
    expect(servers).to.deep.equal([{ url: plain.base.replace('/FHIR/R4', '') }]);
    expect(platform).to.have.nested.property('target.url', servers[0]!.url);
    expect(platform['access']).to.have.length(2);
  });

  it('may be kept for a while, compressed, revalidated, and read by browsers of the configured origins', async () => {
    const app = await start(SHAPES['one source with two types']!, { corsOrigins: ['https://app.example'] });
    const url = app.base.replace('/FHIR/R4', '/openapi.json');
    const first = await fetch(url, { headers: { Origin: 'https://app.example', 'Accept-Encoding': 'gzip' } });
    expect(first.headers.get('content-encoding')).to.equal('gzip');
    expect(first.headers.get('cache-control')).to.match(/^public, max-age=\d+$/);
    expect(first.headers.get('access-control-allow-origin')).to.equal('https://app.example');
    expect(first.headers.get('access-control-expose-headers')).to.contain('ETag');
    const etag = first.headers.get('etag')!;
    expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).to.equal(304);
    expect((await fetch(url, { method: 'POST' })).status).to.equal(405);
    const asked = await fetch(url, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
    });
    expect(asked.headers.get('access-control-allow-headers')).to.contain('Prefer');
    const { rest } = (await (await fetch(`${app.base}/metadata`)).json()) as CapabilityStatement;
    expect(rest![0]!.security!.cors).to.equal(true);
  });

  describe('/metadata', () => {
    const metadata = async (app: App, query = ''): Promise<{ status: number; resource: FhirResource }> => {
      const response = await fetch(`${app.base}/metadata${query}`);
      return { status: response.status, resource: (await response.json()) as FhirResource };
    };

    it('has the modes that FHIR has, and no other', async () => {
      const app = await start(SHAPES['a source for each type']!);
      const full = (await metadata(app)).resource as CapabilityStatement;
      expect((await metadata(app, '?mode=full')).resource).to.deep.equal(full);
      const types = (it: FhirResource): string[] =>
        (it as CapabilityStatement).rest![0]!.resource!.map((own) => own.type);
      expect(types(full)).to.include.members(['Observation', 'Organization', 'Patient', 'CodeSystem']);
      const { resource: normative } = await metadata(app, '?mode=normative');
      expect(types(normative))
        .to.include.members(['Observation', 'Patient', 'CodeSystem'])
        .and.not.include('Organization');
      const { resource: terminology } = await metadata(app, '?mode=terminology');
      expect(terminology).to.have.property('resourceType', 'TerminologyCapabilities');
      const { body } = await fetch(`${app.base}/CodeSystem`).then(async (it) => ({
        body: (await it.json()) as Bundle,
      }));
      expect((terminology as { codeSystem?: { uri: string }[] }).codeSystem!.map((it) => it.uri)).to.have.members(
        body.entry!.map((it) => (it.resource as { url?: string }).url),
      );
      const wrong = await metadata(app, '?mode=nonsense');
      expect(wrong.status).to.equal(400);
      expect((wrong.resource as OperationOutcome).issue[0]!.expression).to.deep.equal(['mode']);
    });

    it('lists the patient summary where no source holds a Composition, and only what finds it', async () => {
      const NHS = '9990000018';
      const patient = {
        resourceType: 'Patient',
        id: 'p',
        identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS }],
      };
      const adapter = memorySource({ types: ['Patient', 'Flag'], records: { [NHS]: [patient] } });
      const app = await start([{ id: 'one', adapter }]);
      const { rest } = (await metadata(app)).resource as CapabilityStatement;
      const { searchParam, interaction, extension } = rest![0]!.resource!.find((it) => it.type === 'Composition')!;
      expect(extension).to.equal(undefined);
      expect(interaction!.map((it) => it.code)).to.deep.equal(['read', 'search-type']);
      expect(searchParam!.map((it) => it.name)).to.deep.equal(['patient', 'type']);
      const answer = await fetch(`${app.base}/Composition?patient=${NHS}&type=60591-5`);
      expect(answer.status).to.equal(200);
      const { id } = ((await answer.json()) as Bundle).entry![0]!.resource!;
      expect((await fetch(`${app.base}/Composition/${id!}`)).status).to.equal(200);
    });

    for (const [name, sources] of Object.entries(SHAPES))
      it(`is valid FHIR in every mode over ${name}, and the same in XML`, async function () {
        const app = await start(sources, { publicBase: PUBLIC });
        const answers = new Map<string, Bundle>();
        for (const mode of ['full', 'normative', 'terminology']) {
          const { resource } = await metadata(app, `?mode=${mode}`);
          answers.set(mode, resource as unknown as Bundle);
          const xml = await (await fetch(`${app.base}/metadata?mode=${mode}&_format=xml`)).arrayBuffer();
          expect(fromXml(Buffer.from(xml)), mode).to.deep.equal(resource);
        }
        const missing = missingForJudge();
        if (missing !== undefined) {
          this.test!.title += ` (not judged: ${missing} is not here)`;
          return;
        }
        for (const [mode, faults] of await judge(answers)) expect(faults, mode).to.deep.equal([]);
      });
  });
});
