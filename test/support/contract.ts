import { basename, dirname } from 'node:path';
import { expect } from 'chai';
import { dataDirectory, type RunningSource, serveSimulator } from '../../sandbox/serve.ts';
import {
  type AdapterDefinition,
  type Fields,
  type Page,
  parseFields,
  secretsOf,
  type Simulator,
  type SimulatorData,
  type Source,
  SourceError,
  type SourceQuery,
  type SourceRecord,
} from '../../src/adapter/index.ts';
import { parseJson, parseNhsNumber, type ResourceType } from '../../src/fhir/index.ts';
import { admit } from '../../src/identity/gate.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { createRehearse, type UpstreamRequest } from '../../src/sources/rehearse.ts';
import { testCall, testTools } from './call.ts';
import { mappingContract } from './contract-mapping.ts';

/** What the contract suite needs to know of an adapter. */
export interface ContractSubject<F extends Fields, Body> {
  readonly adapter: AdapterDefinition<F, Body>;
  readonly simulator: (data: SimulatorData) => Promise<Simulator>;
  /** The adapter's `fixtures` directory: raw answers, one `<nhs number>.json` per patient, at least two patients. */
  readonly fixtures: string;
  /** An NHS number of the test range that is not among the fixtures. */
  readonly stranger: string;
}

/**
 * The contract suite: an adapter that passes it works in the facade. Call it from `adapter.test.ts`; it runs the adapter
 * against its own simulator over real HTTP, breaks that simulator in every way the sandbox can, and feeds the mapping
 * junk.
 */
export const adapterContract = <F extends Fields, Body>(subject: ContractSubject<F, Body>): void => {
  const { simulator, fixtures } = subject;
  const adapter = subject.adapter as unknown as AdapterDefinition;
  const data = dataDirectory(fixtures);

  describe(`the adapter contract: ${adapter.name}`, () => {
    let running: RunningSource;
    let tools: ReturnType<typeof testTools>;
    let source: Source;
    let settings: never;
    let people: readonly string[];
    const stranger = nhs(subject.stranger);

    before(async () => {
      people = await data.people();
      if (people.length < 2) throw new Error(`${fixtures} needs the raw answers of two patients at least`);
      running = await serveSimulator(simulator, data);
      const parsed = parseFields(adapter.settings, running.settings, 'settings');
      if ('faults' in parsed) throw new Error(parsed.faults.join('\n'));
      settings = parsed.value as never;
    });
    beforeEach(() => {
      tools = testTools();
      source = adapter.connect(settings, tools);
    });
    afterEach(async () => {
      running.setFault({ fault: 'none' });
      await source.close?.();
      tools.close();
    });
    after(() => running.close());

    it('is named like its folder', () => {
      expect(adapter.name).to.equal(basename(dirname(fixtures)));
    });

    it('refuses settings with a wrong key or without a value, one line each, without echoing a value', () => {
      const parsed = parseFields(adapter.settings, { nonsense: 'hunter2' }, 'settings');
      expect(parsed).to.have.property('faults');
      expect((parsed as { faults: string[] }).faults.join('\n'))
        .to.contain('settings.nonsense')
        .and.not.contain('hunter2');
    });

    it('has a method exactly where a capability says so', () => {
      const capabilities = Object.values(adapter.capabilities(settings).types);
      expect(source.search !== undefined).to.equal(capabilities.some((it) => it.search));
      expect(source.read !== undefined).to.equal(capabilities.some((it) => it.read));
      expect(source.trace !== undefined).to.equal(adapter.capabilities(settings).traces ?? false);
      expect(Object.keys(source)).to.satisfy((names: string[]) =>
        names.every((it) => ['search', 'read', 'trace', 'health', 'close'].includes(it)),
      );
    });

    it('answers a health check, and says when it is down, fails or does not let us in', async () => {
      await source.health(testCall());
      for (const [fault, kind] of FAILURES) {
        running.setFault({ fault });
        await fails(source.health(testCall()), kind);
      }
    });

    it('finds records of each fixture patient, the same ones every time, and each type it claims to search', async () => {
      const seen = new Set<string>();
      for (const person of people) {
        const first = await everything(source, person);
        const second = await everything(source, person);
        expect(first.records.length, person).to.be.greaterThan(0);
        expect(keys(second.records)).to.deep.equal(keys(first.records));
        for (const record of first.records) {
          expect(record.id, record.kind).to.be.a('string').and.not.equal('');
          record.types.forEach((it) => seen.add(it));
        }
      }
      const { types } = adapter.capabilities(settings);
      expect([...seen]).to.include.members(Object.keys(types).filter((it) => types[it as ResourceType]?.search));
    });

    it('reads each type that it claims and does not search, where a reference leads to it', async function () {
      const { types } = adapter.capabilities(settings);
      const unsearched = Object.keys(types).filter((it) => !types[it as ResourceType]?.search);
      const { read } = source;
      if (!read || unsearched.length === 0) this.skip();
      const reached = new Set<string>();
      for (const person of people) {
        const waiting = new Set((await pagesOf(source, person)).flatMap(referencesOf));
        for (const reference of waiting) {
          const [type = '', id = ''] = reference.split('/');
          if (!unsearched.includes(type)) continue;
          const page = await read({ type: type as ResourceType, id, patient: nhs(person) }, testCall());
          if (!page) continue;
          reached.add(type);
          referencesOf(page).forEach((it) => waiting.add(it));
        }
      }
      expect([...reached]).to.include.members(unsearched);
    });

    it('answers about the patient who was asked for, as the gate sees it', async () => {
      for (const person of people) expect(await verdict(source, person)).to.equal('admitted');
    });

    it('can be rehearsed: what it would send is known before it does, and only preparations are sent to know it', async () => {
      const secrets = secretsOf(adapter.settings, settings);
      for (const person of people) {
        const queries = queriesFor(person, 50);
        const rehearse = createRehearse({ connect: (own) => adapter.connect(settings, own), tools, secrets });
        const mark = running.requests().length;
        const { sent, requests, failed } = await rehearse(queries, testCall());
        expect(failed, person).to.equal(undefined);
        expect(sent.map(received).sort(), 'sent to know').to.deep.equal(running.requests().slice(mark).sort());
        const from = running.requests().length;
        await Promise.all(queries.map((it) => source.search!(it, testCall())));
        expect(requests.map(received).sort(), 'a search').to.deep.equal(running.requests().slice(from).sort());
        for (const secret of secrets) expect(JSON.stringify({ sent, requests })).to.not.contain(secret);
      }

      function received({ method, url }: UpstreamRequest): string {
        const { pathname, search } = new URL(url);
        return `${method} ${pathname}${search}`;
      }
    });

    it('says that a patient is not known there', async () => {
      await fails(everything(source, stranger), 'not-known-here');
    });

    it('never yields a record twice while it pages', async () => {
      for (const person of people) {
        const { records } = await everything(source, person, { count: 2 });
        const content = records.map((it) => `${it.kind}/${it.id}/${JSON.stringify(it.body)}`);
        expect(new Set(content).size, person).to.equal(content.length);
      }
    });

    it('tells of no page ahead but those to which its pages lead, and answers it alike when it is asked for ahead', async () => {
      const other = testTools();
      const elsewhere = adapter.connect(settings, other);
      for (const query of people.flatMap((it) => queriesFor(it, 1))) {
        const pages = new Map<string | undefined, Page>();
        for (let cursor: string | undefined; !pages.has(cursor); cursor = pages.get(cursor)?.next)
          pages.set(cursor, await source.search!({ ...query, ...(cursor !== undefined && { cursor }) }, testCall()));
        const ahead = new Set([...pages.values()].flatMap((it) => it.ahead ?? []));
        expect([...pages.keys()]).to.include.members([...ahead]);
        const distinct = [...pages.values()].flatMap((it) => (it.distinct ? [...new Set(keys(it.records))] : []));
        expect(new Set(distinct).size, 'distinct').to.equal(distinct.length);
        for (const cursor of [...ahead].reverse()) {
          const { records } = await elsewhere.search!({ ...query, cursor }, testCall());
          expect(keys(records)).to.deep.equal(keys(pages.get(cursor)!.records));
        }
      }
      await elsewhere.close?.();
      other.close();
    });

    it('calls a source that is down or fails unavailable, one that does not let us in refused, and one that throttles throttled with its delay', async () => {
      const [person = ''] = people;
      for (const [fault, kind] of FAILURES) {
        running.setFault({ fault });
        await fails(everything(source, person), kind);
      }
      running.setFault({ fault: '429', ms: 7000 });
      expect(await fails(everything(source, person), 'throttled')).to.have.property('retryAfter', 7);
    });

    it('calls a broken body an invalid response, and a cut one invalid or unavailable', async () => {
      const [person = ''] = people;
      await everything(source, person);
      running.setFault({ fault: 'malformed' });
      await fails(everything(source, person), 'invalid-response');
      running.setFault({ fault: 'truncate' });
      await fails(everything(source, person), 'invalid-response', 'unavailable');
    });

    it('stops when its signal says so', async () => {
      const [person = ''] = people;
      running.setFault({ fault: 'hang' });
      const start = performance.now();
      await fails(everything(source, person, { ms: 150 }), 'timeout');
      expect(performance.now() - start).to.be.below(1500);
    });

    it('does not pass for the right patient when the source answers about another', async () => {
      running.setFault({ fault: 'wrong-patient' });
      const last = people.at(-1) ?? '';
      const outcome = await verdict(source, last).catch((error: unknown) => (error as SourceError).kind);
      expect(outcome).to.equal('wrong-patient');
    });

    it('reads each kind of record by its own id, and nothing by an id that is not there', async function () {
      const [person = ''] = people;
      const { read } = source;
      if (!read) this.skip();
      const { records } = await everything(source, person);
      for (const [type, capability] of Object.entries(adapter.capabilities(settings).types)) {
        const record = records.find((it) => it.types.includes(type as ResourceType));
        if (!capability.read || !record) continue;
        const page = await read({ type: type as ResourceType, id: record.id, patient: nhs(person) }, testCall());
        expect(keys(page?.records ?? []), type).to.include(`${record.kind}/${record.id}`);
      }
      for (const id of ['no-such-record', '../Patient', 'a/b?c=d#e', '..', '%2e%2e%2fPatient']) {
        const [type] = Object.entries(adapter.capabilities(settings).types).find(([, it]) => it.read) ?? [];
        const page = await read({ type: type as ResourceType, id, patient: nhs(person) }, testCall());
        expect(page?.records ?? [], id).to.deep.equal([]);
      }
    });

    it('traces each fixture patient to the number that its demographics bear, where it traces', async function () {
      const { trace } = source;
      if (!trace) this.skip();
      for (const person of people) {
        const traced = await trace(nhs(person), testCall());
        if (traced.outcome !== 'found') throw new Error(`${person} is a fixture and not found`);
        expect(traced.restriction).to.be.oneOf(['unrestricted', 'restricted', 'very-restricted']);
        const { resources } = mapAnswer(adapter, traced.demographics, { source: 'test' });
        expect(resources.map((it) => it.type)).to.deep.equal(['Patient']);
        const question = { patient: traced.nhsNumber, patientIds: [], scope: 'type' } as const;
        expect(admit(resources, question)).to.have.property('verdict', 'admitted');
      }
    });

    mappingContract(adapter, async () => {
      const read = async (person: string) => ({ person, raw: parseJson((await data.read(person)) as Buffer) });
      return Promise.all((await data.people()).map(read));
    });

    /** The local references in what a page maps to. */
    function referencesOf(page: Page): string[] {
      const { resources } = mapAnswer(adapter, page, { source: 'test' });
      return [...JSON.stringify(resources).matchAll(/"reference":"([A-Z][A-Za-z]+\/[^"/]+)"/g)].map(
        ([, it = '']) => it,
      );
    }

    async function verdict(from: Source, person: string): Promise<string> {
      const { scope } = adapter.capabilities(settings);
      for (const page of await pagesOf(from, person)) {
        const { resources } = mapAnswer(adapter, page, { source: 'test' });
        const judged = admit(resources, { patient: nhs(person), patientIds: page.patientIds ?? [], scope });
        if (judged.verdict !== 'admitted') return judged.verdict;
      }
      return 'admitted';
    }

    /** What a source that only traces says of a patient. */
    async function tracedPage(from: Source, person: string, ms: number): Promise<Page> {
      const traced = await from.trace!(nhs(person), testCall(ms));
      return traced.outcome === 'found' ? traced.demographics : { records: [] };
    }

    /** A `record` source is asked once, a `type` source once per type. */
    function queriesFor(person: string, count: number): SourceQuery[] {
      const { scope, types } = adapter.capabilities(settings);
      const all = Object.keys(types) as ResourceType[];
      const wanted = scope === 'record' ? [all] : all.filter((it) => types[it]?.search).map((it) => [it]);
      return wanted.map((it) => ({ patient: nhs(person), types: it, filters: [], count }));
    }

    /** One merged page per query. */
    async function pagesOf(from: Source, person: string, { count = 50, ms = 5000 } = {}): Promise<Page[]> {
      if (!from.search) return [await tracedPage(from, person, ms)];
      const pages: Page[] = [];
      for (const query of queriesFor(person, count)) {
        let merged: Page = { records: [] };
        let cursor: string | undefined;
        for (let page = 0; page < 500; page++) {
          const next = await from.search({ ...query, ...(cursor !== undefined && { cursor }) }, testCall(ms));
          merged = {
            ...next,
            records: merged.records.concat(next.records),
            patientIds: [...(merged.patientIds ?? []), ...(next.patientIds ?? [])],
          };
          cursor = next.next;
          if (cursor === undefined) break;
        }
        expect(cursor, 'paging ends').to.equal(undefined);
        pages.push(merged);
      }
      return pages;
    }

    async function everything(from: Source, person: string, how = {}): Promise<{ records: SourceRecord[] }> {
      return { records: (await pagesOf(from, person, how)).flatMap((it) => it.records) };
    }
  });
};

/** How a source fails as a whole, and what that is called. */
const FAILURES = [
  ['down', 'unavailable'],
  ['500', 'unavailable'],
  ['401', 'refused'],
] as const;

const nhs = (person: string): NonNullable<ReturnType<typeof parseNhsNumber>> => {
  const number = parseNhsNumber(person);
  if (!number?.startsWith('999')) throw new Error('fixtures are named by NHS numbers of the test range 999');
  return number;
};

const fails = async (work: Promise<unknown>, ...kinds: SourceError['kind'][]): Promise<SourceError> => {
  const error: unknown = await work.then(
    () => new Error('it answered'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(SourceError);
  expect((error as SourceError).kind).to.be.oneOf(kinds);
  return error as SourceError;
};

const keys = (records: readonly SourceRecord[]): string[] => records.map((it) => `${it.kind}/${it.id}`).sort();
