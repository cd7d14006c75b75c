import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { SourceError } from '../../src/adapter/index.ts';
import { createHttpClient } from '../../src/platform/http-client.ts';
import { testCall } from '../support/call.ts';

describe('the HTTP client', () => {
  let server: Server;
  let base: string;
  let handle: RequestListener = () => undefined;
  const seen: { url: string; headers: Record<string, unknown> }[] = [];
  const clients: { close: () => void }[] = [];
  const client = (path = '/base') => {
    const made = createHttpClient(`${base}${path}`);
    clients.push(made);
    return made;
  };
  const failure = async (work: Promise<unknown>): Promise<SourceError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(SourceError);
    return error as SourceError;
  };

  before(async () => {
    server = createServer((request, response) => {
      seen.push({ url: request.url ?? '', headers: request.headers });
      handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => clients.splice(0).forEach((it) => it.close()));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('sends below its base and hands every status on, with the body as bytes', async () => {
    handle = (_, response) => response.writeHead(418, { 'Retry-After': '9', 'X-A': 'b' }).end('{"a":4.00}');
    const response = await client().send({ method: 'GET', path: ['Patient'], query: [['a b', 'c&d|e']] }, testCall());
    expect(response).to.deep.include({ status: 418, retryAfter: 9 });
    expect(response.body.toString()).to.equal('{"a":4.00}');
    expect(response.headers['x-a']).to.equal('b');
    expect(seen.at(-1)?.url).to.equal('/base/Patient?a+b=c%26d%7Ce');
    expect(seen.at(-1)?.headers['accept-encoding']).to.equal('identity');
  });

  for (const [written, seconds] of [
    ['120', 120],
    ['Tue, 24 Nov 2026 10:01:30 GMT', 90],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['9'.repeat(30), 2 ** 31 - 1],
    ['soon', undefined],
    ['-5', undefined],
  ] as const) {
    it(`reads that a source wants to be left alone until: ${written}`, async () => {
      const date = 'Tue, 24 Nov 2026 10:00:00 GMT';
      handle = (_, response) => response.writeHead(503, { 'Retry-After': written, Date: date }).end();
      expect((await client().send({ method: 'GET', path: [] }, testCall())).retryAfter).to.equal(seconds);
    });
  }

  it('keeps every segment and value in its place, whatever it holds', async () => {
    handle = (_, response) => response.end('{}');
    const { send } = client();
    const segments = fc.stringMatching(/^[ -~]{1,20}$/).filter((it) => it !== '.' && it !== '..');
    await fc.assert(
      fc.asyncProperty(segments, fc.stringMatching(/^[ -~]{0,20}$/), async (segment, value) => {
        await send({ method: 'GET', path: ['x', segment], query: [['q', value]] }, testCall());
        const url = new URL(seen.at(-1)?.url ?? '', base);
        expect(url.pathname.split('/').slice(0, 3).join('/')).to.equal('/base/x');
        expect(url.pathname.split('/').length).to.equal(4);
        expect([...url.searchParams]).to.deep.equal([['q', value]]);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a segment that is a step in the path', async () => {
    const before = seen.length;
    for (const segment of ['.', '..']) {
      const error: unknown = await client()
        .send({ method: 'GET', path: ['x', segment, 'y'] }, testCall())
        .catch((it: unknown) => it);
      expect(error).to.be.instanceOf(RangeError);
    }
    expect(seen).to.have.length(before);
  });

  it('follows no redirect', async () => {
    handle = (_, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/elsewhere' }).end();
    const { status } = await client().send({ method: 'GET', path: [] }, testCall());
    expect(status).to.equal(302);
  });

  it('obeys its signal while it waits and while a body drips', async () => {
    handle = () => undefined;
    expect((await failure(client().send({ method: 'GET', path: [] }, testCall(50)))).kind).to.equal('timeout');
    handle = (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    };
    const start = performance.now();
    expect((await failure(client().send({ method: 'GET', path: [] }, testCall(100)))).kind).to.equal('timeout');
    expect(performance.now() - start).to.be.below(1000);
  });

  it('calls a dead source unavailable and a compressed answer invalid', async () => {
    handle = (request) => request.socket.destroy();
    expect((await failure(client().send({ method: 'GET', path: [] }, testCall()))).kind).to.equal('unavailable');
    expect(
      (await failure(createHttpClient('http://127.0.0.1:1').send({ method: 'GET', path: [] }, testCall()))).kind,
    ).to.equal('unavailable');
    handle = (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x');
    expect((await failure(client().send({ method: 'GET', path: [] }, testCall()))).kind).to.equal('invalid-response');
  });
});
