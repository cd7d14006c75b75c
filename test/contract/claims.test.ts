import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, CapabilityStatement, FhirResource, Json } from '../../src/fhir/index.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { OPERATIONS } from '../../src/operations/table.ts';
import { silentLog } from '../../src/platform/log.ts';
import { checkerOf, type Claim, claimsOf, type Document, withEach } from './document.ts';
import { NHS, shapeFor, valueFor } from './values.ts';

const FHIR = '/FHIR/R4';

describe('what /metadata and /openapi.json claim, over HTTP against the sandbox', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let root: string;
  let document: Document;
  let claims: readonly Claim[];
  let statement: CapabilityStatement;
  /** An id of each type that somebody in the sandbox has. */
  const ids = new Map<string, string>([['Patient', NHS]]);
  before(async () => {
    sandbox = await createSandbox({ port: 0, log: silentLog });
    root = sandbox.app.base.replace(FHIR, '');
    document = (await (await fetch(`${root}/openapi.json`)).json()) as Document;
    claims = claimsOf(document);
    statement = (await (await fetch(`${sandbox.app.base}/metadata`)).json()) as CapabilityStatement;
    for (const type of ['StructureDefinition', 'CodeSystem', 'OperationDefinition']) {
      const bundle = (await (await fetch(`${sandbox.app.base}/${type}`)).json()) as Bundle;
      if (bundle.entry?.[0]) ids.set(type, bundle.entry[0].resource!.id!);
    }
    for (const person of sandbox.people) {
      const response = await fetch(`${sandbox.app.base}/Patient/${person}/$everything`);
      const { entry = [] } = (await response.json()) as Bundle;
      for (const { resource } of entry)
        if (resource?.id !== undefined && !ids.has(resource.resourceType)) ids.set(resource.resourceType, resource.id);
    }
  });
  after(() => sandbox.close());

  const resources = () => statement.rest![0]!.resource!;
  /** What an address is about, in a path of the document. */
  const typeIn = (path: string): string => /\/([A-Z][A-Za-z]+)(?:\/|$)/.exec(path.replace(FHIR, ''))?.[1] ?? '';
  const addressOf = ({ path }: Pick<Claim, 'path'>): string =>
    root + path.replace('{id}', ids.get(typeIn(path)) ?? 'nobody-has-one');
  const queryOf = ({ parameters, path }: Claim, wanted: (name: string) => boolean): URLSearchParams =>
    new URLSearchParams(
      parameters.flatMap((it): [string, string][] => {
        if (it.in !== 'query' || !wanted(it.name)) return [];
        if (it.schema['type'] === 'object') return Object.entries(it.example as Record<string, string>);
        const value = isFilter(it.schema) || isNaming(it.name) ? valueFor(typeIn(path), it.name) : shapeFor(it);
        return value === undefined ? [] : [[it.name, value]];
      }),
    );
  const isFilter = ({ $ref = '' }: Json): boolean => typeof $ref === 'string' && $ref.endsWith('Filter');
  const isNaming = (name: string): boolean => name === 'patient' || name === 'identifier';
  const bodyOf = ({ body }: Claim): RequestInit => {
    const [[type, { example }] = ['', { example: undefined }]] = Object.entries(body?.content ?? {});
    if (type === '') return {};
    const form = new URLSearchParams((example ?? {}) as Record<string, string>).toString();
    return {
      headers: { 'Content-Type': type },
      body: type.endsWith('urlencoded') ? form : JSON.stringify(example ?? { resourceType: 'Parameters' }),
    };
  };
  const isSearch = ({ path, responses }: Claim): boolean =>
    responses.has(200) &&
    resources().some((it) => it.type === typeIn(path) && path.endsWith(`/${it.type}`) && it.searchRevInclude);

  it('answers each operation as it is described, in JSON and in XML', async () => {
    const check = checkerOf(document);
    await withEach(claims, async (claim) => {
      const about = `${claim.method} ${claim.path}`;
      const missing = claim.path.includes('{id}') && !ids.has(typeIn(claim.path));
      const expected = missing ? 404 : claim.responses.has(200) ? 200 : 501;
      const response = claim.responses.get(expected)!;
      for (const [type, { schema }] of Object.entries(response.content ?? {})) {
        const { headers = {}, ...rest } = bodyOf(claim);
        const query = queryOf(claim, (name) => (isNaming(name) && isSearch(claim)) || name === 'parameters');
        const answer = await fetch(`${addressOf(claim)}?${query.toString()}`, {
          method: claim.method,
          headers: {
            ...(headers as Record<string, string>),
            Accept: type,
            'X-Request-ID': 'r-1',
            'X-Correlation-ID': 'c-1',
          },
          ...rest,
        });
        const text = await answer.text();
        expect(answer.status, about).to.equal(expected);
        expect(answer.headers.get('content-type'), about).to.equal(`${type}; charset=utf-8`);
        if (type.includes('json')) expect(check(schema, JSON.parse(text)), about).to.equal(undefined);
        else expect(text, about).to.match(/^<\?xml/);
        for (const name of Object.keys(response.headers ?? {}))
          if (name !== 'Last-Modified' && name !== 'Preference-Applied')
            expect(answer.headers.has(name), `${about} ${name}`).to.equal(true);
      }
    });
  });

  it('takes every parameter that is documented, and says that it applied it', async () => {
    let taken = 0;
    const gets = claims.filter((it) => it.method === 'GET');
    await withEach(gets, async (claim) => {
      // A page token stands alone; the form of an answer is not what it is about.
      const query = queryOf(claim, (name) => !['_page', '_format', '_pretty', '_summary'].includes(name));
      const answer = await fetch(`${addressOf(claim)}?${query.toString()}`);
      const body = (await answer.json()) as Bundle;
      if (!claim.responses.has(answer.status) || answer.status === 400)
        expect.fail(`${claim.path}?${query.toString()}: ${answer.status} ${JSON.stringify(body)}`);
      taken += query.size;
      if (!isSearch(claim) || answer.status !== 200) return;
      const self = new URL(body.link!.find((it) => it.relation === 'self')!.url).searchParams;
      expect([...self.keys()].sort(), claim.path).to.deep.equal([...query.keys()].sort());
    });
    expect(taken).to.be.greaterThan(500);
  });

  it('takes each value that is listed for a parameter, and no other', async () => {
    for (const claim of claims.filter((it) => it.path.endsWith('/AllergyIntolerance') || it.path.endsWith('/metadata')))
      for (const { name, schema, in: place } of claim.parameters) {
        const values = schema['enum'] as readonly string[] | undefined;
        if (place !== 'query' || !values) continue;
        for (const value of [...values, 'nonsense']) {
          const query = new URLSearchParams([...queryOf(claim, isNaming), [name, value]]);
          const { status } = await fetch(`${root}${claim.path}?${query.toString()}`);
          const wrong = name === '_format' ? 406 : 400;
          expect(status, `${name}=${value}`).to.equal(value === 'nonsense' ? wrong : 200);
        }
      }
  });

  it('documents the same search parameters and interactions in both', () => {
    for (const { type, interaction = [], searchParam = [], operation = [] } of resources()) {
      const at = (path: string, method: string): Claim | undefined =>
        claims.find((it) => it.path === `${FHIR}/${type}${path}` && it.method === method);
      const codes = interaction.map((it) => it.code);
      expect(at('/{id}', 'GET') !== undefined, type).to.equal(codes.includes('read'));
      expect(at('', 'GET') !== undefined, type).to.equal(codes.includes('search-type'));
      const documented = at('', 'GET')?.parameters.filter(
        (it) => isFilter(it.schema) || isNaming(it.name) || it.name === 'url',
      );
      expect(documented?.map((it) => it.name) ?? [], type).to.deep.equal(searchParam.map((it) => it.name));
      const operations = claims.flatMap((it) =>
        it.path.startsWith(`${FHIR}/${type}/`) && /\$/.test(it.path) ? [it] : [],
      );
      expect(new Set(operations.map((it) => it.path.replace(/.*\$/, ''))), type).to.deep.equal(
        new Set(operation.map((it) => it.name)),
      );
    }
    const shaping = statement.rest![0]!.searchParam!.map((it) => it.name);
    for (const claim of claims.filter((it) => it.method === 'GET' && isSearch(it)))
      for (const name of shaping) {
        const { searchInclude } = resources().find((it) => it.type === typeIn(claim.path))!;
        const isServed = name !== '_has' && (name !== '_include' || searchInclude !== undefined);
        const isDocumented = claim.parameters.some((it) => it.name === name);
        expect(isDocumented, `${claim.path} ${name}`).to.equal(isServed);
      }
    expect(claims.some((it) => it.path === FHIR && it.method === 'POST')).to.equal(
      statement.rest![0]!.interaction!.some((it) => it.code === 'batch'),
    );
  });

  it('leaves out nothing that is served: every route of the door for each type, every operation', async () => {
    const documented = new Set(claims.map((it) => `${it.method} ${it.path}`));
    const about = resources().filter((it) => it.searchInclude ?? it.searchRevInclude);
    for (const { method, path, action } of ROUTES) {
      if (action === 'operation') continue;
      for (const { type } of path.includes(':type') ? about : [{ type: '' }])
        expect(documented).to.include(`${method} ${path.replace(':type', type).replace(':id', '{id}')}`);
    }
    for (const { name, level, types, methods } of OPERATIONS)
      for (const method of methods)
        for (const { type } of about.filter((it) => types === 'searched' || types.some((own) => own === it.type)))
          expect(documented).to.include(`${method} ${FHIR}/${type}/${level === 'instance' ? '{id}/' : ''}$${name}`);
    // What is served and by which methods, by what the door itself says.
    for (const path of new Set(claims.map((it) => it.path))) {
      const { status, headers } = await fetch(addressOf({ path }), { method: 'DELETE' });
      expect(status, path).to.equal(405);
      const methods = claims.filter((it) => it.path === path).map((it) => it.method);
      expect(
        headers
          .get('allow')!
          .split(', ')
          .filter((it) => it !== 'HEAD')
          .sort(),
        path,
      ).to.deep.equal(methods.sort());
    }
  });

  it('says of each source which filters it is asked to apply', async () => {
    for (const { type, extension = [], searchParam = [] } of resources()) {
      const names = searchParam.map((it) => it.name).filter((it) => !/^(_.*|patient|subject)$/.test(it));
      if (type === 'Patient' || !searchParam.some((it) => it.name === 'patient')) continue;
      const before = new Map([...sandbox.sources].map(([id, it]) => [id, it.requests().length]));
      const query = new URLSearchParams(['patient', ...names].map((it): [string, string] => [it, valueFor(type, it)]));
      expect((await fetch(`${sandbox.app.base}/${type}?${query.toString()}`)).status).to.equal(200);
      for (const { extension: parts = [] } of extension) {
        const id = parts.find((it) => it.url === 'source')!.valueCode!;
        const claimed = parts.filter((it) => ['exact', 'superset'].includes(it.url)).map((it) => it.valueString!);
        // A request for the Patient, who is compared with the trace, applies no filter of the type.
        const requests = sandbox.sources
          .get(id)!
          .requests()
          .slice(before.get(id))
          .filter((it) => !it.includes('/Patient?'));
        const sent = requests.flatMap((it) => [...new URLSearchParams(it.split('?')[1] ?? '').keys()]);
        expect(
          names.filter((it) => sent.includes(it)),
          `${type} ${id}`,
        ).to.have.members(claimed);
      }
    }
  });

  it('names the sources that are configured, and how each type is reached', () => {
    const listed = statement.rest![0]!.extension!.map(
      (it) => it.extension!.find(({ url }) => url === 'source')!.valueCode,
    );
    expect(listed).to.deep.equal([...sandbox.sources.keys()]);
    for (const { type, extension = [] } of resources())
      if (!['StructureDefinition', 'CodeSystem', 'OperationDefinition'].includes(type))
        expect(extension, type).to.not.be.empty;
  });

  it('has a definition for every parameter that is FHIR’s and for every operation', async () => {
    for (const { type, searchParam = [], operation = [] } of resources()) {
      for (const { name, definition, documentation } of searchParam) {
        expect(documentation, `${type} ${name}`).to.be.a('string').that.is.not.empty;
        if (name !== 'patient')
          expect(definition, `${type} ${name}`).to.match(/^http:\/\/hl7\.org\/fhir\/SearchParameter\//);
      }
      for (const { definition } of operation)
        if (definition.startsWith('https://patient-core-records.example/')) {
          const { status, body } = await json<FhirResource>(`OperationDefinition/${definition.replace(/.*\//, '')}`);
          expect(status, definition).to.equal(200);
          expect(body).to.include({ resourceType: 'OperationDefinition', url: definition });
        }
    }
  });

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it asked for
  const json = async <T>(path: string): Promise<{ status: number; body: T }> => {
    const answer = await fetch(`${sandbox.app.base}/${path}`);
    return { status: answer.status, body: (await answer.json()) as T };
  };
});
