import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Composition, CompositionSection } from 'fhir/r4.js';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { readNarrative } from '../../src/fhir/narrative.ts';
import { silentLog } from '../../src/platform/log.ts';
import { notHere } from '../fidelity/answers.ts';
import { judge, missingForJudge } from '../fidelity/judge.ts';
import { knownFault } from '../fidelity/judged.ts';

const people = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../sandbox/people/people.json'), 'utf8')) as {
    nhsNumber: string;
    invalidated?: true;
  }[]
).flatMap((it) => (it.invalidated ? [] : [it.nhsNumber]));
const RICH = '9990000018';
const REQUIRED = ['10160-0', '48765-2', '11450-4', '11369-6', '30954-2', '47519-4', '46264-8'];

describe('$summary', function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  afterEach(() => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' })));
  after(() => sandbox.close());

  const get = async (path: string, headers = {}): Promise<{ status: number; body: Bundle }> => {
    const response = await fetch(`${sandbox.app.base}/${path}`, { headers: { Prefer: 'merge=none', ...headers } });
    return { status: response.status, body: (await response.json()) as Bundle };
  };
  const compositionOf = ({ entry }: Bundle): Composition => entry![0]!.resource as Composition;
  const section = (bundle: Bundle, code: string): CompositionSection =>
    compositionOf(bundle).section!.find((it) => it.code?.coding?.[0]?.code === code)!;
  const reasonsOf = (it: CompositionSection): (string | undefined)[] => it.emptyReason!.coding!.map(({ code }) => code);

  for (const person of people)
    describe(`of ${person}`, () => {
      let bundle: Bundle;
      before(async () => {
        const { status, body } = await get(`Patient/${person}/$summary`);
        expect(status).to.equal(200);
        bundle = body;
      });

      it('is a document that stands alone: what its Composition refers to is in it', () => {
        expect(bundle).to.include({ resourceType: 'Bundle', type: 'document' });
        expect(bundle.identifier).to.have.keys('system', 'value');
        const composition = compositionOf(bundle);
        expect(composition.type.coding![0]!.code).to.equal('60591-5');
        const urls = new Set(bundle.entry!.map((it) => it.fullUrl!));
        expect(urls.size).to.equal(bundle.entry!.length);
        const references = [
          composition.subject!.reference!,
          ...composition.section!.flatMap((it) => (it.entry ?? []).map(({ reference }) => reference!)),
        ];
        for (const it of references)
          expect(urls, it).to.include(it.startsWith('urn:') ? it : `${sandbox.app.base}/${it}`);
        expect(bundle.entry!.at(-1)!.resource!.resourceType).to.equal('OperationOutcome');
        expect(bundle.entry!.some((it) => 'search' in it || 'request' in it)).to.equal(false);
      });

      it('has every section that is required, each with entries or a reason that nobody invented', () => {
        const codes = compositionOf(bundle).section!.map((it) => it.code?.coding?.[0]?.code);
        expect(codes).to.include.members(REQUIRED);
        for (const it of compositionOf(bundle).section!) {
          expect(it.entry === undefined, it.title).to.equal(it.emptyReason !== undefined);
          if (it.emptyReason)
            expect(it.emptyReason.coding![0]!.code).to.be.oneOf(['unavailable', 'withheld', 'notasked']);
          expect(readNarrative(it.text as unknown as Json), it.title).to.not.equal(undefined);
        }
      });

      it('holds nothing that is absent from the record, and every entry of it as it is there', async () => {
        const { body: record } = await get(`Patient/${person}/$everything`, { Prefer: 'merge=none' });
        const known = new Map(record.entry!.map((it) => [it.fullUrl, it.resource]));
        for (const { fullUrl, resource } of bundle.entry!) {
          if (['Composition', 'OperationOutcome'].includes(resource!.resourceType)) continue;
          if (known.has(fullUrl)) expect(resource).to.deep.equal(known.get(fullUrl));
          else expect(resource).to.deep.include({ resourceType: 'Patient', id: person });
        }
      });
    });

  const missing = missingForJudge();
  if (missing !== undefined) notHere(missing);
  else
    it('is valid for everybody, as an independent judge finds', async () => {
      const bundles = new Map<string, Bundle>();
      for (const person of people) {
        bundles.set(person, (await get(`Patient/${person}/$summary`)).body);
        bundles.set(`${person} searched`, (await get(`Composition?type=60591-5&patient=${person}`)).body);
      }
      for (const [person, faults] of await judge(bundles)) {
        const found = faults.filter((it) => knownFault(it) === undefined);
        expect(found.map(({ path, message }) => `${person} ${path}: ${message}`)).to.deep.equal([]);
      }
    });

  it('tells what is empty from what was not had, held back or not asked for', async () => {
    const { body: empty } = await get('Patient/9990000174/$summary');
    expect(reasonsOf(section(empty, '48765-2'))).to.include.members(['unavailable', 'empty']);
    const { body: withheld } = await get('Patient/9990000050/$summary');
    expect(reasonsOf(section(withheld, '11348-0'))).to.include('withheld');
    const { body: late } = await get('Patient/9990000093/$summary');
    expect(reasonsOf(section(late, '11369-6'))).to.include.members(['unavailable', 'timeout']);
    expect(section(late, '48765-2').text!.div).to.contain('GP record did not answer in time');
    const { body: whole } = await get(`Patient/${RICH}/$summary`);
    expect(whole.meta!.tag![0]!.code).to.equal('complete');
    expect(late.meta!.tag![0]!.code).to.equal('partial');
  });

  it('says nobody was asked where no source can hold a section', async () => {
    const only = await createSandbox({ port: 0, only: ['gp'], log: silentLog });
    const response = await fetch(`${only.app.base}/Patient/${RICH}/$summary`);
    const bundle = (await response.json()) as Bundle;
    await only.close();
    expect(reasonsOf(section(bundle, '46264-8'))).to.deep.equal(['notasked', 'not-asked']);
  });

  it('shows a medicine once, by its name, with what the source says of how to take it', async () => {
    const { body } = await get(`Patient/${RICH}/$summary`);
    const { text, entry } = section(body, '10160-0');
    expect(text!.div).to.contain('Ramipril 5mg capsules').and.contain('One To Be Taken Each Day');
    expect(entry!.filter((it) => it.reference!.startsWith('MedicationRequest/')).length).to.be.below(5);
    expect(body.entry!.some((it) => it.resource!.resourceType === 'Medication')).to.equal(true);
  });

  it('is found as the guide asks for it, the same Composition with what it refers to beside it, and read by its id', async () => {
    const { body: document } = await get(`Patient/${RICH}/$summary`);
    const root = sandbox.app.base.replace('/FHIR/R4', '');
    for (const url of [
      `${sandbox.app.base}/Composition?type=60591-5&patient=${RICH}`,
      `${root}/summary/FHIR/R4/Composition?type=http://loinc.org|60591-5&patient=Patient/${RICH}`,
    ]) {
      const bundle = (await (await fetch(url)).json()) as Bundle;
      expect(bundle).to.include({ type: 'searchset', total: 1 });
      const { date: _, text: __, event: ___, section: found, ...rest } = compositionOf(bundle);
      const { date, text, event, section: wanted, ...whole } = compositionOf(document);
      expect(rest).to.deep.equal(whole);
      expect(found!.slice(0, -1)).to.deep.equal(wanted!.slice(0, -1));
      expect([date, text, event].every(Boolean)).to.equal(true);
      const modes = bundle.entry!.map((it) => it.search!.mode);
      expect(modes).to.deep.equal(['match', ...Array<string>(modes.length - 2).fill('include'), 'outcome']);
      expect(bundle.entry!.map((it) => it.resource!.id)).to.deep.equal(document.entry!.map((it) => it.resource!.id));
      const read = await get(`Composition/${rest.id!}`);
      expect(read.status).to.equal(200);
      expect(read.body.id).to.equal(rest.id);
    }
    expect((await get(`Composition?type=60591-5&patient=${RICH}&status=amended`)).body.total).to.equal(0);
    expect((await get(`Composition?type=60591-5&patient=${RICH}&_summary=count`)).body.entry).to.have.length(1);
    const nobody = (await get('Composition?type=60591-5')).body as unknown as OperationOutcome;
    expect(nobody.issue[0]!.expression).to.deep.equal(['patient']);
  });

  it('fails where no source answers, or where it must be whole and is not', async () => {
    sandbox.sources.get('community')!.setFault({ fault: 'down' });
    expect((await get(`Patient/${RICH}/$summary`)).status).to.equal(200);
    expect((await get(`Patient/${RICH}/$summary`, { Prefer: 'completeness=strict' })).status).to.equal(502);
    sandbox.sources.forEach((it) => it.setFault({ fault: 'down' }));
    expect((await get(`Patient/${RICH}/$summary`)).status).to.equal(502);
    expect((await get(`Composition?type=60591-5&patient=${RICH}`)).status).to.equal(502);
  });

  it('takes no parameters, and speaks XML', async () => {
    expect((await get(`Patient/${RICH}/$summary?colour=red`)).status).to.equal(400);
    expect((await get('Patient/9990000019/$summary')).status).to.equal(400);
    expect((await get('Patient/$summary')).status).to.equal(400);
    const response = await fetch(`${sandbox.app.base}/Patient/${RICH}/$summary?_format=xml`);
    expect(response.status).to.equal(200);
    expect(await response.text()).to.contain('<type value="document"/>');
  });
});
