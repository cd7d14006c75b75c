import { expect } from 'chai';
import { type Held, memorySource } from '../../adapters/memory/index.ts';
import type { AdapterDefinition, ReadQuery, SourceQuery } from '../../src/adapter/index.ts';
import type { App } from '../../src/app.ts';
import type { Bundle, Json, OperationOutcome, ResourceType } from '../../src/fhir/index.ts';
import { loadAdapter } from '../../src/sources/load.ts';
import { startTestApp, type TestSource } from '../support/app.ts';
import { ownAnswers, readAnswer } from '../fidelity/answers.ts';

const NHS = '9990000018';
const OTHER = '9990000026';
const OPENING: readonly ResourceType[] = [
  'AllergyIntolerance',
  'Condition',
  'MedicationStatement',
  'Immunization',
  'Observation',
  'Encounter',
  'DocumentReference',
  'Flag',
];

const patient = (nhsNumber: string): Json => ({
  resourceType: 'Patient',
  id: `p-${nhsNumber}`,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber }],
});
const recordOf = (nhsNumber: string): readonly Json[] => [
  patient(nhsNumber),
  ...OPENING.map((resourceType) => ({
    resourceType,
    id: `${resourceType}-1`,
    [['AllergyIntolerance', 'Immunization'].includes(resourceType) ? 'patient' : 'subject']: {
      reference: `Patient/p-${nhsNumber}`,
    },
  })),
];

describe('asking for the same at once, or soon after', () => {
  const asked: (SourceQuery | ReadQuery)[] = [];
  const held = {
    types: ['Patient', ...OPENING] as const,
    records: { [NHS]: recordOf(NHS), [OTHER]: recordOf(OTHER) },
    delayMs: 30,
    asked: (query: SourceQuery | ReadQuery) => void asked.push(query),
  };
  let app: App;
  const start = async (source: Partial<TestSource> = {}, more: Partial<Parameters<typeof memorySource>[0]> = {}) => {
    const one = { id: 'one', adapter: memorySource({ ...held, ...more }), ...source };
    app = await startTestApp([one], { deadlineMs: 10_000 });
  };
  const search = async (query: string, headers: Record<string, string> = {}): Promise<Bundle> => {
    const response = await fetch(`${app.base}/${query}`, { headers });
    return (await response.json()) as Bundle;
  };
  const fetchedAt = ({ entry = [] }: Bundle): unknown => {
    const outcome = entry.at(-1)?.resource as unknown as { issue: { extension: { extension: Json[] }[] }[] };
    return outcome.issue[0]?.extension[0]?.extension.find((it) => it['url'] === 'fetchedAt')?.['valueInstant'];
  };
  beforeEach(() => asked.splice(0));
  afterEach(() => app.close());

  // Long enough for all to have come, however busy the machine is.
  const delayMs = 700;

  it('costs one question for 32 who ask at once, and all get the same', async () => {
    await start({}, { delayMs });
    const answers = await Promise.all(Array.from({ length: 32 }, () => search(`Condition?patient=${NHS}`)));
    expect(asked).to.have.length(1);
    expect(new Set(answers.map((it) => JSON.stringify(it))).size).to.equal(1);
    expect(answers[0]?.total).to.equal(1);
  });

  it('costs one question for the eight searches that open a patient, and each shows its own', async () => {
    await start({}, { delayMs });
    const answers = await Promise.all(OPENING.map((type) => search(`${type}?patient=${NHS}`)));
    expect(asked).to.have.length(1);
    answers.forEach(({ entry = [] }, at) => {
      expect(
        entry.flatMap(({ search, resource }) => (search?.mode === 'match' ? resource?.resourceType : [])),
      ).to.deep.equal([OPENING[at]]);
    });
  });

  it('costs a source that is asked by type one question for each type', async () => {
    await start({}, { scope: 'type', delayMs });
    await Promise.all([...OPENING, ...OPENING].map((type) => search(`${type}?patient=${NHS}`)));
    expect(asked.map((it) => ('types' in it ? it.types : it.type)).flat()).to.have.members(OPENING);
  });

  it('keeps patients apart', async () => {
    await start({ cache: { seconds: 60 } });
    const both = await Promise.all([NHS, OTHER, NHS, OTHER].map((it) => search(`Flag?patient=${it}`)));
    expect(asked.map((it) => it.patient)).to.have.members([NHS, OTHER]);
    both.forEach((answer, at) => expect(JSON.stringify(answer)).to.include(`Patient/${[NHS, OTHER][at % 2]}`));
  });

  it('leaves the others their answer when one goes away', async () => {
    await start();
    const gone = new AbortController();
    const leaving = fetch(`${app.base}/Flag?patient=${NHS}`, { signal: gone.signal }).catch(() => 'gone');
    const staying = search(`Flag?patient=${NHS}`);
    setTimeout(() => gone.abort(), 5);
    expect(await leaving).to.equal('gone');
    expect((await staying).total).to.equal(1);
    expect(asked).to.have.length(1);
  });

  it('says of a kept answer when it was fetched, and fetches anew for who asks for that', async () => {
    await start({ cache: { seconds: 60 } });
    const first = await search(`Flag?patient=${NHS}`);
    const second = await search(`Flag?patient=${NHS}`);
    expect(second).to.deep.equal(first);
    expect(asked).to.have.length(1);
    const fresh = await search(`Flag?patient=${NHS}`, { 'Cache-Control': 'no-cache' });
    expect(asked).to.have.length(2);
    expect(Date.parse(String(fetchedAt(fresh)))).to.be.greaterThan(Date.parse(String(fetchedAt(second))));
    expect(fetchedAt(await search(`Flag?patient=${NHS}`))).to.equal(fetchedAt(fresh));
    expect(asked).to.have.length(2);
  });

  it('shows what a source gave before where it cannot answer now, and says so, why, and from when; a read does not', async () => {
    const one: { -readonly [K in keyof Held]: Held[K] } = { ...held, scope: 'type' };
    app = await startTestApp([
      { id: 'one', adapter: memorySource(one), cache: { staleSeconds: 60 }, guard: { failures: 0 } },
    ]);
    const first = await search(`Flag?patient=${NHS}`);
    const read = `Flag/${first.entry![0]!.resource!.id!}`;
    expect(await search(read)).to.have.property('resourceType', 'Flag');
    one.fails = 'unavailable';
    const now = await search(`Flag?patient=${NHS}`);
    const outcome = now.entry!.at(-1)!.resource as OperationOutcome;
    expect(now.entry![0]).to.deep.equal(first.entry![0]);
    expect(now.meta!.tag![0]!.code).to.equal('partial');
    expect(outcome.issue[0]!.severity).to.equal('warning');
    expect(outcome.issue[0]!.details!.coding!.map((it) => it.code)).to.deep.equal(['stale', 'unavailable']);
    expect(fetchedAt(now)).to.equal(fetchedAt(first));
    // Nobody can tell by one record how old it is.
    expect(await search(read)).to.have.nested.property('issue[0].severity', 'error');
    const strict = await fetch(`${app.base}/Flag?patient=${NHS}`, { headers: { Prefer: 'completeness=strict' } });
    expect(strict.status).to.equal(502);
    one.fails = 'not-known-here';
    expect((await search(`Flag?patient=${NHS}`)).total).to.equal(0);
  });

  it('keeps nothing where nothing is configured, no failure, and no answer about somebody else', async () => {
    const wrong = { records: { [NHS]: recordOf(OTHER) } };
    for (const [source, more] of [
      [{}, {}],
      [{ cache: { seconds: 60 } }, { fails: 'unavailable' }],
      [{ cache: { seconds: 60 }, guard: { failures: 0 } }, wrong],
    ] as const) {
      await start(source, more);
      await search(`Flag?patient=${NHS}`);
      const before = asked.length;
      await search(`Flag?patient=${NHS}`);
      expect(asked.length, JSON.stringify(source)).to.equal(before * 2);
      await app.close();
      asked.splice(0);
    }
    await start();
  });
});

describe('what answers share', () => {
  const freeze = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
      Object.freeze(value);
      Object.values(value).forEach(freeze);
    }
    return value;
  };

  /** An adapter of files whose answers, and what they become, nobody can change. */
  const frozen = (adapter: AdapterDefinition, file: string): AdapterDefinition => ({
    ...adapter,
    settings: {},
    capabilities: () => ({
      scope: 'record',
      lineage: 'derivation',
      types: Object.fromEntries([...OPENING, 'Patient', 'List', 'Medication'].map((it) => [it, { search: {} }])),
    }),
    map: (record, context) => freeze(adapter.map(record, context)),
    connect: () => ({
      search: () => Promise.resolve(freeze(adapter.split(readAnswer(file)))),
      health: () => Promise.resolve(),
    }),
  });

  /** What depends on when an answer was fetched, or on the port. */
  const TIMED = /"value(?:Instant|UnsignedInt)":[^}]*|"recorded":"[^"]*"|urn:uuid:[\da-f-]+|_page=[^"]*|:\d+\/FHIR/g;

  it('is changed by nobody: searches over one kept answer say what searches over answers of their own say', async () => {
    const queries = OPENING.flatMap((type) => [
      `${type}?patient=${NHS}`,
      `${type}?patient=${NHS}&_include=*&_revinclude=Provenance:target&_count=3`,
      `${type}?patient=${NHS}&_summary=true`,
      `${type}?patient=${NHS}&_elements=id&_sort=-_lastUpdated`,
    ]);
    queries.push(`Patient?_id=${NHS}`, `Patient/${NHS}`);
    let shown = 0;
    for (const { adapter: name, files } of ownAnswers.filter((it) => it.name.startsWith('sandbox/people'))) {
      const file = files.find((it) => it.includes(NHS));
      const adapter = await loadAdapter(name);
      if (!file || !adapter) continue;
      const tell = async (cache: { readonly seconds: number }): Promise<readonly string[]> => {
        const app = await startTestApp([{ id: 'one', adapter: frozen(adapter, file), cache }]);
        const answers: string[] = [];
        for (const query of queries) {
          const response = await fetch(`${app.base}/${query}`);
          expect(response.status, query).to.be.oneOf([200, 400]);
          answers.push((await response.text()).replace(TIMED, ''));
        }
        await app.close();
        return answers;
      };
      const own = await tell({ seconds: 0 });
      expect(await tell({ seconds: 60 })).to.deep.equal(own);
      shown += own.join('').length;
    }
    expect(shown).to.be.greaterThan(100_000);
  });
});
