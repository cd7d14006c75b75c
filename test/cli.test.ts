import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import type { Bundle } from '../src/fhir/index.ts';

const root = join(import.meta.dirname, '..');
const people = join(root, 'sandbox/people');

const pcr = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['src/cli.ts', ...args], { cwd: root, maxBuffer: 1e8 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });

describe('pcr', function () {
  this.timeout(20_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pcr-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('maps one raw answer into one readable collection Bundle', async () => {
    const { code, out } = await pcr('map', 'gp-connect', join(people, 'gp-connect/9990000018.json'));
    expect(code).to.equal(0);
    const bundle = JSON.parse(out) as Bundle;
    expect(bundle).to.include({ resourceType: 'Bundle', type: 'collection' });
    expect(out).to.contain('\n  "type": "collection"');
    const patients = bundle.entry!.filter((it) => it.resource?.resourceType === 'Patient');
    expect(patients).to.have.length(1);
    const id = patients[0]!.resource!.id!;
    expect(out).to.contain(`"reference": "Patient/${id}"`);
    for (const { resource } of bundle.entry!)
      expect(resource?.id ?? '', resource?.resourceType).to.match(/^[A-Za-z0-9.-]{0,64}$/);
  });

  it('maps several into NDJSON, or into a folder, issues as the last entry', async () => {
    const files = ['9990000018', '9990000042'].map((it) => join(people, `community-json/${it}.json`));
    const { out } = await pcr('map', 'community-json', ...files);
    const lines = out
      .trim()
      .split('\n')
      .map((it) => JSON.parse(it) as Bundle);
    expect(lines.map((it) => it.type)).to.deep.equal(['collection', 'collection']);
    expect(lines[0]!.entry!.at(-1)!.resource!.resourceType).to.equal('OperationOutcome');
    const { code, out: nothing } = await pcr(
      'map',
      'fhir-r4',
      join(people, 'fhir-r4/9990000018.json'),
      '--out',
      join(folder, 'deep/out'),
    );
    expect([code, nothing]).to.deep.equal([0, '']);
    expect(readdirSync(join(folder, 'deep/out'))).to.deep.equal(['9990000018.json']);
  });

  it('accounts for every value, summed over the files, and fails where one is lost', async () => {
    const files = ['9990000018', '9990000042'].map((it) => join(people, `gp-connect/${it}.json`));
    const { code, out } = await pcr('map', '--account', 'gp-connect', ...files);
    expect(out).to.match(/^gp-connect: 2 of 2 files\n\n +\d+ {2}carried\n/);
    expect(out).to.contain('\n       0  unaccounted for\n').and.contain('\n       0  invented\n');
    expect(out).to.contain('STU3 profiles say nothing').and.not.contain('Patient.birthDate');
    expect(code).to.equal(0);
    expect((await pcr('map', '--account', '--verbose', 'gp-connect', ...files)).out).to.contain('2  Patient.birthDate');

    const strange = join(folder, 'strange.json');
    writeFileSync(strange, '{"resourceType":"Bundle","remark":"lost","entry":[]}');
    const lost = await pcr('map', '--account', 'gp-connect', strange);
    expect(lost.out).to.contain('unaccounted for:\n       1  Bundle.remark');
    expect(lost.code).to.equal(1);
    writeFileSync(strange, 'no JSON');
    expect((await pcr('map', '--account', 'gp-connect', strange)).code).to.equal(2);
    expect((await pcr('map', '--account', '--out', folder, 'gp-connect', strange)).err).to.contain('--out');
  });

  it('writes no file twice, and none over what it was given: it says so and writes nothing', async () => {
    const answer = '{"resourceType":"Bundle","type":"collection"}';
    const names = ['a/x.json', 'b/x.txt', 'a/y.json'].map((it) => join(folder, it));
    for (const name of names) {
      mkdirSync(dirname(name), { recursive: true });
      writeFileSync(name, answer);
    }
    const out = join(folder, 'twice');
    const twice = await pcr('map', 'fhir-r4', ...names, '--out', out);
    expect([twice.code, twice.out, readdirSync(out)]).to.deep.equal([2, '', []]);
    expect(twice.err.trim().split('\n')).to.deep.equal([
      `${names[1]!}: would be written to ${join(out, 'x.json')}, as would ${names[0]!}`,
    ]);
    symlinkSync(join(folder, 'a'), join(folder, 'linked'));
    for (const where of ['a', 'linked']) {
      const over = await pcr('map', 'fhir-r4', names[0]!, '--out', join(folder, where));
      expect([over.code, over.out]).to.deep.equal([2, '']);
      expect(over.err).to.match(/^\S+x\.json: would be written over \S+x\.json, which is to be read\n$/);
    }
    expect(readFileSync(names[0]!, 'utf8')).to.equal(answer);
  });

  it('leaves out the entries of a Bundle that has none, and names an entry without a resource', async () => {
    const empty = join(folder, 'empty.json');
    for (const adapter of ['fhir-r4', 'gp-connect']) {
      writeFileSync(empty, '{"resourceType":"Bundle","type":"collection"}');
      expect(JSON.parse((await pcr('map', adapter, empty)).out)).to.not.have.property('entry');
      writeFileSync(empty, '{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1"}]}');
      const { entry } = JSON.parse((await pcr('map', adapter, empty)).out) as Bundle;
      expect(JSON.stringify(entry)).to.contain('"unknown-type"').and.contain(`"${adapter}: entry/0"`);
    }
  });

  it('maps a bare resource, and a type without a mapping becomes an issue', async () => {
    const bare = join(folder, 'bare.json');
    writeFileSync(
      bare,
      JSON.stringify({
        resourceType: 'Observation',
        id: 'x',
        status: 'final',
        code: { text: 'Weight' },
        valueQuantity: { value: 80 },
      }),
    );
    const mapped = JSON.parse((await pcr('map', 'gp-connect', bare)).out) as Bundle;
    expect(mapped.entry![0]!.resource!.resourceType).to.equal('Observation');
    writeFileSync(bare, JSON.stringify({ resourceType: 'Parameters', id: 'p' }));
    const { code, out } = await pcr('map', 'gp-connect', bare);
    expect(code).to.equal(0);
    expect(out).to.contain('unknown-type').and.to.contain('Parameters/p');
  });

  it('keeps the digits of decimals from file to output', async () => {
    const file = join(folder, 'digits.json');
    writeFileSync(
      file,
      '{"resourceType":"Observation","id":"x","status":"final","code":{"text":"K"},"valueQuantity":{"value":4.00,"unit":"mmol/L"}}',
    );
    for (const adapter of ['gp-connect', 'fhir-r4'])
      expect((await pcr('map', adapter, file)).out).to.contain('"value": 4.00');
  });

  it('ends with 2 where a file cannot be read, and maps the others', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"resourceType": "Bundle", ');
    const { code, out, err } = await pcr(
      'map',
      'gp-connect',
      broken,
      join(folder, 'missing.json'),
      join(people, 'gp-connect/9990000069.json'),
    );
    expect(code).to.equal(2);
    expect(err.trim().split('\n')).to.have.length(2);
    expect((JSON.parse(out) as Bundle).type).to.equal('collection');
  });

  describe('explains itself when it is used wrongly', () => {
    for (const args of [
      [],
      ['nonsense'],
      ['map'],
      ['map', 'no-such-adapter', 'x'],
      ['map', '../src', 'x'],
      ['start'],
      ['start', '--config', 'x', '--workers', '0'],
      ['map', 'gp-connect', '--colour', 'red'],
      ['sandbox', '--port', 'x'],
    ])
      it(['pcr', ...args].join(' '), async () => {
        const { code, err } = await pcr(...args);
        expect(code).to.equal(2);
        expect(err).to.match(/^pcr: .+\n\npcr: the Patient Core Records API/);
      });
  });

  it('shows how it is used to whoever asks', async () => {
    expect((await pcr('help')).code).to.equal(0);
  });

  it('does not start with a wrong config, and says why, one line per fault', async () => {
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ colour: 'red', sources: [] }));
    const { code, err } = await pcr('start', '--config', file);
    expect(code).to.equal(2);
    expect(err).to.contain(`${file}.colour: unknown key`).and.to.contain(`${file}.sealingKeys: missing`);
  });

  it('serves from several processes on one port, replaces one that dies, and ends with all of them when told', async () => {
    const file = join(folder, 'workers.json');
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const organisation = { ods: 'A99001', name: 'Test Surgery' };
    const sealingKeys = [{ version: 1, secret: { env: 'PCR_SEALING_KEY' } }];
    const actor = { organisation, device: { id: 'd', model: 'm', version: '1' } };
    const sources = [{ id: 'one', adapter: 'memory', title: 'One', organisation, settings: {} }];
    writeFileSync(file, JSON.stringify({ listen: { port }, sealingKeys, facade: organisation, actor, sources }));
    const env = { ...process.env, PCR_SEALING_KEY: 'a secret of the tests, and long enough' };
    const args = ['src/cli.ts', 'start', '--config', file, '--workers', '2'];
    const child = spawn(process.execPath, args, { cwd: root, env });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const ready: number[] = [];
    const log = createInterface(child.stderr);
    const workersAre = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (ready.length < count) return;
          log.off('line', note);
          resolve();
        };
        const note = (line: string): void => {
          const { msg, pid } = JSON.parse(line) as { msg: string; pid: number };
          if (msg === 'server.ready') ready.push(pid);
          check();
        };
        log.on('line', note);
        check();
      });
    const ping = async () => (await fetch(`http://127.0.0.1:${port}/_ping`)).status;
    try {
      await workersAre(2);
      expect(new Set(ready).size).to.equal(2);
      expect(await ping()).to.equal(200);
      process.kill(ready[0]!, 'SIGKILL');
      await workersAre(3);
      expect(await ping()).to.equal(200);
      child.kill('SIGTERM');
      expect(await ended).to.equal(0);
      expect(await ping().catch(() => 'gone')).to.equal('gone');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('does not start a sandbox where its port is taken or there is no data, and says why in one line', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      for (const args of [
        ['--port', String(port)],
        ['--data', join(folder, 'nowhere')],
      ]) {
        const { code, out, err } = await pcr('sandbox', ...args);
        expect([code, out]).to.deep.equal([2, '']);
        expect(err).to.match(/^pcr: [^\n]+\n$/);
      }
    } finally {
      taken.close();
    }
  });

  it('runs the sandbox over other people’s answers: one line on stdout when it is ready, and it ends when told', async () => {
    const child = spawn(process.execPath, ['src/cli.ts', 'sandbox', '--port', '0', '--data', people], { cwd: root });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    try {
      const lines: string[] = [];
      const ready = await new Promise<{
        ready: boolean;
        pid: number;
        base: string;
        people: string[];
        sources: { id: string; url: string }[];
      }>((resolve) => {
        createInterface(child.stdout).on('line', (line) => {
          lines.push(line);
          resolve(JSON.parse(line) as never);
        });
      });
      expect(ready).to.include({ ready: true, pid: child.pid });
      expect(ready.people).to.include('9990000093').and.not.include('9990000158');
      expect(ready.sources.map((it) => it.id)).to.include.members(['gp', 'acute', 'community']);
      const response = await fetch(`${ready.base}/Condition?patient=9990000093`);
      expect(response.status, 'a person with faults has none here').to.equal(200);
      expect(await response.text()).to.not.contain('"code":"timeout"');
      process.kill(ready.pid, 'SIGTERM');
      expect(await ended).to.equal(0);
      expect(lines).to.have.length(1);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
