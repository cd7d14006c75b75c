import { expect } from 'chai';
import memory, { memorySource } from '../../adapters/memory/index.ts';
import { type AdapterDefinition, SourceError } from '../../src/adapter/index.ts';
import type { ConfigError } from '../../src/platform/config.ts';
import { type SourceConfig } from '../../src/platform/config.ts';
import { silentLog } from '../../src/platform/log.ts';
import { ask } from '../../src/sources/ask.ts';
import { createGuard } from '../../src/sources/guard.ts';
import { createShare } from '../../src/sources/share.ts';
import { loadAdapter, loadPart } from '../../src/sources/load.ts';
import { connectSources } from '../../src/sources/registry.ts';
import { testCall } from '../support/call.ts';

const config = (more: Partial<SourceConfig> = {}): SourceConfig => ({
  id: 'one',
  adapter: 'memory',
  title: 'One',
  organisation: { ods: 'A99001', name: 'O' },
  required: false,
  deadlineMs: undefined,
  guard: { concurrent: 8, queued: 8, failures: 0, restMs: 1000 },
  cache: { seconds: 0, staleSeconds: 0, maxBytes: 0 },
  settings: {},
  ...more,
});
const faultsOf = async (sources: SourceConfig[], adapter: AdapterDefinition | undefined): Promise<readonly string[]> =>
  connectSources(sources, () => Promise.resolve(adapter)).then(
    async (it) => {
      await it.close();
      return [];
    },
    (error: unknown) => (error as ConfigError).faults,
  );

describe('the registry of sources', () => {
  it('refuses an unknown adapter and wrong settings, one line each', async () => {
    expect(await faultsOf([config({ adapter: 'none' })], undefined)).to.deep.equal([
      'sources[0].adapter: expected the name of a folder in adapters/; there is no none',
    ]);
    expect(await faultsOf([config(), config({ settings: { colour: 'red' } })], memory)).to.have.length(1);
  });

  it('refuses a capability without its method, a method without a capability, an unknown method and an unknown type', async () => {
    const connected = (source: object): AdapterDefinition => ({ ...memory, connect: () => source as never });
    expect(await faultsOf([config()], connected({ health: () => Promise.resolve() }))).to.deep.equal([
      'sources[0].adapter: memory claims search and has no method for it',
      'sources[0].adapter: memory claims read and has no method for it',
    ]);
    const more = connected({ ...memory.connect({}, {} as never), dance: () => undefined });
    expect(await faultsOf([config()], more)).to.deep.equal(['sources[0].adapter: memory has an unknown method dance']);
    const mute: AdapterDefinition = {
      ...memory,
      capabilities: () => ({ scope: 'record', lineage: 'quotation', types: {} }),
    };
    expect(await faultsOf([config()], mute)).to.have.length(2);
    expect(await faultsOf([config()], memorySource({ types: ['Unicorn' as 'Flag'], records: {} }))).to.deep.equal([
      'sources[0].adapter: memory claims Unicorn, which is no resource type',
    ]);
  });

  it('loads adapters by the names of their folders, and nothing else', async () => {
    expect((await loadAdapter('memory'))?.name).to.equal('memory');
    for (const name of ['none', '../src', 'memory/../memory', '', 'Memory'])
      expect(await loadAdapter(name), name).to.equal(undefined);
    expect(await loadPart('adapters/none/index')).to.equal(undefined);
  });
});

describe('asking a source', () => {
  const source = (deadlineMs?: number) => ({
    ...config({ deadlineMs }),
    adapter: memory,
    capabilities: memory.capabilities({}),
    source: { health: () => Promise.resolve() },
    guard: createGuard(config().guard, { now: Date.now }),
    share: createShare(config().cache, { now: Date.now }),
  });
  const asking = (ms: number) => ({ now: Date.now, log: silentLog, call: testCall(ms) });

  it('leaves an adapter behind that ignores its signal', async () => {
    const start = performance.now();
    const asked = await ask(source(), () => new Promise(() => undefined), asking(100));
    expect(asked).to.have.nested.property('error.kind', 'timeout');
    expect(performance.now() - start).to.be.below(500);
  });

  it('gives a source its own, shorter time', async () => {
    const asked = await ask(
      source(50),
      (call) => new Promise<number>((resolve) => setTimeout(() => resolve(call.deadline), 5000)),
      asking(60_000),
    );
    expect(asked).to.have.nested.property('error.kind', 'timeout');
    expect(asked.latencyMs).to.be.below(1000);
  });

  it('takes an error that is no SourceError for a broken answer, and says nothing of its words', async () => {
    const said: unknown[] = [];
    const log = { ...silentLog, warn: (event: string, fields: object) => said.push([event, fields]) };
    const asked = await ask(source(), () => Promise.reject(new TypeError('9990000018 is broken')), {
      ...asking(1000),
      log,
    });
    expect(asked).to.have.nested.property('error.kind', 'invalid-response');
    expect(JSON.stringify(said)).to.contain('TypeError').and.not.contain('9990000018');
  });

  it('hands a SourceError on as it is', async () => {
    const error = new SourceError('throttled', { retryAfter: 9 });
    expect(await ask(source(), () => Promise.reject(error), asking(1000))).to.have.property('error', error);
  });
});
