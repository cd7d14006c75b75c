import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { FAULTS } from '../../sandbox/faults.ts';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, Json } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';
import { STATUS } from '../../src/search/account/status.ts';
import { blocksOf, codesOf, differs, linksOf, readShown, tablesOf } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const run = promisify(execFile);

const PAGES = [
  'README.md',
  ...globSync('{docs,docs/decisions,adapters,adapters/*,config,sandbox/people}/*.md', { cwd: root }),
];
const PERSON = '9990000018';
/** Where the pages say that the sandbox is. */
const SHOWN_ORIGIN = 'http://127.0.0.1:8000';

describe('the pages of the project', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let origin: string;
  let base: string;
  before(async () => {
    sandbox = await createSandbox({ port: 0, only: ['gp', 'acute', 'community'], log: silentLog });
    ({ base } = sandbox.app);
    ({ origin } = new URL(base));
  });
  after(() => sandbox.close());

  /** A query as pages write it, as a URL has it. */
  const urlOf = (shown: string): string => {
    const [path = '', query = ''] = shown.split(/\?(.*)/s);
    const pairs = query.split('&').filter((it) => it !== '');
    const written = pairs.map((it) =>
      it.replace(/^([^=]*)=(.*)$/s, (_, name: string, value: string) => `${name}=${encodeURIComponent(value)}`),
    );
    return `${base}/${path}${query === '' ? '' : '?'}${written.join('&')}`;
  };

  it('lead to pages that there are', () => {
    expect(PAGES).to.include.members(['README.md', 'docs/search.md', 'adapters/README.md', 'config/README.md']);
    for (const page of PAGES)
      for (const link of linksOf(read(page)))
        expect(existsSync(join(root, dirname(page), link)), `${page}: ${link}`).to.equal(true);
  });

  it('name scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const page of PAGES) {
      const named = [...read(page).matchAll(/npm run (?:-s )?([a-z:-]+)/g)].map(([, it = '']) => it);
      expect(Object.keys(scripts), page).to.include.members(named);
    }
  });

  for (const page of PAGES) {
    const blocks = blocksOf(read(page));
    for (const [at, { language, text }] of blocks.entries()) {
      if (language !== 'sh' || !/^curl /m.test(text)) continue;
      it(`${page}: ${text.trim()}`, async () => {
        const { stdout } = await run('bash', ['-ec', text.replaceAll(SHOWN_ORIGIN, origin)]);
        const next = blocks[at + 1];
        if (next && /^jsonc?$/.test(next.language)) {
          const shown = readShown(next.text.replaceAll(SHOWN_ORIGIN, origin));
          expect(differs(shown, JSON.parse(stdout))).to.equal(undefined);
        }
      });
    }

    for (const { head, rows } of tablesOf(read(page))) {
      if (head.startsWith('query | finds'))
        for (const [query = '', finds] of rows)
          it(`${page}: ${query} finds ${finds ?? ''}`, async () => {
            const [shown = ''] = codesOf(query);
            const naming = `${shown.startsWith('Patient?') ? '_id' : 'patient'}=${PERSON}`;
            const response = await fetch(urlOf(shown.replace('?', `?${naming}&`)));
            expect(response.status).to.equal(200);
            const { entry = [] } = (await response.json()) as Bundle;
            expect(entry.filter((it) => it.search?.mode === 'match').length).to.equal(Number(finds));
          });
      if (head.startsWith('query | first | last'))
        for (const [query = '', ...ends] of rows)
          it(`${page}: ${query} begins and ends with ${ends.join(' and ')}`, async () => {
            const [type = '', rest = ''] = (codesOf(query)[0] ?? '').split('?');
            const response = await fetch(urlOf(`${type}?patient=${PERSON}&${rest}`));
            const { entry = [] } = (await response.json()) as Bundle;
            const matches = entry
              .filter((it) => it.search?.mode === 'match')
              .map((it) => it.resource as unknown as Json);
            const dates = ['onsetDateTime', 'recordedDate', 'authoredOn', 'effectiveDateTime'];
            for (const [at, end] of ends.entries()) {
              const resource = matches.at(-at) ?? {};
              expect(dates.map((it) => resource[it]).find((it) => it !== undefined)).to.equal(codesOf(end)[0]);
            }
          });
      if (head.startsWith('request | status') || head.startsWith('request | with'))
        for (const [request = '', ...cells] of rows) {
          const [sent, status, and] = head.startsWith('request | with') ? cells : ['', ...cells];
          it(`${page}: ${request} ${sent ?? ''} is ${status ?? ''}`, async () => {
            const headers = codesOf(sent ?? '').map((it) => it.split(': ') as [string, string]);
            const response = await fetch(urlOf(codesOf(request)[0] ?? ''), { headers });
            await response.arrayBuffer();
            expect(response.status).to.equal(Number(status));
            for (const [name = '', value] of codesOf(and ?? '').map((it) => it.split(': ')))
              if (value !== undefined && head.includes('and')) expect(response.headers.get(name)).to.equal(value);
          });
        }
    }
  }

  it('README.md: every request of its table is answered', async () => {
    const { entry = [] } = (await (await fetch(`${base}/Condition?patient=${PERSON}`)).json()) as Bundle;
    const filled = { '{type}': 'Condition', '{NHS number}': PERSON, '{id}': entry[0]?.resource?.id ?? '' };
    const rows = tablesOf(read('README.md')).flatMap((it) => (it.head === 'request | answer' ? it.rows : []));
    const requests = rows.flatMap(([request = '']) => codesOf(request)).filter((it) => it.startsWith('GET '));
    expect(requests).to.have.length.greaterThan(5);
    for (const request of requests) {
      const path = Object.entries(filled).reduce((it, [name, value]) => it.replaceAll(name, value), request.slice(4));
      expect((await fetch(`${origin}${path}`)).status, request).to.equal(200);
    }
  });

  it('docs/search.md: tells every status that a ledger may hold, and whether something is then missing', () => {
    const rows = tablesOf(read('docs/search.md')).find((it) => it.head.startsWith('status |'))?.rows ?? [];
    const [whole, ...others] = rows.map(([statuses = '']) => codesOf(statuses));
    const none = others.at(-1);
    const of = (isSo: (row: (typeof STATUS)[keyof typeof STATUS]) => boolean): string[] =>
      Object.entries(STATUS).flatMap(([status, row]) => (isSo(row) ? [status] : []));
    expect(whole).to.have.members(of((it) => it.complete));
    expect(others.flat()).to.have.members(of((it) => !it.complete));
    expect(none).to.include.members(of((it) => !it.complete && it.nhsCode !== undefined && !it.answered));
  });

  it('docs/search.md: a partial answer links to what is missing', async () => {
    const [relation = ''] = codesOf(read('docs/search.md')).filter((it) => it.endsWith('link-relation/missing'));
    const { link = [] } = (await (await fetch(`${base}/Condition?patient=9990000107`)).json()) as Bundle;
    const url = link.find((it) => it.relation === relation)?.url;
    expect((await fetch(url ?? '')).status).to.be.oneOf([200, 502]);
  });

  it('README.md: every fault it names can be set', async () => {
    const [shown = ''] = codesOf(read('README.md')).filter((it) => it.startsWith('{"fault":'));
    const { fault, ms } = JSON.parse(shown) as { fault: string; ms: number };
    expect(fault.split('|')).to.have.members(FAULTS);
    for (const one of [...fault.split('|'), 'none']) {
      const body = JSON.stringify({ fault: one, ms });
      expect((await fetch(`${origin}/_sandbox/sources/acute`, { method: 'PUT', body })).status, one).to.equal(200);
    }
  });

  it('sandbox/people/README.md: says of everybody what sources they have, and which of them are broken', () => {
    const people = JSON.parse(read('sandbox/people/people.json')) as {
      nhsNumber: string;
      sources: string[];
      faults: Record<string, { fault: string }>;
    }[];
    const [table] = tablesOf(read('sandbox/people/README.md'));
    const told = table?.rows.map(([number, , sources = '', , fault = '']) => ({
      number,
      sources: sources === 'none' ? [] : sources.split(', '),
      faults: fault === '' ? [] : [fault.split(/[ ,]+/).slice(0, 2).join(' ')],
    }));
    expect(told).to.deep.equal(
      people.map(({ nhsNumber, sources, faults }) => ({
        number: nhsNumber,
        sources,
        faults: Object.entries(faults).map(([source, { fault }]) => `${source} ${fault}`),
      })),
    );
  });

  /** Commands of `pcr map` as pages write them, with what they leave open filled in. */
  const commands = PAGES.flatMap((page) =>
    codesOf(read(page))
      .filter((it) => /^npm run -s pcr -- map /.test(it))
      .map((shown) => ({ page, shown })),
  );
  for (const { page, shown } of commands) {
    it(`${page}: ${shown}`, async () => {
      const named = shown.replaceAll('<name>', 'example');
      const adapter = /map (?:--account )?(\S+)/.exec(named)?.[1] ?? '';
      const command = named
        .replace('npm run -s pcr --', `${process.execPath} src/cli.ts`)
        .replace('answers/*.json', `sandbox/people/${adapter}/${PERSON}.json`)
        .replace('FILE', `adapters/${adapter}/fixtures/${PERSON}.json`);
      const { stdout } = await run('bash', ['-ec', command], { cwd: root, maxBuffer: 1e8 });
      expect(stdout).to.match(shown.includes('--account') ? / 0 {2}invented/ : /"type": ?"collection"/);
    });
  }

  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { default: string }> };
  /** What snippets take for granted. */
  const given = (adapter: string): Readonly<Record<string, string>> => ({
    bundle: `const bundle = JSON.parse((await import('node:fs')).readFileSync('adapters/${adapter}/fixtures/${PERSON}.json', 'utf8'));`,
    config: `const { config } = (await import('./test/support/app.ts')).testConfig([{ id: 'one', adapter: 'memory' }]);`,
    stubGpConnect: `import { stubGpConnect } from './adapters/${adapter}/stub.ts';`,
    stubCommunity: `import { stubCommunity } from './adapters/${adapter}/stub.ts';`,
  });
  // The code of the guide to adapters is in parts: its own test finds them in the example.
  for (const page of PAGES.filter((it) => it !== 'adapters/README.md')) {
    for (const { text } of blocksOf(read(page)).filter((it) => it.language === 'ts')) {
      it(`${page}: ${text.split('\n')[0] ?? ''}`, async () => {
        const prelude = Object.entries(given(/^adapters\/([^/]+)/.exec(page)?.[1] ?? 'gp-connect'))
          .filter(
            ([name]) =>
              new RegExp(`\\b${name}\\b`).test(text) && !new RegExp(`\\{[^}]*\\b${name}\\b[^}]*\\}`).test(text),
          )
          .map(([, line]) => line);
        const code = text.replace(/'patient-core-records-api\/(\w+)'/g, (_, entry: string) => {
          const built = exports[`./${entry}`]?.default ?? '';
          return `'${built.replace('./dist/', './').replace(/js$/, 'ts')}'`;
        });
        const program = [...prelude, code, 'process.exit(0);'].join('\n');
        await run(process.execPath, ['--input-type=module-typescript', '--eval', program], { cwd: root });
      });
    }
  }
});
