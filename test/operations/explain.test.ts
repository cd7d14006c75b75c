import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Parameters, ParametersParameter } from 'fhir/r4.js';
import { memorySource } from '../../adapters/memory/index.ts';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Call, Tools } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, OperationOutcome } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';
import { startTestApp } from '../support/app.ts';

const RICH = '9990000018';

interface Told {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}
const valueOf = (parts: readonly ParametersParameter[], name: string): unknown => {
  const found = parts.find((it) => it.name === name);
  const [, value] = Object.entries(found ?? {}).find(([key]) => key.startsWith('value')) ?? [];
  return value as unknown;
};
const sourcesOf = (body: Parameters): ReadonlyMap<string, readonly ParametersParameter[]> =>
  new Map(
    body.parameter!.flatMap((it) =>
      it.name === 'source' ? [[String(valueOf(it.part!, 'id')), it.part!] as const] : [],
    ),
  );
const requestsIn = (parts: readonly ParametersParameter[], name: string): readonly Told[] =>
  parts.flatMap((it) =>
    it.name === name
      ? [
          {
            method: String(valueOf(it.part!, 'method')),
            url: String(valueOf(it.part!, 'url')),
            body: valueOf(it.part!, 'body') as string | undefined,
          },
        ]
      : [],
  );
const filtersIn = (parts: readonly ParametersParameter[]): Record<string, unknown> =>
  Object.fromEntries(
    parts.flatMap((it) =>
      it.name === 'filter' ? [[String(valueOf(it.part!, 'parameter')), valueOf(it.part!, 'applied')]] : [],
    ),
  );
const asReceived = ({ method, url }: Told): string => `${method} ${new URL(url).pathname}${new URL(url).search}`;

describe('$explain', function () {
  this.timeout(30_000);

  describe('over the sandbox', () => {
    let sandbox: Sandbox;
    beforeEach(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
    afterEach(() => sandbox.close());

    const get = async (path: string): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${sandbox.app.base}/${path}`);
      return { status: response.status, body: await response.json() };
    };
    /** What each simulator receives while something is done. */
    const during = async (work: () => Promise<unknown>): Promise<ReadonlyMap<string, readonly string[]>> => {
      const marks = [...sandbox.sources].map(([id, it]) => [id, it.requests().length] as const);
      await work();
      return new Map(marks.map(([id, from]) => [id, [...sandbox.sources.get(id)!.requests().slice(from)].sort()]));
    };

    for (const [type, query] of [
      ['AllergyIntolerance', `patient=${RICH}`],
      ['AllergyIntolerance', `patient=${RICH}&clinical-status=active&_sort=-date&_count=2`],
      [
        'MedicationRequest',
        `patient=9990000042&_include=MedicationRequest:requester&_include=MedicationRequest:medication`,
      ],
      ['Observation', `patient=${RICH}&encounter.type:text=ward&_revinclude=DiagnosticReport:result`],
      ['Condition', `patient=9990000034&_has:Encounter:diagnosis:status=finished`],
      ['DiagnosticReport', `subject=Patient/9990000026&result.code:text=count&_include=*`],
      ['Flag', `patient=9990000050`],
      ['Patient', `identifier=https://fhir.nhs.uk/Id/nhs-number|${RICH}`],
      ['Condition', `patient=9990000158`],
    ] as const)
      it(`names exactly the requests that each source then receives: ${type}?${query}`, async () => {
        let told: Parameters | undefined;
        const sent = await during(async () => {
          const { status, body } = await get(`${type}/$explain?${query}`);
          expect(status).to.equal(200);
          told = body as Parameters;
        });
        const received = await during(async () => expect((await get(`${type}?${query}`)).status).to.equal(200));
        const sources = sourcesOf(told!);
        expect([...sources.keys()]).to.deep.equal([...sandbox.sources.keys()]);
        for (const [id, parts] of sources) {
          expect(requestsIn(parts, 'request').map(asReceived).sort(), id).to.deep.equal(received.get(id));
          // Whose the number is is asked by the walk itself, and remembered.
          if (id === 'pds') expect(sent.get(id), id).to.deep.equal([`GET /Patient/${/999\d{7}/.exec(query)![0]}`]);
          else
            expect(requestsIn(parts, 'sent-now').map(asReceived).sort(), `${id}, to explain`).to.deep.equal(
              sent.get(id),
            );
          expect(valueOf(parts, 'asked'), id).to.equal(
            received.get(id)!.length > 0 || valueOf(parts, 'ends') !== undefined,
          );
        }
        expect([...sent.values()].flat().join('\n')).to.not.match(/getstructuredrecord|Observation\?|\/allergies/);
      });

    it('sends nothing where all that it must know is remembered', async () => {
      await get(`Condition?patient=${RICH}`);
      const sent = await during(() => get(`Condition/$explain?patient=${RICH}`));
      expect(sent.get('gp')).to.deep.equal([]);
      // Who is traced is compared with each source's own Patient, which is asked for anew.
      expect(sent.get('acute')).to.deep.equal([
        `GET /Patient?identifier=${encodeURIComponent(`https://fhir.nhs.uk/Id/nhs-number|${RICH}`)}`,
      ]);
      expect(sent.get('community')).to.deep.equal([`GET /api/v2/patients?nhsNumber=${RICH}`]);
    });

    it('explains the next page of a search, and one that is posted', async () => {
      const { body } = await get(`Observation?patient=${RICH}&_count=5`);
      const next = new URL((body as Bundle).link!.find((it) => it.relation === 'next')!.url);
      const { status, body: told } = await get(`Observation/$explain${next.search}`);
      expect(status).to.equal(200);
      expect([...sourcesOf(told as Parameters).keys()]).to.deep.equal([...sandbox.sources.keys()]);
      const posted = await fetch(`${sandbox.app.base}/Observation/$explain`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'patient', valueString: RICH }] }),
      });
      expect(posted.status).to.equal(200);
    });

    it('says why a source is not asked, how much time it has, and how its circuit stands', async () => {
      const { body } = await get(`Immunization/$explain?patient=${RICH}&status=completed`);
      const gp = sourcesOf(body as Parameters).get('gp')!;
      expect(valueOf(gp, 'budgetMs')).to.be.a('number').and.be.above(1000).and.below(3000);
      expect(valueOf(gp, 'circuit')).to.equal('closed');
      expect(filtersIn(gp)).to.deep.equal({ 'status=completed': 'residual' });
      const { body: only } = await get(`Procedure/$explain?patient=${RICH}`);
      const community = sourcesOf(only as Parameters).get('community')!;
      expect(valueOf(community, 'why')).to.contain('It cannot hold Procedure.').and.contain('asked for the Patient');
      const pds = sourcesOf(only as Parameters).get('pds')!;
      expect(valueOf(pds, 'asked')).to.equal(false);
      expect(valueOf(pds, 'why')).to.contain('whose the NHS number is');
    });

    it('walks the identity steps of a search: who waits for the trace, whose number it is, and whose it is no more', async () => {
      const { body } = await get('Condition/$explain?patient=9990000301');
      const gp = sourcesOf(body as Parameters).get('gp')!;
      expect(valueOf(gp, 'asked')).to.equal(false);
      expect(valueOf(gp, 'why')).to.contain('restricted');
      expect(sandbox.sources.get('gp')!.requests()).to.deep.equal([]);
      const { body: current } = await get('Condition/$explain?patient=9990000336');
      expect(JSON.stringify(sourcesOf(current as Parameters).get('gp'))).to.contain('9990000026');
      expect((await get('Condition/$explain?patient=9990000344')).status).to.equal(404);
    });

    it('says where a search would end, when a source is down', async () => {
      sandbox.sources.get('community')!.setFault({ fault: 'down' });
      const { status, body } = await get(`Condition/$explain?patient=${RICH}`);
      expect(status).to.equal(200);
      expect(valueOf(sourcesOf(body as Parameters).get('community')!, 'ends')).to.equal('unavailable');
    });

    for (const [path, status, expression] of [
      ['Condition/$explain', 400, 'patient'],
      ['Condition/$explain?patient=9990000019', 400, 'patient'],
      [`Condition/$explain?patient=${RICH}&colour=red`, 400, 'colour'],
      [`Unicorn/$explain?patient=${RICH}`, 400, undefined],
      [`Condition/abc/$explain?patient=${RICH}`, 400, undefined],
      [`$explain?patient=${RICH}`, 400, undefined],
    ] as const)
      it(`${path} is a ${status}`, async () => {
        const { status: got, body } = await get(path);
        expect(got).to.equal(status);
        expect((body as OperationOutcome).issue[0]!.expression?.[0]).to.equal(expression);
      });

    it('names what lenient handling passes over, and speaks XML', async () => {
      const response = await fetch(`${sandbox.app.base}/Condition/$explain?patient=${RICH}&colour=red&_format=xml`, {
        headers: { Prefer: 'handling=lenient' },
      });
      expect(response.status).to.equal(200);
      expect(await response.text()).to.contain('<name value="ignored"/><valueString value="colour"/>');
    });
  });

  describe('over sources of other settings', () => {
    const SECRET = 'not to be shown & 7';
    let server: Server;
    let app: App;
    const received: Told[] = [];
    before(async () => {
      process.env['PCR_EXPLAIN_BEARER'] = SECRET;
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (it: Buffer) => (body += it.toString()));
        request.on('end', () => {
          received.push({ method: request.method!, url: request.url!, body: body === '' ? undefined : body });
          const patient = {
            resourceType: 'Patient',
            id: 'p1',
            identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: RICH }],
          };
          const entry = request.url!.includes('/Patient?') ? [{ resource: patient }] : [];
          response.setHeader('Content-Type', 'application/fhir+json');
          response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
      const types = {
        Patient: { search: {} },
        Observation: { search: { code: 'exact', date: 'superset' } },
        Practitioner: {},
      };
      app = await startTestApp([
        { id: 'acute', adapter: 'fhir-r4', settings: { baseUrl, types, bearer: { env: 'PCR_EXPLAIN_BEARER' } } },
        {
          id: 'gp',
          adapter: 'gp-connect',
          settings: {
            baseUrl: `${baseUrl}/${encodeURIComponent(SECRET)}`,
            fromAsid: '200000000001',
            toAsid: '200000000002',
          },
        },
        { id: 'memory', adapter: memorySource({ types: ['Observation'], records: {} }) },
      ]);
    });
    beforeEach(() => received.splice(0));
    after(async () => {
      await app.close();
      server.close();
    });

    it('tells what is pushed, checked again and left to us, and each request to the letter', async () => {
      const query = `patient=${RICH}&code=718-7,4548-4&date=ge2020&value-quantity=gt5&_include=Observation:performer`;
      const response = await fetch(`${app.base}/Observation/$explain?${query}`);
      expect(response.status).to.equal(200);
      const text = await response.text();
      const sources = sourcesOf(JSON.parse(text) as Parameters);
      expect(filtersIn(sources.get('acute')!)).to.deep.equal({
        'code=718-7,4548-4': 'pushed',
        'date=ge2020': 're-checked',
        'value-quantity=gt5': 'residual',
      });
      const then = sources.get('acute')!.flatMap((it) => (it.name === 'then' ? [it.valueString] : []));
      expect(then.join(' ')).to.contain('Practitioner');
      expect(text).to.not.contain('Bearer').and.not.contain(SECRET);
      received.splice(0);
      await fetch(`${app.base}/Observation?${query}`);
      const told = ['acute', 'gp'].flatMap((id) => requestsIn(sources.get(id)!, 'request'));
      const bare = (it: Told): string => `${it.method} ${it.url.replace(/^http:\/\/[^/]+/, '')} ${it.body ?? ''}`;
      expect(told.map(bare).sort()).to.deep.equal(received.map(bare).sort());
      expect(told.map((it) => it.url).join('\n'))
        .to.contain('code=718-7%2C4548-4')
        .and.contain('date=ge2020');
    });

    it('says what is kept of a source, and that it is then not asked', async () => {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keeps`;
      const types = { Patient: { search: {} }, Observation: { search: {} } };
      const keeping = await startTestApp([
        { id: 'keeps', adapter: 'fhir-r4', settings: { baseUrl, types }, cache: { seconds: 60 } },
      ]);
      const search = `${keeping.base}/Observation?patient=${RICH}&code=27113001`;
      const explain = async (headers: Record<string, string> = {}) => {
        const response = await fetch(search.replace('?', '/$explain?'), { headers });
        const source = sourcesOf((await response.json()) as Parameters).get('keeps')!;
        return {
          cache: source.find((it) => it.name === 'cache')?.valueCode,
          requests: requestsIn(source, 'request').length,
        };
      };
      expect(await explain()).to.deep.equal({ cache: 'none', requests: 1 });
      await fetch(search);
      received.splice(0);
      expect(await explain()).to.deep.equal({ cache: 'kept', requests: 0 });
      expect(await explain({ 'Cache-Control': 'no-cache' })).to.deep.equal({ cache: 'none', requests: 1 });
      await fetch(search);
      expect(received).to.deep.equal([]);
      await keeping.close();
    });

    it('hides a secret of the settings wherever it would show', async () => {
      const own = await startTestApp([
        {
          id: 'acute',
          adapter: {
            ...memorySource({ types: ['Observation'], records: {} }),
            settings: { key: { kind: 'a key', doc: 'A key.', secret: true, parse: () => ({ value: SECRET }) } },
            connect: (_: unknown, { http }: Tools) => ({
              search: async (_query: unknown, call: Call) => {
                const client = http('http://127.0.0.1:9');
                await client.send(
                  { method: 'POST', path: ['x'], query: [['key', SECRET]], body: `key=${SECRET}` },
                  call,
                );
                return { records: [] };
              },
              read: () => Promise.resolve(undefined),
              health: () => Promise.resolve(),
            }),
          } as never,
          settings: { key: 1 },
        },
      ]);
      const text = await (await fetch(`${own.base}/Observation/$explain?patient=${RICH}`)).text();
      await own.close();
      expect(text)
        .to.contain('***')
        .and.not.contain('not to be shown')
        .and.not.contain('not+to+be')
        .and.not.contain('not%20to');
    });

    it('tells of a source without I/O that it is asked, and of no request', async () => {
      const body = (await (await fetch(`${app.base}/Observation/$explain?patient=${RICH}`)).json()) as Parameters;
      const memory = sourcesOf(body).get('memory')!;
      expect(valueOf(memory, 'asked')).to.equal(true);
      expect(requestsIn(memory, 'request')).to.deep.equal([]);
    });
  });
});
