import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../../sandbox/start.ts';
import { startApp } from '../../src/app.ts';
import type { Bundle, Json } from '../../src/fhir/index.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { tablesOf } from '../docs/markdown.ts';
import { type Claim, claimsOf, codesIn, entries, issuesOf, ledgerOf } from './reading.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const [DOREEN, PRIYA, DESMOND, RHIANNON] = ['9990000018', '9990000034', '9990000042', '9990000050'] as const;
const [GARETH, AGNIESZKA, LEONARD, EDITH] = ['9990000093', '9990000107', '9990000174', '9990000301'] as const;
const [STANLEY, MARJORIE, IMELDA] = ['9990000360', '9990000379', '9990000387'] as const;

/** Who meets which hazard; the last test holds the table of docs/linking.md to it. */
const MET: Readonly<Record<string, readonly string[]>> = {
  H1: [LEONARD],
  H2: [GARETH, AGNIESZKA],
  H3: [DOREEN],
  H4: [STANLEY],
  H5: [DOREEN, MARJORIE],
  H6: [RHIANNON, IMELDA],
  H7: [DESMOND],
  H8: [EDITH],
  H9: [RHIANNON, EDITH],
  H10: [IMELDA, MARJORIE],
  H11: [DOREEN],
  H12: [PRIYA, DESMOND, RHIANNON],
  H13: [DOREEN, DESMOND, RHIANNON],
  H14: [DOREEN],
};

describe('the hazards of linking, met by people of the sandbox', function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  before(async () => (sandbox = await createSandbox({ port: 0, log: silentLog })));
  afterEach(() => sandbox.sources.forEach((it) => it.setFault({ fault: 'none' })));
  after(() => sandbox.close());

  const ask = async (url: string, headers: Record<string, string>): Promise<Bundle> => {
    const response = await fetch(url, { headers });
    expect(response.status).to.equal(200);
    return (await response.json()) as Bundle;
  };
  const get = (path: string, prefer = 'merge=link'): Promise<Bundle> =>
    ask(`${sandbox.app.base}/${path}`, { Prefer: prefer });

  /** What an answer takes for one fact, or probably one: by what tells its members apart, as `gp: Right knee`. */
  const fused = (bundle: Bundle, tell: (it: Json) => string): readonly (readonly string[])[] => {
    const told = new Map(
      entries(bundle, 'match').map((it) => [`${String(it['resourceType'])}/${String(it['id'])}`, it]),
    );
    return claimsOf(bundle)
      .filter((it) => it.tier !== 'T3')
      .map(({ members }) => members.map((it) => tell(told.get(it) ?? {})));
  };
  const claimAbout = (bundle: Bundle, words: string): Claim =>
    claimsOf(bundle).find((it) => it.reasons.join().includes(words))!;
  /** Collapsing shows each of them still. */
  const hidesNothing = async (query: string): Promise<void> => {
    const plain = entries(await get(query, 'merge=none'), 'match');
    expect(entries(await get(query, 'merge=collapse'), 'match'))
      .to.have.length(plain.length)
      .greaterThan(1);
  };

  it('H1: an empty record is no information, and never that nothing is known', async () => {
    const bundle = await get(`AllergyIntolerance?patient=${LEONARD}`);
    expect(codesIn(bundle, 'allergy-state')).to.deep.equal(['no-information']);
    expect(JSON.stringify(bundle)).to.not.match(/nilknown|716186003/);
  });

  it('H2: a source that is missing is named, and the answer is partial', async () => {
    for (const [person, source, status] of [
      [GARETH, 'gp', 'timeout'],
      [AGNIESZKA, 'community', 'unavailable'],
    ] as const) {
      const bundle = await get(`AllergyIntolerance?patient=${person}`);
      expect(ledgerOf(bundle)[source]?.status).to.equal(status);
      expect(bundle.meta?.tag?.[0]?.code).to.equal('partial');
      expect(codesIn(bundle, 'allergy-state')).to.not.include('nka-asserted');
    }
  });

  it('H3: an answer that was kept says when it was fetched, and never stands for one that is asked for anew', async () => {
    const { sources, ...config } = JSON.parse(read('config/sandbox.json')) as { sources: { id: string }[] };
    const keeping = sources.map((it) => ({
      ...it,
      settings: sandbox.sources.get(it.id)?.settings,
      cache: { seconds: 60 },
    }));
    const app = await startApp(parseConfig({ ...config, listen: { port: 0 }, sources: keeping }, 'keeping'), {
      log: silentLog,
    });
    try {
      const url = `${app.base}/AllergyIntolerance?patient=${DOREEN}`;
      const first = ledgerOf(await ask(url, {}))['acute'];
      sandbox.sources.get('acute')!.setFault({ fault: 'down' });
      expect(ledgerOf(await ask(url, {}))['acute'])
        .to.deep.equal(first)
        .and.include({ status: 'answered' });
      const anew = await ask(url, { 'Cache-Control': 'no-cache' });
      expect(ledgerOf(anew)['acute']?.status).to.equal('unavailable');
      expect(JSON.stringify(entries(anew, 'match'))).to.not.include('urn:pcr:source:acute');
    } finally {
      await app.close();
    }
  });

  it('H4: what is another’s is held back, and linked with nothing', async () => {
    const bundle = await get(`Patient/${STANLEY}/$everything`);
    expect(read(`sandbox/people/community-json/${STANLEY}.json`)).to.include('Trimethoprim');
    expect(JSON.stringify(bundle)).to.not.match(/Trimethoprim|Abernethy|urn:pcr:source:community/);
    expect(ledgerOf(bundle)['community']?.status).to.equal('quarantined');
    expect(bundle.meta?.tag?.[0]?.code).to.equal('partial');
  });

  it('H5: two sides, two episodes and two results of one morning stay two', async () => {
    const which = (it: Json): string =>
      JSON.stringify(it).includes('239873007')
        ? /right|left/i.exec(JSON.stringify(it))![0].toLowerCase()
        : String(it['onsetDateTime']);
    const pairs = fused(await get(`Condition?patient=${MARJORIE}`), which);
    for (const pair of pairs) expect(new Set(pair), pair.join()).to.have.property('size', 1);
    expect(pairs.flat()).to.include.members(['right', 'left', '2026-09-21']).and.not.include('2026-05-04');
    const results = `Observation?patient=${MARJORIE}&category=laboratory`;
    expect(fused(await get(results), String)).to.deep.equal([]);
    for (const query of [results, `Procedure?patient=${MARJORIE}`]) await hidesNothing(query);
  });

  it('H5: a code that was degraded in transfer joins nothing, and its text is pointed out', async () => {
    const bundle = await get(`AllergyIntolerance?patient=${DOREEN}`);
    const degraded = entries(bundle, 'match').filter((it) => JSON.stringify(it['code']).includes('196461000000101'));
    expect(degraded.length).to.be.greaterThan(0);
    const linked = claimsOf(bundle).flatMap((it) => it.members);
    for (const { id } of degraded) expect(linked).to.not.include(`AllergyIntolerance/${String(id)}`);
    expect(codesIn(bundle, 'allergy-state')).to.include('degraded-present');
  });

  it('H6: what is over or refuted in one source never hides what is active in another', async () => {
    const ended = await get(`AllergyIntolerance?patient=${RHIANNON}`, 'merge=collapse');
    expect(ended.total).to.equal(2);
    expect(claimsOf(ended)[0]?.conflicts).to.deep.include(['clinicalStatus', 'community=active', 'gp=resolved']);
    expect(codesIn(ended, 'allergy-state')).to.deep.equal(['known']);
    const refuted = await get(`AllergyIntolerance?patient=${IMELDA}`, 'merge=collapse');
    expect(refuted.total).to.equal(2);
    expect(claimsOf(refuted)[0]).to.include({ tier: 'T3', rule: 'allergy.stance/1' });
    expect(codesIn(refuted, 'allergy-state')).to.deep.equal(['known']);
  });

  it('H7: one therapy in two sources is neither two doses nor one entry: all are shown, and that one says stopped', async () => {
    await hidesNothing(`MedicationRequest?patient=${DESMOND}`);
    const ramipril = claimAbout(await get(`MedicationRequest?patient=${DESMOND}`), 'ramipril');
    expect(ramipril.relation).to.equal('same-therapy');
    expect(ramipril.conflicts[0]).to.include.members(['status', 'acute=active', 'gp=stopped']);
  });

  it('H8: putting records together tells nowhere where a patient at risk is', async () => {
    const telling = /ZZ99 \w{3}|(?:01632|07700) \d{6}/;
    for (const adapter of ['fhir-r4', 'community-json'])
      expect(read(`sandbox/people/${adapter}/${EDITH}.json`)).to.match(telling);
    for (const path of [`Patient/${EDITH}/$everything`, `Patient?_id=${EDITH}`])
      expect(JSON.stringify(await get(path))).to.not.match(telling);
  });

  it('H9: a link is as restricted as what it joins, and nothing says what a source does not hold', async () => {
    const bundle = await get(`Condition?patient=${RHIANNON}`);
    const labels = new Map(
      entries(bundle, 'match').map((it) => [
        `${String(it['resourceType'])}/${String(it['id'])}`,
        ((it['meta'] as { security?: { code: string }[] }).security ?? []).map(({ code }) => code),
      ]),
    );
    expect(claimsOf(bundle).flatMap((it) => it.security)).to.include('R');
    for (const { members, security } of claimsOf(bundle))
      expect(security).to.have.members([...new Set(members.flatMap((it) => labels.get(it) ?? []))]);
    const told = async (type: string) => {
      const found = await get(`${type}?patient=${EDITH}`);
      expect(ledgerOf(found)['gp']?.status, type).to.equal('withheld');
      return issuesOf(found).filter((it) => it.code === 'suppressed' || it.diagnostics === 'gp');
    };
    expect(await told('Immunization'))
      .to.deep.equal(await told('MedicationRequest'))
      .and.have.length(2);
  });

  it('H10: suspected, refuted, her mother’s, over, planned or not done is never joined with what is so', async () => {
    for (const type of ['Condition', 'AllergyIntolerance', 'Immunization', 'Procedure'])
      expect(fused(await get(`${type}?patient=${IMELDA}`), String), type).to.deep.equal([]);
    for (const type of ['Condition', 'AllergyIntolerance', 'Immunization'])
      await hidesNothing(`${type}?patient=${IMELDA}`);
    const cancer = claimAbout(await get(`Condition?patient=${IMELDA}`), 'Breast cancer');
    expect(cancer).to.deep.include({ tier: 'T3', rule: 'condition.stance/1' });
    expect(cancer.reasons).to.include('stance differs: refuted against suspected');
    const jab = claimAbout(await get(`Immunization?patient=${IMELDA}`), 'not-done');
    expect(jab.conflicts).to.deep.equal([['status', 'community=not-done', 'gp=completed']]);
    expect(claimsOf(await get(`Procedure?patient=${MARJORIE}`))).to.deep.equal([]);
  });

  it('H11: one result in two sources keeps unit and digits of each', async () => {
    const bundle = await get(`Observation?patient=${DOREEN}`);
    const plain = await get(`Observation?patient=${DOREEN}`, 'merge=none');
    expect(claimsOf(bundle).map((it) => it.relation)).to.include('same-fact');
    const values = (it: Bundle) => entries(it, 'match').map((entry) => JSON.stringify(entry['valueQuantity']));
    expect(values(bundle)).to.deep.equal(values(plain));
  });

  it('H12: a warning of the GP system is in the account and in its List, word for word', async () => {
    for (const [person, code, words] of [
      [PRIYA, 'data-awaiting-filing', ''],
      [DESMOND, 'data-in-transit', 'information recorded before 14-Sep-2026 may be missing'],
      [RHIANNON, 'confidential-items', 'Items excluded due to confidentiality and/or patient preferences.'],
    ] as const) {
      const bundle = await get(`List?patient=${person}`);
      expect(
        issuesOf(bundle)
          .map((it) => it.details?.text)
          .join(),
      ).to.include(words);
      expect(JSON.stringify(issuesOf(bundle)), person).to.include(code);
      expect(JSON.stringify(entries(bundle, 'match')), person)
        .to.include(code)
        .and.include(words);
    }
  });

  it('H13: a link never poses as truth: it names tier, rule and policy, and every item is an alternate', async () => {
    for (const person of [DOREEN, DESMOND, RHIANNON])
      for (const it of claimsOf(await get(`Patient/${person}/$everything`))) {
        for (const name of ['tier', 'rule', 'policy', 'terminology'] as const)
          expect(it[name], name).to.match(/^[^,]+$/);
        expect(new Set(it.itemTypes)).to.deep.equal(new Set(['alternate']));
      }
  });

  it('H14: the same records give the same answer, whichever source is first, with policy and terminology named', async () => {
    const shown = async (): Promise<string> => {
      const { entry = [] } = await get(`Condition?patient=${DOREEN}`);
      return JSON.stringify(entry.filter((it) => it.search?.mode !== 'outcome'));
    };
    const first = await shown();
    for (const source of ['gp', 'acute', 'community']) {
      sandbox.sources.get(source)!.setFault({ fault: 'slow', ms: 300 });
      expect(await shown(), source).to.equal(first);
      sandbox.sources.get(source)!.setFault({ fault: 'none' });
    }
    expect(first).to.include('"policy"').and.include('"terminology"');
  });

  it('are all in docs/linking.md, each with the people who meet it', () => {
    const table = tablesOf(read('docs/linking.md')).find((it) => it.head.startsWith('hazard |'))!;
    const told = table.rows.map(([hazard = '', , people = '']) => [
      hazard.split(' ')[0],
      people.match(/\d{10}/g) ?? [],
    ]);
    expect(Object.fromEntries(told)).to.deep.equal(MET);
    const tests = this.tests.map((it) => it.title.split(':')[0]);
    expect(tests).to.include.members(Object.keys(MET));
    const people = JSON.parse(read('sandbox/people/people.json')) as { nhsNumber: string; name: string }[];
    for (const [, , cell = ''] of table.rows)
      for (const [, number = '', name] of cell.matchAll(/(\d{10}) ([^,]+)/g))
        expect(people.find((it) => it.nhsNumber === number)?.name, number).to.equal(name);
  });
});
