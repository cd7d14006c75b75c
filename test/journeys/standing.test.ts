import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { App } from '../../src/app.ts';
import {
  type Bundle,
  type FhirResource,
  type Json,
  MISSING_LINK,
  type OperationOutcome,
  SYSTEM,
} from '../../src/fhir/index.ts';
import type { Config } from '../../src/platform/config.ts';
import { startTestApp, type TestSource } from '../support/app.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';

const NHS = '9990000018';
const OTHER = '9990000026';

const patient = (nhsNumber = NHS): Json => ({
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: SYSTEM.nhsNumber, value: nhsNumber }],
});
const flag = (id: string, more: object = {}): Json => ({
  resourceType: 'Flag',
  id,
  status: 'active',
  code: { text: id },
  period: { start: `2024-01-0${'wabc'.indexOf(id) + 1}` },
  subject: { reference: 'Patient/p' },
  ...more,
});
const searchset = (resources: readonly Json[], more: object = {}): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
    ...more,
  });
const send = (response: ServerResponse, body: string): void =>
  void response.writeHead(200, { 'Content-Type': 'application/fhir+json' }).end(body);

/** The other source: always well, so that it shows that one in trouble costs it nothing. */
const well: TestSource = {
  id: 'well',
  adapter: memorySource({
    types: ['Patient', 'Flag'],
    records: { [NHS]: [patient(), flag('w')], [OTHER]: [patient(OTHER)] },
  }),
};

describe('a facade whose source is in trouble', function () {
  this.timeout(20_000);
  let server: Server;
  let proxy: FaultProxy;
  let handle: RequestListener;
  let asked: string[] = [];
  const apps: App[] = [];

  /** Answers for its patient; Flags as the test says. */
  const withFlags =
    (flags: (request: IncomingMessage, response: ServerResponse) => void): RequestListener =>
    (request, response) =>
      request.url?.includes('/Patient') ? send(response, searchset([patient()])) : flags(request, response);
  const start = async (
    source: Partial<TestSource> & { readonly url?: string } = {},
    config: Partial<Config> = {},
  ): Promise<App> => {
    const { url = `http://127.0.0.1:${proxy.port}/fhir`, settings, ...more } = source;
    const types = { Patient: { search: {} }, Flag: { search: {} } };
    const acute = { id: 'acute', adapter: 'fhir-r4', settings: { baseUrl: url, types, ...settings }, ...more };
    const app = await startTestApp([well, acute], { deadlineMs: 10_000, ...config });
    apps.push(app);
    return app;
  };
  const search = async (app: App, query = `patient=${NHS}`) => {
    const response = await fetch(`${app.base}/Flag?${query}`);
    const body = (await response.json()) as Bundle;
    const outcome = (body.resourceType as string) === 'Bundle' ? body.entry?.at(-1)?.resource : body;
    const issues = (outcome as unknown as OperationOutcome).issue;
    const own = issues.find((it) => it.details?.text?.startsWith('acute record'));
    return {
      status: response.status,
      headers: response.headers,
      body,
      flags: (body.entry ?? []).flatMap(({ resource }) =>
        resource?.resourceType === 'Flag'
          ? [(resource as FhirResource & { code: { text?: string } }).code.text ?? '']
          : [],
      ),
      acute: own?.details?.coding?.[0]?.code,
      retryAfter: own?.extension?.[0]?.extension?.find((it) => it.url === 'retryAfter')?.valueUnsignedInt,
      issues,
    };
  };

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await startFaultProxy((server.address() as AddressInfo).port);
  });
  beforeEach(() => {
    asked = [];
    proxy.set('none');
    handle = withFlags((_, response) => send(response, searchset([flag('a')])));
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((it) => it.close()));
  });
  after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  const itIs = (fault: string, status: string, make: () => Promise<App> | App) => {
    it(`${fault}: ${status}, the other source is whole, and nothing of this one is shown`, async () => {
      const app = await make();
      const answer = await search(app);
      expect(answer.status).to.equal(200);
      expect(answer.acute).to.equal(status);
      expect(answer.flags).to.deep.equal(['w']);
      expect(answer.body.meta?.tag?.[0]?.code).to.equal('partial');
      expect(JSON.stringify(answer.issues)).to.not.match(/ECONN|127\.0\.0\.1|at .*\.ts/);
    });
  };
  const quick = { deadlineMs: 300 };

  itIs('hung: it accepts and never answers', 'timeout', () => (proxy.set('hang'), start(quick)));
  itIs('a body that drips for ever', 'timeout', () => (proxy.set('drip'), start(quick)));
  itIs('reset in the middle of a body', 'unavailable', () => (proxy.set('reset'), start()));
  itIs('a body cut short of its length', 'unavailable', () => (proxy.set('cut'), start()));
  itIs('no name that can be resolved', 'unavailable', () => start({ url: 'http://nowhere.invalid/fhir' }));
  itIs('no TLS where there should be', 'unavailable', () => start({ url: `https://127.0.0.1:${proxy.port}/fhir` }));
  for (const [fault, status, flags] of [
    ['JSON cut where it still looks whole', 'invalid-response', (_, it) => send(it, '{"resourceType":"Bundle"}')],
    ['a page of HTML', 'invalid-response', (_, it) => it.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
    [
      'an OperationOutcome of an error with status 200',
      'invalid-response',
      (_, it) =>
        send(
          it,
          JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }),
        ),
    ],
    [
      'a searchset of nothing but the news of an error',
      'invalid-response',
      (_, it) =>
        send(it, searchset([{ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }])),
    ],
    ['a redirect', 'invalid-response', (_, it) => it.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end()],
    ['a refused token', 'refused', (_, it) => it.writeHead(401).end()],
    ['an error of its own', 'unavailable', (_, it) => it.writeHead(500).end('stack at x.ts')],
    [
      'a next page at another server',
      'invalid-response',
      (_, it) =>
        send(it, searchset([flag('a')], { link: [{ relation: 'next', url: 'http://169.254.169.254/fhir/Flag' }] })),
    ],
    [
      'pages that lead back to themselves',
      'invalid-response',
      (_, it) =>
        send(
          it,
          searchset([flag('a')], {
            link: [{ relation: 'next', url: `http://127.0.0.1:${proxy.port}/fhir/Flag?page=2` }],
          }),
        ),
    ],
    [
      'a bomb of compressed bytes',
      'invalid-response',
      (_, it) => it.writeHead(200, { 'Content-Encoding': 'gzip' }).end(Buffer.alloc(1024)),
    ],
    [
      'a length that nobody can hold',
      'invalid-response',
      (_, it) => it.writeHead(200, { 'Content-Length': String(10 * 1024 ** 3) }).write('{'),
    ],
    [
      'a body without end',
      'invalid-response',
      (_, it) => {
        const more = (): void => void it.write(Buffer.alloc(1 << 20, 32), (error) => error ?? more());
        more();
      },
    ],
    [
      'another patient',
      'wrong-patient',
      (_, it) =>
        send(it, searchset([flag('a', { subject: { identifier: { system: SYSTEM.nhsNumber, value: OTHER } } })])),
    ],
  ] as const satisfies readonly (readonly [string, string, (request: IncomingMessage, it: ServerResponse) => void])[]) {
    itIs(fault, status, () => {
      handle = withFlags(flags);
      return start();
    });
  }

  it('asks once more where a connection broke, and no more than once', async () => {
    const app = await start();
    proxy.script('reset');
    expect(await search(app)).to.deep.include({ acute: 'answered', flags: ['a', 'w'] });
    proxy.set('reset');
    asked = [];
    expect((await search(await start())).acute).to.equal('unavailable');
    expect(asked).to.have.length(2);
  });

  it('never asks once more what was answered, refused or too slow', async () => {
    for (const status of [401, 403, 404, 429, 501]) {
      handle = (_, response) => response.writeHead(status, { 'Retry-After': '1' }).end();
      asked = [];
      await search(await start());
      expect(asked, String(status)).to.have.length(1);
    }
  });

  it('stops at the most that is read of one source, and says so', async () => {
    const many = Array.from({ length: 500 }, (_, at) => flag(`f${at}`));
    handle = withFlags((_, response) => send(response, searchset(many)));
    const answer = await search(await start({}, { maxRecordsPerSource: 100 }));
    expect(answer.acute).to.equal('incomplete');
    expect(answer.flags).to.have.length(101);
  });

  it('is no worse off for a record with more values than fit a stack', async () => {
    const identifier = Array.from({ length: 200_000 }, () => ({ value: 'one of many' }));
    handle = withFlags((_, response) => send(response, searchset([flag('a', { identifier }), flag('b')])));
    const { status, flags, acute } = await search(await start(), `patient=${NHS}&identifier=one of many`);
    expect([status, acute]).to.deep.equal([200, 'answered']);
    expect(flags).to.deep.equal(['a']);
  });

  it('shows a record that is sent twice once, and both of two that share an id', async () => {
    handle = withFlags((_, response) => send(response, searchset([flag('a'), flag('a')])));
    expect(await search(await start())).to.deep.include({ acute: 'answered', flags: ['a', 'w'] });
    handle = withFlags((_, response) => send(response, searchset([flag('a'), flag('a', { code: { text: 'b' } })])));
    const answer = await search(await start());
    expect(answer.flags.toSorted()).to.deep.equal(['a', 'b', 'w']);
    expect(answer.issues.map((it) => it.code)).to.include('conflict');
  });

  describe('is left alone', () => {
    const guard = { failures: 2, restMs: 150 };
    const rest = () => new Promise((resolve) => setTimeout(resolve, guard.restMs + 20));

    it('after failures in a row: told at once, tried by one question after its rest, and asked again once it is well', async () => {
      const app = await start({ guard });
      handle = (_, response) => response.writeHead(500).end();
      for (let at = 0; at < 3; at += 1) await search(app);
      const before = asked.length;
      const answer = await search(app);
      expect(answer).to.deep.include({ acute: 'unavailable', retryAfter: 1, flags: ['w'] });
      expect(asked).to.have.length(before);
      const status = (await (await fetch(new URL('/_status', app.base))).json()) as { checks: Record<string, Json> };
      expect(status.checks['acute']).to.include({ status: 'fail', circuit: 'open' });
      await rest();
      handle = withFlags((_, response) => send(response, searchset([flag('a')])));
      expect(await search(app)).to.deep.include({ acute: 'answered' });
      expect(await search(app)).to.deep.include({ acute: 'answered' });
    });

    it('at once, after an answer about another patient', async () => {
      const app = await start({ guard });
      const subject = { identifier: { system: SYSTEM.nhsNumber, value: OTHER } };
      handle = withFlags((_, response) => send(response, searchset([flag('a', { subject })])));
      expect((await search(app)).acute).to.equal('wrong-patient');
      const before = asked.length;
      expect((await search(app)).acute).to.equal('unavailable');
      expect(asked).to.have.length(before);
      await rest();
      handle = withFlags((_, response) => send(response, searchset([flag('a')])));
      expect((await search(app)).acute).to.equal('answered');
    });

    it('as long as it asked for', async () => {
      const app = await start();
      handle = (_, response) => response.writeHead(429, { 'Retry-After': '30' }).end();
      expect(await search(app)).to.deep.include({ acute: 'throttled', retryAfter: 30 });
      const before = asked.length;
      const answer = await search(app);
      expect(answer.acute).to.equal('throttled');
      expect(answer.retryAfter).to.be.within(1, 30);
      expect(asked).to.have.length(before);
    });

    it('by those who would be one too many, who are told so', async () => {
      const app = await start({ guard: { concurrent: 1, queued: 1 }, ...quick });
      handle = () => undefined;
      const patients = [NHS, '9990000026', '9990000034', '9990000042'];
      const answers = await Promise.all(patients.map((it) => search(app, `patient=${it}`)));
      expect(answers.map((it) => it.acute).toSorted()).to.deep.equal(['throttled', 'throttled', 'timeout', 'timeout']);
    });
  });

  it('is asked once how it is for all who ask at a time, whoever of them goes away, and has its places left for searches', async () => {
    const app = await start({ guard: { concurrent: 2, queued: 0 } });
    const well = withFlags((_, response) => send(response, searchset([flag('a')])));
    const isWell = (response: ServerResponse): void => send(response, '{"resourceType":"CapabilityStatement"}');
    const waiting: ServerResponse[] = [];
    let arrived: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    handle = (request, response) => {
      if (!request.url?.endsWith('/metadata')) return well(request, response);
      waiting.push(response);
      arrived();
    };
    const status = (signal?: AbortSignal) => fetch(new URL('/_status', app.base), signal ? { signal } : {});
    const caller = new AbortController();
    const gone = status(caller.signal).catch((error: unknown) => error);
    await reached;
    const others = Array.from({ length: 20 }, () => status());
    caller.abort();
    await gone;
    expect((await search(app)).acute).to.equal('answered');
    expect(waiting).to.have.length(1);
    handle = (_, response) => isWell(response);
    waiting.forEach(isWell);
    for (const response of await Promise.all(others))
      expect(await response.json()).to.have.nested.property('checks.acute.status', 'pass');
  });

  it('does not hold it against a source that callers go away', async () => {
    const app = await start({ guard: { failures: 1, restMs: 60_000 } });
    let arrived: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (arrived = resolve));
    handle = () => arrived();
    const caller = new AbortController();
    const gone = fetch(`${app.base}/Flag?patient=${NHS}`, { signal: caller.signal }).catch(() => 'gone');
    await reached;
    caller.abort();
    expect(await gone).to.equal('gone');
    handle = withFlags((_, response) => send(response, searchset([flag('a')])));
    expect((await search(app)).acute).to.equal('answered');
  });

  it('gives back every connection of a source that hangs', async () => {
    const app = await start(quick);
    proxy.set('hang');
    // Each wants an answer of its own.
    const headers = { 'Cache-Control': 'no-cache' };
    const url = `${app.base}/Flag?patient=${NHS}`;
    await Promise.all(Array.from({ length: 20 }, () => fetch(url, { headers }).then((it) => it.text())));
    for (let at = 0; at < 50 && proxy.open() > 0; at += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(proxy.open()).to.equal(0);
  });

  describe('offers a link that asks only what is missing', () => {
    const missingLink = ({ link = [] }: Bundle): URL | undefined => {
      const url = link.find((it) => it.relation === MISSING_LINK)?.url;
      return url === undefined ? undefined : new URL(url);
    };

    it('and there are the entries that came late, and the account of those that answered before', async () => {
      const app = await start(quick);
      proxy.set('hang');
      const first = await search(app, `patient=${NHS}&_sort=date`);
      const link = missingLink(first.body);
      expect(link?.search).to.match(/^\?_page=[\w.-]+$/);
      proxy.set('none');
      const late = await search(app, link?.search.slice(1));
      expect(late).to.deep.include({ status: 200, acute: 'answered', flags: ['a'] });
      expect(late.body.meta?.tag?.[0]?.code).to.equal('complete');
      expect(late.issues[0]?.details?.coding?.[0]?.code).to.equal('asked-before');
      expect(missingLink(late.body)).to.equal(undefined);
    });

    it('which fails while the source is still missing, and is not there for one that will not answer', async () => {
      const app = await start(quick);
      proxy.set('hang');
      const first = await search(app);
      expect((await search(app, missingLink(first.body)?.search.slice(1))).status).to.equal(504);
      proxy.set('none');
      handle = (_, response) => response.writeHead(403).end();
      const refused = await search(app);
      expect(refused.acute).to.equal('refused');
      expect(missingLink(refused.body)).to.equal(undefined);
    });

    it('at the end of a walk through pages, which loses nothing and shows nothing twice', async () => {
      handle = withFlags((_, response) => send(response, searchset(['a', 'b', 'c'].map((it) => flag(it)))));
      const app = await start(quick);
      const seen: string[] = [];
      let query: string | undefined = `patient=${NHS}&_sort=date&_count=1`;
      for (let page = 0; query !== undefined && page < 10; page += 1) {
        proxy.set(page === 1 || page === 2 ? 'hang' : 'none');
        const { body, flags } = await search(app, query);
        seen.push(...flags);
        const next = body.link?.find((it) => it.relation === 'next')?.url;
        query = (next === undefined ? missingLink(body) : new URL(next))?.search.slice(1);
      }
      expect(seen.toSorted()).to.deep.equal(['a', 'b', 'c', 'w']);
    });
  });

  describe('carries what it can', () => {
    it('and tells who is one too many when to come again, but always how it is', async () => {
      const app = await start({}, { load: { maxRequests: 2, maxBytes: 1_048_576 } });
      const waiting: ServerResponse[] = [];
      let full: () => void = () => undefined;
      const filled = new Promise<void>((resolve) => (full = resolve));
      handle = (_, response) => waiting.push(response) === 2 && full();
      const held = [search(app, `patient=${NHS}`), search(app, `patient=${OTHER}`)];
      await filled;
      const shed = await fetch(`${app.base}/Flag?patient=${NHS}`);
      expect([shed.status, shed.headers.get('retry-after')]).to.deep.equal([503, '1']);
      expect(((await shed.json()) as OperationOutcome).issue[0]?.code).to.equal('transient');
      expect((await fetch(new URL('/_ping', app.base))).status).to.equal(200);
      waiting.forEach((it) => it.writeHead(403).end());
      for (const it of await Promise.all(held)) expect(it.status).to.equal(200);
      expect((await fetch(`${app.base}/metadata`)).status).to.equal(200);
    });

    it('finishes what is under way when it is to stop, and takes nothing new', async () => {
      const app = await start();
      let arrived: (response: ServerResponse) => void = () => undefined;
      const reached = new Promise<ServerResponse>((resolve) => (arrived = resolve));
      handle = withFlags((_, response) => arrived(response));
      const underWay = search(app);
      const response = await reached;
      const closed = app.close();
      expect(await fetch(new URL('/_ping', app.base)).catch(() => 'no')).to.equal('no');
      send(response, searchset([flag('a')]));
      expect(await underWay).to.deep.include({ status: 200, acute: 'answered' });
      await closed;
    });
  });

  it('any instance with the same keys serves any id and any page of another', async () => {
    handle = withFlags(({ url = '' }, response) => {
      const [, id] = /\/Flag\/(\w+)$/.exec(url) ?? [];
      send(response, id === undefined ? searchset(['a', 'b', 'c'].map((it) => flag(it))) : JSON.stringify(flag(id)));
    });
    const [one, two] = [await start(), await start()];
    const names: string[] = [];
    let at = 0;
    for (let query: string | undefined = `patient=${NHS}&_count=1&_sort=-date`; query !== undefined; at += 1) {
      const { body, flags } = await search(at % 2 === 0 ? one : two, query);
      names.push(...flags);
      const [entry] = body.entry ?? [];
      const read = await fetch(`${(at % 2 === 0 ? two : one).base}/Flag/${entry?.resource?.id ?? ''}`);
      expect(((await read.json()) as Json)['code']).to.deep.equal({ text: flags[0] });
      const next = body.link?.find((it) => it.relation === 'next')?.url;
      query = next === undefined ? undefined : new URL(next).search.slice(1);
    }
    expect(names).to.deep.equal(['c', 'b', 'a', 'w']);
  });
});
