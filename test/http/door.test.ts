import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, CapabilityStatement, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/app.ts';

const NHS = '9990000018';
const OTHER = '9990000026';
const person = (id: string, value: string): Json => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }],
});
const flag = (id: string, of: string, more: object = {}): Json => ({
  resourceType: 'Flag',
  id,
  status: 'active',
  code: { text: id },
  subject: { reference: `Patient/${of}` },
  ...more,
});
const records = { [NHS]: [person('p', NHS), flag('a', 'p')], [OTHER]: [person('o', OTHER), flag('b', 'o')] };

const SYSTEM = 'https://fhir.nhs.uk/CodeSystem/http-error-codes';

/** A value that each type of search parameter takes. */
const VALUES: Readonly<Record<string, string>> = { date: '2024', number: '1', quantity: '1', composite: 'x$1' };

describe('the door', () => {
  let app: App;
  let asked = 0;
  let root: string;
  before(async () => {
    const adapter = memorySource({
      types: ['Patient', 'Flag', 'AllergyIntolerance', 'Condition'],
      records,
      asked: () => (asked += 1),
    });
    app = await startTestApp([{ id: 'one', adapter }], { maxBodyBytes: 2000, corsOrigins: ['https://app.example'] });
    root = app.base.replace('/FHIR/R4', '');
  });
  beforeEach(() => (asked = 0));
  after(() => app.close());

  const ask = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(`${app.base}${path}`, options);
    return { status: response.status, headers: response.headers, body: (await response.json()) as OperationOutcome };
  };
  const form = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });

  describe('refuses before any source is called', () => {
    const cases: [
      name: string,
      path: string,
      status: number,
      code: string,
      expression?: string | undefined,
      options?: RequestInit,
    ][] = [
      ['an NHS number with a wrong check digit', '/Flag?patient=9990000019', 400, 'BAD_REQUEST', 'patient'],
      ['an NHS number that is none', '/Flag?patient=abc', 400, 'BAD_REQUEST', 'patient'],
      ['no patient', '/Flag', 400, 'BAD_REQUEST', 'patient'],
      ['two patients', `/Flag?patient=${NHS}&patient=${OTHER}`, 400, 'BAD_REQUEST', 'patient'],
      ['a type that no source holds', `/Claim?patient=${NHS}`, 400, 'BAD_REQUEST'],
      ['a type that FHIR does not have', `/Unicorn?patient=${NHS}`, 400, 'BAD_REQUEST'],
      ['an unknown parameter', `/Flag?patient=${NHS}&colour=red`, 400, 'BAD_REQUEST', 'colour'],
      ['a parameter that is never served', `/Flag?patient=${NHS}&_content=x`, 400, 'BAD_REQUEST', '_content'],
      ['a malformed date', `/AllergyIntolerance?patient=${NHS}&date=2024-13-01`, 400, 'BAD_REQUEST', 'date'],
      ['a forged id', `/Flag/${'x'.repeat(54)}`, 404, 'NOT_FOUND'],
      ['a source’s own id', '/Flag/a', 404, 'NOT_FOUND'],
      ['an address that is none', '/nothing/here/at/all', 404, 'NOT_FOUND'],
      ['an address in lower case', `/flag?patient=${NHS}`, 404, 'NOT_FOUND'],
      [
        'a create',
        '/Flag',
        405,
        'METHOD_NOT_ALLOWED',
        undefined,
        { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/fhir+json' } },
      ],
      ['a delete', '/Flag/a', 405, 'METHOD_NOT_ALLOWED', undefined, { method: 'DELETE' }],
      ['a search by GET at _search', '/Flag/_search', 405, 'METHOD_NOT_ALLOWED'],
      ['Turtle by _format', `/Flag?patient=${NHS}&_format=ttl`, 406, 'NOT_ACCEPTABLE', '_format'],
      ['HTML', '/metadata', 406, 'NOT_ACCEPTABLE', undefined, { headers: { Accept: 'text/html' } }],
      [
        'a search posted as JSON',
        '/Flag/_search',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        undefined,
        { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } },
      ],
      [
        'a compressed body',
        '/Flag/_search',
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        undefined,
        form(Uint8Array.from(gzipSync('patient=1')), { 'Content-Encoding': 'gzip' }),
      ],
      ['a body over the limit', '/Flag/_search', 413, 'BAD_REQUEST', undefined, form(`patient=${'9'.repeat(3000)}`)],
      ['a path that cannot be decoded', '/Flag/%E0%A4%A', 400, 'BAD_REQUEST'],
    ];
    for (const [name, path, status, code, expression, options] of cases) {
      it(`${name}: ${status}`, async () => {
        const answer = await ask(path, options);
        expect(answer.status).to.equal(status);
        expect(answer.headers.get('content-type')).to.equal('application/fhir+json; charset=utf-8');
        const { resourceType, meta, issue } = answer.body;
        expect(resourceType).to.equal('OperationOutcome');
        expect(meta?.profile).to.deep.equal(['https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome']);
        expect(issue).to.have.length(1);
        expect(issue[0]).to.include({ severity: 'error' });
        expect(issue[0]!.details?.coding).to.deep.equal([{ system: SYSTEM, code }]);
        expect(issue[0]!.expression?.[0]).to.equal(expression);
        expect(JSON.stringify(answer.body))
          .to.not.contain(NHS)
          .and.not.match(/at .*\.ts|Error|node_modules/);
        expect(asked).to.equal(0);
      });
    }
  });

  it('says which methods an address has', async () => {
    const { headers } = await ask('/Flag/a', { method: 'PUT', body: '' });
    expect(headers.get('allow')).to.equal('GET, HEAD');
  });

  it('answers whoever takes JSON, by any of its names', async () => {
    for (const accept of [
      'application/fhir+json',
      'application/json',
      '*/*',
      'text/html, application/fhir+json;q=0.5',
      'application/fhir+json;fhirVersion=4.0',
    ]) {
      expect((await ask(`/Flag?patient=${NHS}`, { headers: { Accept: accept } })).status, accept).to.equal(200);
    }
    for (const format of ['json', 'application/fhir+json', 'application%2Ffhir%2Bjson']) {
      expect(
        (await ask(`/Flag?patient=${NHS}&_format=${format}`, { headers: { Accept: 'text/html' } })).status,
        format,
      ).to.equal(200);
    }
  });

  it('reads one patient’s record by id and never another’s', async () => {
    const { body } = await ask(`/Flag?patient=${NHS}`);
    const bundle = body as unknown as Bundle;
    const id = bundle.entry![0]!.resource!.id!;
    expect((await ask(`/Flag/${id}`)).body).to.deep.equal(bundle.entry![0]!.resource);
    expect((await ask(`/Condition/${id}`)).status).to.equal(404);
    expect((await ask(`/Flag/${id}x`)).status).to.equal(404);
    expect((await ask(`/Flag/${id}?colour=red`)).status).to.equal(400);
  });

  it('mirrors the ids of the caller and keeps answers out of caches', async () => {
    const { headers } = await ask('/metadata', {
      headers: { 'X-Request-ID': 'abc', 'X-Correlation-ID': '11D46F5F-CDEF-4865-94B2-0EE0EDCC26DA' },
    });
    expect(headers.get('x-request-id')).to.equal('abc');
    expect(headers.get('x-correlation-id')).to.equal('11D46F5F-CDEF-4865-94B2-0EE0EDCC26DA');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.has('x-powered-by')).to.equal(false);
  });

  it('says what its sources can do, and no more', async () => {
    const statement = (await ask('/metadata')).body as unknown as CapabilityStatement;
    expect(statement).to.include({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', kind: 'instance' });
    const all = statement.rest![0]!.resource!;
    // Beside what sources hold: our own definitions, and the patient summary.
    const types = all.filter((it) => !/^(.+Definition|CodeSystem|Composition)$/.test(it.type));
    expect(types.length).to.be.lessThan(all.length);
    expect(types.map((it) => it.type)).to.deep.equal(['AllergyIntolerance', 'Condition', 'Flag', 'Patient']);
    for (const { type, searchParam } of types) {
      for (const { name, type: kind } of searchParam ?? []) {
        if (name === 'patient' || name === 'subject' || name === 'identifier' || name === '_id') continue;
        const { status } = await ask(
          `/${type}?${type === 'Patient' ? '_id' : 'patient'}=${NHS}&${name}=${VALUES[kind] ?? 'x'}`,
        );
        expect(status, `${type} ${name}`).to.equal(200);
      }
    }
  });

  it('serves its own definitions', async () => {
    const url = 'https://patient-core-records.example/fhir/StructureDefinition/ledger';
    const { body } = await ask(`/StructureDefinition?url=${url}`);
    expect((body as unknown as Bundle).total).to.equal(1);
    expect((await ask('/StructureDefinition/ledger')).body).to.include({ resourceType: 'StructureDefinition', url });
    expect((await ask('/CodeSystem/source-status')).status).to.equal(200);
    expect((await ask('/CodeSystem/none')).status).to.equal(404);
    expect((await ask('/CodeSystem?name=x')).status).to.equal(400);
  });

  it('ignores parameters when asked to, and names them', async () => {
    const { status, body } = await ask(`/Flag?patient=${NHS}&colour=red&_text=x`, {
      headers: { Prefer: 'handling=lenient' },
    });
    expect(status).to.equal(200);
    const bundle = body as unknown as Bundle;
    const outcome = bundle.entry!.at(-1)!.resource as OperationOutcome;
    expect(outcome.issue.map((it) => it.expression?.[0]).filter(Boolean)).to.deep.equal(['colour', '_text']);
    expect(bundle.link).to.deep.equal([{ relation: 'self', url: `${app.base}/Flag?patient=${NHS}` }]);
  });

  it('refuses JSON posted in chunks as it does JSON of a known length', async () => {
    const body = new ReadableStream({ start: (it) => (it.enqueue(new TextEncoder().encode('{}')), it.close()) });
    const options = {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit;
    expect((await ask(`/Flag/_search?patient=${NHS}`, options)).status).to.equal(415);
  });

  it('gives addresses of its own, whatever host the caller names', async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const options = { headers: { Host: 'evil.example' } };
      const request = httpRequest(`${app.base}/Flag?patient=${NHS}`, options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
      });
      request.on('error', reject).end();
    });
    expect(body).to.contain(`${app.base}/Flag`).and.not.contain('evil.example');
  });

  it('answers what is no HTTP, and headers without end, with an outcome too', async () => {
    const raw = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let answer = '';
        const socket = connect(app.port, '127.0.0.1', () => socket.write(text));
        socket
          .on('data', (chunk) => (answer += String(chunk)))
          .on('close', () => resolve(answer))
          .on('error', () => resolve(answer));
      });
    expect(await raw('HELLO\r\n\r\n')).to.match(/^HTTP\/1\.1 400 .*"resourceType":"OperationOutcome"/s);
    expect(await raw(`GET /FHIR/R4/metadata HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)).to.match(
      /^HTTP\/1\.1 431 .*OperationOutcome/s,
    );
  });

  it('refuses more parameters or values than anybody needs', async () => {
    expect((await ask(`/Flag?patient=${NHS}${'&date=2024'.repeat(200)}`)).status).to.equal(400);
    expect((await ask(`/Flag?patient=${NHS}&identifier=${'a,'.repeat(600)}a`)).status).to.equal(400);
  });

  it('writes XML for whoever prefers it, errors too', async () => {
    const xml = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${app.base}${path}`, { headers });
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    };
    for (const [path, headers] of [
      [`/Flag?patient=${NHS}&_format=xml`, {}],
      [`/Flag?patient=${NHS}`, { Accept: 'application/fhir+json;q=0.5, application/fhir+xml' }],
    ] as const) {
      const { status, type, text } = await xml(path, headers);
      expect([status, type]).to.deep.equal([200, 'application/fhir+xml; charset=utf-8']);
      expect(text).to.match(/^<\?xml version="1\.0" encoding="UTF-8"\?><Bundle xmlns="http:\/\/hl7\.org\/fhir">/);
    }
    const refused = await xml('/Flag?patient=1', { Accept: 'application/fhir+xml' });
    expect([refused.status, refused.type]).to.deep.equal([400, 'application/fhir+xml; charset=utf-8']);
    expect(refused.text).to.contain('<OperationOutcome');
    expect((await xml('/metadata?_format=application/fhir%2Bxml&_pretty=true')).text).to.contain(
      '\n  <status value="active"/>',
    );
    expect((await xml(`/Flag?patient=${NHS}&_pretty=true`)).text).to.contain('\n  "resourceType": "Bundle"');
  });

  it('tells a caller that nothing has changed', async () => {
    const { body, headers } = await ask(`/Flag?patient=${NHS}`);
    const etag = headers.get('etag')!;
    expect(etag).to.match(/^W\/"/);
    const again = await fetch(`${app.base}/Flag?patient=${NHS}`, { headers: { 'If-None-Match': `"x", ${etag}` } });
    expect(again.status).to.equal(304);
    expect(await again.text()).to.equal('');
    expect((await ask(`/Flag?patient=${OTHER}`)).headers.get('etag')).to.not.equal(etag);
    const { id } = (body as unknown as Bundle).entry![0]!.resource!;
    const read = await ask(`/Flag/${id!}`);
    expect(
      (await fetch(`${app.base}/Flag/${id!}`, { headers: { 'If-None-Match': read.headers.get('etag')! } })).status,
    ).to.equal(304);
  });

  it('compresses long answers for whoever asks', async () => {
    const coded = async (accepted: string) => {
      const options = { headers: { 'Accept-Encoding': accepted } };
      return new Promise<{ coding: string | undefined; bytes: Buffer }>((resolve, reject) => {
        const request = httpRequest(`${app.base}/metadata`, options, (response) => {
          const chunks: Buffer[] = [];
          response
            .on('data', (it: Buffer) => chunks.push(it))
            .on('end', () => resolve({ coding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }));
        });
        request.on('error', reject).end();
      });
    };
    const plain = await coded('identity');
    const brotli = await coded('gzip, br');
    const gzipped = await coded('gzip;q=1, br;q=0.1');
    expect([plain.coding, brotli.coding, gzipped.coding]).to.deep.equal([undefined, 'br', 'gzip']);
    expect(brotliDecompressSync(brotli.bytes)).to.deep.equal(plain.bytes);
    expect(gunzipSync(gzipped.bytes)).to.deep.equal(plain.bytes);
  });

  it('reads preferences however they are written, and passes over those that say nothing of a search', async () => {
    for (const prefer of [
      'handling=lenient',
      'Handling = "lenient"',
      'return=minimal, handling=lenient',
      'respond-async; handling=lenient',
    ])
      expect((await ask(`/Flag?patient=${NHS}&x=1`, { headers: { Prefer: prefer } })).status, prefer).to.equal(200);
    expect((await ask(`/Flag?patient=${NHS}&x=1`, { headers: { Prefer: 'return=minimal' } })).status).to.equal(400);
    for (const kind of ['minimal', 'representation', 'OperationOutcome']) {
      const { body } = await ask(`/Flag?patient=${NHS}`, { headers: { Prefer: `return=${kind}` } });
      expect((body as unknown as Bundle).total, kind).to.equal(1);
    }
  });

  it('takes the parameters of a posted search from its URL and its body together, and no body at all', async () => {
    const both = await ask(`/Flag/_search?patient=${NHS}&date=ge1900`, form('_count=0'));
    expect([both.status, (both.body as unknown as Bundle).total]).to.deep.equal([200, 0]);
    expect((both.body as unknown as Bundle).link?.[0]?.url).to.equal(
      `${app.base}/Flag?patient=${NHS}&date=ge1900&_count=0`,
    );
    expect((await ask(`/Flag/_search?patient=${NHS}`, { method: 'POST' })).status).to.equal(200);
    expect((await ask(`/Flag/_search?patient=${NHS}`, form(`patient=${OTHER}`))).status).to.equal(400);
  });

  it('gives HEAD the headers of GET, revalidation among them, on reads and searches', async () => {
    const { body } = await ask(`/Flag?patient=${NHS}`);
    const { id } = (body as unknown as Bundle).entry![0]!.resource!;
    for (const path of [`/Flag?patient=${NHS}`, `/Flag/${id!}`, `/Patient/${NHS}`, '/metadata']) {
      const get = await fetch(`${app.base}${path}`);
      await get.arrayBuffer();
      const head = await fetch(`${app.base}${path}`, { method: 'HEAD' });
      for (const name of ['etag', 'content-type', 'vary', 'last-modified', 'cache-control'])
        expect(head.headers.get(name), `${path} ${name}`).to.equal(get.headers.get(name));
      const same = { method: 'HEAD', headers: { 'If-None-Match': get.headers.get('etag')! } };
      expect((await fetch(`${app.base}${path}`, same)).status, path).to.equal(304);
      const xml = { headers: { ...same.headers, Accept: 'application/fhir+xml' } };
      expect((await fetch(`${app.base}${path}`, xml)).status, `${path} as XML`).to.equal(200);
    }
  });

  it('mirrors the ids of the caller on refusals, too', async () => {
    const sent = { 'X-Request-ID': 'one', 'X-Correlation-ID': 'two' };
    for (const path of ['/Flag?patient=1', '/Flag/none', '/nothing/at/all', '/metadata?_format=ttl']) {
      const { headers } = await ask(path, { headers: sent });
      expect([headers.get('x-request-id'), headers.get('x-correlation-id')], path).to.deep.equal(['one', 'two']);
    }
  });

  it('lets browsers of configured origins in, and no others', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
    };
    const allowed = await fetch(`${app.base}/metadata`, preflight);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).to.deep.equal([
      204,
      'https://app.example',
    ]);
    expect(allowed.headers.get('access-control-allow-headers')).to.contain('If-None-Match').and.contain('Prefer');
    const { headers } = await fetch(`${app.base}/metadata`, { headers: { Origin: 'https://app.example' } });
    expect(headers.get('access-control-expose-headers')).to.contain('ETag').and.contain('Last-Modified');
    expect(headers.get('vary')).to.equal('Origin, Accept, Accept-Encoding, Prefer');
    const other = await fetch(`${app.base}/metadata`, { headers: { Origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('is not troubled by a peculiar query', async () => {
    for (const query of [
      '?',
      '?&&&',
      '?patient',
      '?patient=%00',
      '?__proto__=1&patient=' + NHS,
      '?patient[]=1',
      '?patient=%E0%A4',
      `?patient=${NHS}&code=%2C`,
    ]) {
      expect((await ask(`/Condition${query}`)).status, query).to.equal(400);
    }
  });

  it('answers HEAD as it would GET, without a body', async () => {
    const response = await fetch(`${app.base}/Flag?patient=${NHS}`, { method: 'HEAD' });
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal('');
  });

  it('does not mirror what could forge a header', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${root}/_ping`, { headers: { 'X-Request-ID': 'a b' } }, (response) => {
        expect(response.headers['x-request-id']).to.equal(undefined);
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end();
    });
    expect(status).to.equal(200);
  });
});

describe('a facade over several sources', () => {
  const held = { types: ['Patient', 'Flag'] as const, records };
  const run = async (
    sources: Parameters<typeof startTestApp>[0],
    work: (base: string) => Promise<void>,
  ): Promise<void> => {
    const app = await startTestApp(sources, { deadlineMs: 400 });
    try {
      await work(app.base);
    } finally {
      await app.close();
    }
  };
  const search = async (base: string, query = `Flag?patient=${NHS}`, headers = {}) => {
    const response = await fetch(`${base}/${query}`, { headers });
    return { status: response.status, body: (await response.json()) as Bundle };
  };

  it('gives the same record of two sources two ids', () =>
    run(
      [
        { id: 'one', adapter: memorySource(held) },
        { id: 'two', adapter: memorySource(held) },
      ],
      async (base) => {
        const { body } = await search(base);
        const ids = body.entry!.filter((it) => it.search?.mode === 'match').map((it) => it.resource!.id);
        expect(new Set(ids).size).to.equal(2);
      },
    ));

  it('fails when a required source does, whoever else answered', () =>
    run(
      [
        { id: 'one', adapter: memorySource(held) },
        { id: 'two', adapter: memorySource({ ...held, fails: 'refused' }), required: true },
      ],
      async (base) => {
        expect((await search(base)).status).to.equal(502);
      },
    ));

  it('answers 504 when the only failure is slowness', () =>
    run(
      [
        { id: 'one', adapter: memorySource(held) },
        { id: 'two', adapter: memorySource({ ...held, delayMs: 5000 }), required: true },
      ],
      async (base) => {
        expect((await search(base)).status).to.equal(504);
      },
    ));

  it('names a source that cannot hold the type, and does not ask it', () =>
    run(
      [
        { id: 'one', adapter: memorySource(held) },
        { id: 'two', adapter: memorySource({ types: ['Patient', 'List'], records }) },
      ],
      async (base) => {
        const { body } = await search(base);
        const outcome = body.entry!.at(-1)!.resource as OperationOutcome;
        expect(outcome.issue.map((it) => it.details?.coding?.[0]?.code)).to.deep.equal(['answered', 'not-asked']);
        expect(body.meta?.tag?.[0]?.code).to.equal('complete');
      },
    ));

  it('says that records are held back, or could not be mapped, and is partial', () => {
    const foreign = { [NHS]: [...records[NHS], flag('x', 'somebody')] };
    const bad = {
      ...flag('bad', 'p'),
      get status(): string {
        throw new Error('broken');
      },
    };
    const broken = { [NHS]: [...records[NHS], bad as unknown as Json] };
    return run(
      [
        { id: 'one', adapter: memorySource({ ...held, records: foreign }) },
        { id: 'two', adapter: memorySource({ ...held, records: broken }) },
      ],
      async (base) => {
        const { body } = await search(base);
        const outcome = body.entry!.at(-1)!.resource as OperationOutcome;
        const statuses = outcome.issue.flatMap(
          (it) => it.details?.coding?.filter((coding) => coding.system?.endsWith('source-status')) ?? [],
        );
        expect(statuses.map((it) => it.code)).to.deep.equal(['quarantined', 'incomplete']);
        expect(body.meta?.tag?.[0]?.code).to.equal('partial');
      },
    );
  });

  it('does not say that a patient is not there while a source that may know could not be asked', () =>
    run(
      [
        { id: 'one', adapter: memorySource({ ...held, records: {} }) },
        { id: 'two', adapter: memorySource({ ...held, fails: 'unavailable' }) },
      ],
      async (base) => {
        const { status, body } = await search(base, `Patient/${NHS}`);
        expect(status).to.equal(502);
        expect(body.resourceType).to.equal('OperationOutcome');
      },
    ));

  it('passes a source’s own warning on, word for word, and is partial where entries are missing', () => {
    const warnings = [
      { code: 'confidential-items', text: 'Items excluded.', effect: 'withheld' as const },
      { code: 'other', types: ['List' as const] },
    ];
    return run([{ id: 'one', adapter: memorySource({ ...held, warnings }) }], async (base) => {
      const { body } = await search(base);
      const outcome = body.entry!.at(-1)!.resource as OperationOutcome;
      expect(outcome.issue.map((it) => [it.severity, it.code, it.details?.text])).to.deep.equal([
        [
          'warning',
          'suppressed',
          'one record (source one) is held back, in whole or in part; entries may be missing from this answer.',
        ],
        ['warning', 'suppressed', 'Items excluded.'],
      ]);
      expect(body.meta?.tag?.[0]?.code).to.equal('partial');
    });
  });

  it('reports a record that cannot be mapped and returns the rest', () => {
    const broken = {
      ...records,
      [NHS]: [
        ...records[NHS],
        {
          resourceType: 'Flag',
          id: 'bad',
          get status(): string {
            throw new Error('broken');
          },
        },
      ],
    };
    return run([{ id: 'one', adapter: memorySource({ ...held, records: broken }) }], async (base) => {
      const { body } = await search(base);
      expect(body.total).to.equal(1);
      const outcome = body.entry!.at(-1)!.resource as OperationOutcome;
      expect(outcome.issue[1]).to.deep.include({ severity: 'warning', diagnostics: 'one: Flag/bad' });
    });
  });

  it('stops reading at its cap and says that the answer is incomplete', async () => {
    const many = { [NHS]: [person('p', NHS), ...Array.from({ length: 30 }, (_, at) => flag(`f${at}`, 'p'))] };
    const app = await startTestApp([{ id: 'one', adapter: memorySource({ ...held, scope: 'type', records: many }) }], {
      maxRecordsPerSource: 10,
    });
    const { body } = await search(app.base);
    await app.close();
    expect(body.total).to.equal(10);
    expect((body.entry!.at(-1)!.resource as OperationOutcome).issue[0]!.details?.coding?.[0]?.code).to.equal(
      'incomplete',
    );
  });
});
