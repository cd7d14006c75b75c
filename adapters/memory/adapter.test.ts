import { expect } from 'chai';
import { type Answer, SourceError, type SourceErrorKind } from '../../src/adapter/index.ts';
import { type Json, type NhsNumber, SYSTEM } from '../../src/fhir/index.ts';
import { admit } from '../../src/identity/gate.ts';
import { mapAnswer } from '../../src/mapping/map-answer.ts';
import { connectSources } from '../../src/sources/registry.ts';
import { testCall, testTools } from '../../test/support/index.ts';
import memory, { type Held, memorySource } from './index.ts';

const NHS = '9990000018' as NhsNumber;
const OTHER = '9990000026';
const patient = (id: string, value: string): Json => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: SYSTEM.nhsNumber, value }],
});
const flag = (id: string, of: string): Json => ({
  resourceType: 'Flag',
  id,
  status: 'active',
  code: { text: id },
  subject: { reference: `Patient/${of}` },
});
const records = {
  [NHS]: [patient('p', NHS), flag('a', 'p'), flag('b', 'p'), flag('c', 'p')],
  [OTHER]: [patient('o', OTHER), flag('x', 'o')],
};

describe('memory, the reference adapter', () => {
  const tools = testTools();
  after(() => tools.close());
  const connect = (more: Partial<Held> = {}) =>
    memorySource({ types: ['Patient', 'Flag'], records, ...more }).connect({}, tools);
  const query = { patient: NHS, types: ['Patient', 'Flag'] as const, filters: [], count: 3 };

  it('is accepted by the registry, made or by the name of its folder', async () => {
    const config = {
      adapter: 'memory',
      title: 'M',
      organisation: { ods: 'A99001', name: 'O' },
      required: false,
      deadlineMs: undefined,
      guard: { concurrent: 8, queued: 8, failures: 0, restMs: 1000 },
      cache: { seconds: 0, staleSeconds: 0, maxBytes: 0 },
      settings: {},
    };
    const made = memorySource({ types: ['Flag'], records });
    for (const adapter of [memory, made]) {
      const sources = await connectSources([{ ...config, id: 'one' }], async () => Promise.resolve(adapter));
      expect(sources.byId('one')?.capabilities.scope).to.equal('record');
      await sources.close();
    }
  });

  it('hands out what it holds, page by page, and the types that were asked for only', async () => {
    const { search } = connect();
    const first = await search!(query, testCall());
    expect(first.records.map((it) => it.id)).to.deep.equal(['p', 'a', 'b']);
    const second = await search!({ ...query, cursor: first.next! }, testCall());
    expect(second.records.map((it) => it.id)).to.deep.equal(['c']);
    expect(second.next).to.equal(undefined);
    expect((await search!({ ...query, types: ['Patient'] }, testCall())).records).to.have.length(1);
  });

  it('reads by id, even what is another patient’s, which the gate refuses', async () => {
    const { read } = connect();
    const own = await read!({ type: 'Flag', id: 'a', patient: NHS }, testCall());
    const foreign = await read!({ type: 'Flag', id: 'x', patient: NHS }, testCall());
    const verdict = (page: Answer & { patientIds?: readonly string[] }): string =>
      admit(mapAnswer(memorySource({ types: [], records: {} }), page, { source: 'm' }).resources, {
        patient: NHS,
        patientIds: page.patientIds ?? [],
        scope: 'type',
      }).verdict;
    expect(verdict(own!)).to.equal('admitted');
    expect(verdict(foreign!)).to.equal('wrong-patient');
    expect(await read!({ type: 'Flag', id: 'none', patient: NHS }, testCall())).to.equal(undefined);
  });

  it('says that a patient is not known there', async () => {
    expect(await kindOf(connect().search!({ ...query, patient: '9990000212' as NhsNumber }, testCall()))).to.equal(
      'not-known-here',
    );
  });

  it('fails as it is told, after as long as it is told, and obeys its signal', async () => {
    for (const fails of ['refused', 'throttled', 'wrong-patient'] satisfies SourceErrorKind[]) {
      expect(await kindOf(connect({ fails, delayMs: 5 }).search!(query, testCall()))).to.equal(fails);
      expect(await kindOf(connect({ fails }).health(testCall()))).to.equal(fails);
    }
    const start = performance.now();
    expect(await kindOf(connect({ delayMs: 5000 }).search!(query, testCall(20)))).to.equal('timeout');
    expect(performance.now() - start).to.be.below(1000);
    await connect().health(testCall());
  });

  it('tells what it was asked', async () => {
    const asked: unknown[] = [];
    await connect({ asked: (it) => asked.push(it) }).search!(query, testCall());
    expect(asked).to.deep.equal([query]);
  });

  it('cuts a Bundle into its resources and maps them as they are', () => {
    const { resources, issues } = mapAnswer(
      memory,
      memory.split({ resourceType: 'Bundle', entry: [{ resource: flag('a', 'p') }] }),
      { source: 'm' },
    );
    expect(resources.map((it) => it.resource)).to.deep.equal([flag('a', 'p')]);
    expect(issues).to.deep.equal([]);
    expect(() => memory.split('no Bundle')).to.throw(SourceError);
  });
});

const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'an answer',
    (error: unknown) => (error instanceof SourceError ? error.kind : String(error)),
  );
