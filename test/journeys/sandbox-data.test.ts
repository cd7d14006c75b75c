import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, OperationOutcome } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';

const people = join(import.meta.dirname, '../../sandbox/people');
const ONE = '9990000018';
const OTHER = '9990000026';
const LEDGER = 'https://patient-core-records.example/fhir/StructureDefinition/ledger';
const only = ['gp', 'acute', 'community'];

describe('the sandbox over other people’s answers', function () {
  this.timeout(20_000);
  let data: string;
  let sandbox: Sandbox | undefined;
  let complaints: string[];

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'pcr-'));
    complaints = [];
  });
  afterEach(async () => {
    await sandbox?.close();
    sandbox = undefined;
    rmSync(data, { recursive: true });
  });

  const put = (adapter: string, person: string, content: string): void => {
    mkdirSync(join(data, adapter), { recursive: true });
    writeFileSync(join(data, adapter, `${person}.json`), content);
  };
  const start = async (): Promise<Sandbox> =>
    (sandbox = await createSandbox({ port: 0, data, only, log: silentLog, complain: (it) => complaints.push(it) }));
  const get = async (path: string): Promise<Bundle> =>
    (await (await fetch(`${sandbox!.app.base}/${path}`)).json()) as Bundle;
  const statusOf = (answer: Bundle | OperationOutcome, source: string): string | undefined => {
    const outcome = answer.resourceType === 'Bundle' ? (answer.entry?.at(-1)?.resource as OperationOutcome) : answer;
    return outcome.issue.find((issue) =>
      issue.extension?.some(
        ({ url, extension }) =>
          url === LEDGER && extension?.some((it) => it.url === 'source' && it.valueCode === source),
      ),
    )?.details?.coding?.[0]?.code;
  };
  const matches = (bundle: Bundle) =>
    (bundle.entry ?? []).filter((it) => it.search?.mode === 'match').map((it) => it.resource!);

  it('keeps two people apart whose files were made from one template', async () => {
    for (const adapter of ['fhir-r4', 'community-json']) {
      const template = readFileSync(join(people, adapter, `${ONE}.json`), 'utf8');
      put(adapter, ONE, template);
      const spaced = /999 ?000 ?0018/g;
      put(adapter, OTHER, template.replace(spaced, OTHER).replace(/penicillin/gi, 'quinine'));
    }
    await start();
    for (const [person, own, foreign] of [
      [ONE, /penicillin/i, /quinine/i],
      [OTHER, /quinine/i, /penicillin/i],
    ] as const) {
      for (const type of ['AllergyIntolerance', 'Condition', 'Encounter', 'Observation', 'Practitioner']) {
        const bundle = await get(`${type}?patient=${person}`);
        for (const source of ['acute', 'community'])
          expect(statusOf(bundle, source), `${person} ${type} ${source}`).to.equal('answered');
        expect(JSON.stringify(bundle), `${person} ${type}`).to.not.match(foreign);
      }
      const allergies = await get(`AllergyIntolerance?patient=${person}`);
      const sources = new Set(matches(allergies).map((it) => it.meta?.source));
      expect([...sources]).to.have.members(['urn:pcr:source:acute', 'urn:pcr:source:community']);
      expect(JSON.stringify(allergies)).to.match(own);
      for (const { id = '', resourceType } of matches(allergies)) {
        const read = await fetch(`${sandbox!.app.base}/${resourceType}/${id}`);
        expect([read.status, await read.text()].join(' '))
          .to.match(/^200 /)
          .and.not.match(foreign);
      }
    }
    expect(complaints).to.have.length(2);
    for (const line of complaints) expect(line).to.contain(`${ONE}.json`).and.contain(`${OTHER}.json`);
  });

  it('serves nobody’s records under another’s name where one source answers about somebody else', async () => {
    for (const person of [ONE, OTHER]) {
      const template = readFileSync(join(people, 'community-json', `${ONE}.json`), 'utf8');
      put('community-json', person, template.replace(/999 ?000 ?0018/g, person));
    }
    const { sources } = await start();
    sources.get('community')!.setFault({ fault: 'wrong-patient' });
    for (const person of [ONE, OTHER])
      expect(statusOf(await get(`Condition?patient=${person}`), 'community')).to.equal('wrong-patient');
  });

  it('shares what belongs to nobody and is the same in both files', async () => {
    for (const person of [ONE, OTHER])
      put(
        'fhir-r4',
        person,
        JSON.stringify({
          resourceType: 'Bundle',
          type: 'collection',
          entry: [
            { resource: patient(`p${person}`, person) },
            { resource: { resourceType: 'Organization', id: 'trust', name: 'One trust' } },
          ],
        }),
      );
    await start();
    for (const person of [ONE, OTHER]) expect(matches(await get(`Organization?patient=${person}`))).to.have.length(1);
    expect(complaints).to.deep.equal([]);
  });

  for (const content of ['', '{"resourceType": "Bundle", ', '[]', 'null', '"x"', '{"entry": 7}']) {
    it(`calls a file that holds ${JSON.stringify(content)} an invalid response, and starts all the same`, async () => {
      for (const adapter of ['gp-connect', 'fhir-r4', 'community-json']) {
        put(adapter, ONE, content);
        put(
          adapter,
          OTHER,
          readFileSync(join(people, adapter, '9990000042.json'), 'utf8').replace(/999 ?000 ?0042/g, OTHER),
        );
      }
      await start();
      const answer = await get(`Condition?patient=${ONE}`);
      const statuses = only.map((it) => statusOf(answer, it));
      expect(statuses).to.deep.equal(['invalid-response', 'invalid-response', 'invalid-response']);
      expect(matches(await get(`Condition?patient=${OTHER}`)).length).to.be.greaterThan(2);
      for (const line of complaints) expect(line).to.match(/(gp-connect|fhir-r4|community-json): 9990000018\.json /);
      if (content !== '{"entry": 7}') expect(complaints).to.have.length(3);
    });
  }

  it('finds every type that a file of the acute source holds, also those of nobody', async () => {
    const file = readFileSync(join(import.meta.dirname, '../../adapters/fhir-r4/fixtures/9990000034.json'), 'utf8');
    put('fhir-r4', '9990000034', file);
    await start();
    const held = (JSON.parse(file) as Bundle).entry!.map((it) => it.resource!.resourceType);
    for (const type of new Set(held)) {
      const bundle = await get(`${type}?patient=9990000034`);
      expect(statusOf(bundle, 'acute'), type).to.equal('answered');
    }
  });

  it('does not lose records of the acute source that name nobody, or nobody in the file: the gate sees them', async () => {
    const observation = (id: string, more: object) => ({
      resource: { resourceType: 'Observation', id, status: 'final', code: { text: 'Weight' }, ...more },
    });
    const others = {
      nobody: {},
      'somebody who is not there': { subject: { reference: 'Patient/unknown' } },
    };
    for (const [who, more] of Object.entries(others)) {
      const entry = [{ resource: patient('p', ONE) }, observation('o', more)];
      put('fhir-r4', ONE, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
      await start();
      const answer = await get(`Observation?patient=${ONE}`);
      expect(statusOf(answer, 'acute'), who).to.be.oneOf(['invalid-response', 'wrong-patient']);
      await sandbox!.close();
      sandbox = undefined;
    }
  });

  it('does not find a newborn’s records under the mother, in whose file they are', async () => {
    const birth = {
      resourceType: 'Condition',
      id: 'c',
      code: { text: 'Birth' },
      subject: { reference: 'Patient/mother' },
    };
    const jaundice = { ...birth, id: 'd', code: { text: 'Jaundice' }, subject: { reference: 'Patient/baby' } };
    const entry = [patient('mother', ONE), { resourceType: 'Patient', id: 'baby' }, birth, jaundice];
    put('fhir-r4', ONE, JSON.stringify({ resourceType: 'Bundle', entry: entry.map((resource) => ({ resource })) }));
    await start();
    const found = JSON.stringify(matches(await get(`Condition?patient=${ONE}`)));
    expect(found).to.contain('Birth').and.not.contain('Jaundice');
  });

  it('does not start over a folder that is not there or holds nobody', async () => {
    for (const folder of [join(data, 'nowhere'), data]) {
      const error: unknown = await createSandbox({ port: 0, data: folder, only, log: silentLog }).catch(
        (it: unknown) => it,
      );
      expect(error).to.be.instanceOf(Error);
      expect((error as Error).message).to.match(/^--data .*: expected <adapter>\/<nhs number>\.json in it, .*fhir-r4/);
    }
  });

  it('refuses to answer about another person where a source knows only one', async () => {
    put('community-json', ONE, readFileSync(join(people, 'community-json', `${ONE}.json`), 'utf8'));
    const { app } = await start();
    const response = await fetch(`${app.base.replace('/FHIR/R4', '')}/_sandbox/sources/community`, {
      method: 'PUT',
      body: '{"fault":"wrong-patient"}',
    });
    expect([response.status, await response.text()]).to.deep.equal([
      400,
      '{"error":"wrong-patient needs two people at the source, and it knows 1"}',
    ]);
  });

  it('outlives a caller who goes away in the middle of a control', async () => {
    put('community-json', ONE, readFileSync(join(people, 'community-json', `${ONE}.json`), 'utf8'));
    const { app } = await start();
    const socket = connect(app.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('PUT /_sandbox/sources/community HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"fault"');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(statusOf(await get(`Condition?patient=${ONE}`), 'community')).to.equal('answered');
  });
});

const patient = (id: string, nhsNumber: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
});
