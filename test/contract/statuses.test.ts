import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { type Held, memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import { type Bundle, type Json, type OperationOutcome, patientElement, RESOURCE_TYPES } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';
import { checkerOf, type Claim, claimsOf, type Document, withEach } from './document.ts';
import { NHS } from './values.ts';

/** One resource of every type, as little of it as a record can hold. */
const record = RESOURCE_TYPES.map((type): Json => {
  const id = `a-${type.toLowerCase()}`;
  if (type === 'Patient')
    return { resourceType: type, id, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: NHS }] };
  const element = patientElement(type);
  return { resourceType: type, id, ...(element && { [element]: { reference: 'Patient/a-patient' } }) };
});
const MAX_BODY = 4096;

/** What makes the door answer with a status that is documented: one row each. */
interface Provocation {
  readonly source?: Pick<Held, 'fails'>;
  readonly query?: string;
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
const PROVOKE: Readonly<Record<number, (claim: Claim) => Provocation>> = {
  304: () => ({ headers: { 'If-None-Match': '*' } }),
  400: ({ body }) => (body && !takesForm(body) ? { body: '{}' } : { query: '&colour=red' }),
  404: () => ({ id: 'nobody-has-one' }),
  406: () => ({ headers: { Accept: 'text/turtle' } }),
  413: () => ({ body: 'x'.repeat(MAX_BODY + 1) }),
  415: () => ({ body: 'a,b', headers: { 'Content-Type': 'text/csv' } }),
  501: () => ({}),
  502: () => ({ source: { fails: 'unavailable' } }),
  504: () => ({ source: { fails: 'timeout' } }),
};

const takesForm = (body: NonNullable<Claim['body']>): boolean => 'application/x-www-form-urlencoded' in body.content;

describe('every status that /openapi.json documents', function () {
  this.timeout(60_000);
  let app: App;
  let root: string;
  let document: Document;
  let claims: readonly Claim[];
  const behaviour: { fails?: Held['fails']; delayMs?: number } = {};
  const held: Held = {
    types: RESOURCE_TYPES,
    records: { [NHS]: record },
    get fails() {
      return behaviour.fails as never;
    },
    get delayMs() {
      return behaviour.delayMs ?? 0;
    },
  };
  const ids = new Map<string, string>();
  before(async () => {
    const guard = { concurrent: 32, queued: 1000, failures: 0, restMs: 100 };
    const options = { deadlineMs: 30_000, maxBodyBytes: MAX_BODY, load: { maxRequests: 20, maxBytes: 268_435_456 } };
    app = await startTestApp([{ id: 'one', adapter: memorySource(held), guard }], options);
    root = app.base.replace('/FHIR/R4', '');
    document = (await (await fetch(`${root}/openapi.json`)).json()) as Document;
    claims = claimsOf(document);
    const { entry = [] } = (await (await fetch(`${app.base}/Patient/${NHS}/$everything`)).json()) as Bundle;
    for (const { resource } of entry) if (resource?.id) ids.set(resource.resourceType, resource.id);
    ids.set('Patient', NHS).set('StructureDefinition', 'ledger').set('CodeSystem', 'completeness');
    ids.set('OperationDefinition', 'explain');
  });
  afterEach(() => {
    delete behaviour.fails;
    delete behaviour.delayMs;
  });
  after(() => app.close());

  const typeIn = (path: string): string => /\/R4\/([A-Z][A-Za-z]+)/.exec(path)?.[1] ?? '';
  const send = (claim: Claim, { query = '', id, headers = {}, body }: Provocation): Promise<Response> => {
    const naming = claim.parameters.find((it) => ['patient', 'identifier', 'parameters'].includes(it.name));
    const path = claim.path.replace('{id}', id ?? ids.get(typeIn(claim.path)) ?? '');
    const own = Object.entries(claim.body?.content ?? {})[0];
    const [type, { example = {} }] = own ?? ['', {}];
    const written = takesForm(claim.body ?? { content: {} })
      ? new URLSearchParams(example as Record<string, string>).toString()
      : JSON.stringify(Object.keys(example).length > 0 ? example : { resourceType: 'Parameters' });
    return fetch(
      `${root}${path}?${naming ? `${naming.name === 'parameters' ? 'patient' : naming.name}=${NHS}` : ''}${query}`,
      {
        method: claim.method,
        headers: { ...(type !== '' && { 'Content-Type': type }), ...headers },
        ...(claim.method === 'POST' && (own ?? body !== undefined) && { body: body ?? written }),
      },
    );
  };

  it('has an id of every type to read', () => {
    expect(RESOURCE_TYPES.filter((it) => !ids.has(it))).to.deep.equal([]);
  });

  for (const [status, provoke] of Object.entries(PROVOKE).map(([it, provoke]) => [Number(it), provoke] as const))
    it(`${status} is reached for each operation that documents it, and is the outcome that is described`, async () => {
      const check = checkerOf(document);
      const documenting = claims.filter(
        (it) => it.responses.has(status) && !(it.path === '/_status' && status === 503),
      );
      expect(documenting).to.not.have.length(0);
      Object.assign(behaviour, provoke(documenting[0]!).source);
      await withEach(documenting, async (claim) => {
        const about = `${claim.method} ${claim.path} ${status}`;
        const { content, headers = {} } = claim.responses.get(status)!;
        const response = await send(claim, provoke(claim));
        const text = await response.text();
        expect(response.status, `${about}: ${text.slice(0, 500)}`).to.equal(status);
        for (const name of Object.keys(headers))
          if (!name.startsWith('X-')) expect(response.headers.has(name), `${about} ${name}`).to.equal(true);
        if (!content) return;
        const outcome = JSON.parse(text) as OperationOutcome;
        expect(check(content['application/fhir+json']!.schema, outcome), about).to.equal(undefined);
        const example = (content['application/fhir+json'] as { readonly example?: OperationOutcome }).example!;
        const { severity, details } = outcome.issue[0]!;
        expect({ severity, code: details!.coding![0]!.code }, about).to.deep.equal({
          severity: 'error',
          code: example.issue[0]!.details!.coding![0]!.code,
        });
      });
    });

  it('is one of those that are provoked here, or 200 or 503', () => {
    const documented = claims.flatMap((it) => [...it.responses.keys()]);
    expect(documented.length).to.be.greaterThan(500);
    expect([...new Set(documented)].filter((it) => !PROVOKE[it]).sort()).to.deep.equal([200, 503]);
  });

  it('answers 200 where each operation documents it, a read of every type among them', async () => {
    await withEach(
      claims.filter((it) => it.responses.has(200)),
      async (claim) => {
        const response = await send(claim, {});
        await response.arrayBuffer();
        expect(response.status, `${claim.method} ${claim.path}`).to.equal(200);
      },
    );
  });

  it('says 503 and when to come again while it carries as much as it can, wherever that is documented', async () => {
    behaviour.delayMs = 20_000;
    const gone = new AbortController();
    const { signal } = gone;
    const carried = Array.from({ length: 20 }, () => fetch(`${app.base}/Flag?patient=${NHS}`, { signal }));
    while ((await fetch(`${app.base}/metadata`)).status !== 503) await setImmediate();
    for (const claim of claims) {
      // How the process is can always be asked.
      if (claim.path.startsWith('/_')) continue;
      const response = await send(claim, {});
      const text = await response.text();
      expect(claim.responses.has(503), claim.path).to.equal(true);
      expect(response.status, `${claim.path}: ${text.slice(0, 200)}`).to.equal(503);
      expect(response.headers.get('retry-after')).to.match(/^\d+$/);
    }
    gone.abort();
    await Promise.allSettled(carried);
  });

  it('says in /_status that no source can serve', async () => {
    behaviour.fails = 'unavailable';
    expect((await fetch(`${root}/_status`)).status).to.equal(503);
  });
});

describe('what /metadata says of a source', () => {
  it('is what that source is asked: exact and superset filters, and no other', async () => {
    const filters: string[][] = [];
    const types = ['Patient', 'Observation'] as const;
    const asked: Held['asked'] = (query) =>
      'filters' in query ? filters.push(query.filters.map((it) => it.code)) : undefined;
    const adapter = memorySource({ scope: 'type', types, records: { [NHS]: record }, asked });
    const search = { code: 'exact', date: 'superset' } as const;
    const capabilities = () => ({
      scope: 'type' as const,
      lineage: 'quotation' as const,
      types: { Patient: { search: {} }, Observation: { search, read: true as const } },
    });
    const app = await startTestApp([{ id: 'one', adapter: { ...adapter, capabilities }, required: true }]);
    try {
      const { rest } = (await (await fetch(`${app.base}/metadata`)).json()) as {
        rest: { extension: unknown; resource: { type: string; extension: unknown }[] }[];
      };
      const url = 'https://patient-core-records.example/fhir/StructureDefinition';
      expect(rest[0]!.extension).to.deep.equal([
        {
          url: `${url}/configured-source`,
          extension: [
            { url: 'source', valueCode: 'one' },
            { url: 'title', valueString: 'one record' },
            { url: 'scope', valueCode: 'type' },
            { url: 'lineage', valueCode: 'quotation' },
            { url: 'required', valueBoolean: true },
          ],
        },
      ]);
      expect(rest[0]!.resource.find((it) => it.type === 'Observation')!.extension).to.deep.equal([
        {
          url: `${url}/type-at-source`,
          extension: [
            { url: 'source', valueCode: 'one' },
            { url: 'interaction', valueCode: 'read' },
            { url: 'interaction', valueCode: 'search-type' },
            { url: 'exact', valueString: 'code' },
            { url: 'superset', valueString: 'date' },
          ],
        },
      ]);
      const { status } = await fetch(`${app.base}/Observation?patient=${NHS}&code=x&date=2024&status=final`);
      expect(status).to.equal(200);
      expect(filters).to.deep.equal([['code', 'date']]);
    } finally {
      await app.close();
    }
  });
});
