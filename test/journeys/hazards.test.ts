import { expect } from 'chai';
import type { Extension, Linkage } from 'fhir/r4.js';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import type { Bundle, Json, OperationOutcome } from '../../src/fhir/index.ts';
import { silentLog } from '../../src/platform/log.ts';

const [DOREEN, DESMOND, RHIANNON, LEONARD] = ['9990000018', '9990000042', '9990000050', '9990000174'] as const;

describe('the hazards of linking, met by people of the sandbox', function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  after(() => sandbox.close());

  const get = async (path: string, prefer = 'merge=link'): Promise<Bundle> => {
    const response = await fetch(`${sandbox.app.base}/${path}`, { headers: { Prefer: prefer } });
    expect(response.status).to.equal(200);
    return (await response.json()) as Bundle;
  };
  const entries = (bundle: Bundle, mode: string): Json[] =>
    (bundle.entry ?? []).filter((it) => it.search?.mode === mode).map((it) => it.resource as unknown as Json);
  const linkages = (bundle: Bundle): Linkage[] =>
    entries(bundle, 'include').filter((it) => it['resourceType'] === 'Linkage') as unknown as Linkage[];
  const evidence = (it: Linkage): Extension[] => it.extension![0]!.extension!;
  const said = (it: Linkage, name: string): unknown[] =>
    evidence(it)
      .filter(({ url }) => url === name)
      .map(({ valueCode, valueString }) => valueCode ?? valueString);
  const conflicts = (it: Linkage): string[][] =>
    evidence(it)
      .filter(({ url }) => url === 'conflict')
      .map(({ extension }) => extension!.map(({ valueString }) => valueString!));
  const allergyStates = (bundle: Bundle): (string | undefined)[] =>
    (entries(bundle, 'outcome')[0] as unknown as OperationOutcome).issue.flatMap((it) =>
      (it.details?.coding ?? []).filter(({ system }) => system?.endsWith('/allergy-state')).map(({ code }) => code),
    );

  it('H1: an empty record is no information, and never that nothing is known', async () => {
    expect(allergyStates(await get(`AllergyIntolerance?patient=${LEONARD}`))).to.deep.equal(['no-information']);
  });

  it('H5: a code that was degraded in transfer joins nothing, and its text is pointed out', async () => {
    const bundle = await get(`AllergyIntolerance?patient=${DOREEN}`);
    const degraded = entries(bundle, 'match').filter((it) => JSON.stringify(it['code']).includes('196461000000101'));
    expect(degraded.length).to.be.greaterThan(0);
    for (const { id } of degraded) expect(JSON.stringify(linkages(bundle))).to.not.include(String(id));
    expect(allergyStates(bundle)).to.include('degraded-present');
  });

  it('H6: an allergy that is over in one source never hides it where it is active', async () => {
    const bundle = await get(`AllergyIntolerance?patient=${RHIANNON}`, 'merge=collapse');
    expect(bundle.total).to.equal(2);
    const [link] = linkages(bundle);
    expect(conflicts(link!)).to.deep.include(['clinicalStatus', 'community=active', 'gp=resolved']);
    expect(allergyStates(bundle)).to.deep.equal(['known']);
  });

  it('H7: one therapy in two sources is neither two doses nor one entry: all are shown, and that one says stopped', async () => {
    const bundle = await get(`MedicationRequest?patient=${DESMOND}`, 'merge=collapse');
    const plain = await get(`MedicationRequest?patient=${DESMOND}`, 'merge=none');
    expect(entries(bundle, 'match')).to.have.length(entries(plain, 'match').length);
    const therapies = linkages(bundle).filter((it) => said(it, 'relation').includes('same-therapy'));
    const ramipril = therapies.find((it) => said(it, 'reason').some((reason) => String(reason).includes('ramipril')))!;
    expect(conflicts(ramipril)[0]).to.include.members(['status', 'acute=active', 'gp=stopped']);
  });

  it('H11: one result in two sources keeps unit and digits of each', async () => {
    const bundle = await get(`Observation?patient=${DOREEN}`);
    const plain = await get(`Observation?patient=${DOREEN}`, 'merge=none');
    expect(linkages(bundle).some((it) => said(it, 'relation').includes('same-fact'))).to.equal(true);
    const values = (it: Bundle) => entries(it, 'match').map((entry) => JSON.stringify(entry['valueQuantity']));
    expect(values(bundle)).to.deep.equal(values(plain));
  });

  it('H13: a link never poses as truth: it names tier, rule and policy, and every item is an alternate', async () => {
    for (const person of [DOREEN, DESMOND, RHIANNON]) {
      for (const it of linkages(await get(`Patient/${person}/$everything`))) {
        for (const name of ['tier', 'rule', 'policy', 'terminology']) expect(said(it, name), name).to.have.length(1);
        expect(new Set(it.item.map(({ type }) => type))).to.deep.equal(new Set(['alternate']));
      }
    }
  });
});
