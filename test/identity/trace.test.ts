import { expect } from 'chai';
import { type Call, SourceError, type Trace } from '../../src/adapter/index.ts';
import type { NhsNumber } from '../../src/fhir/index.ts';
import { createTracer } from '../../src/identity/trace.ts';
import { silentLog } from '../../src/platform/log.ts';
import type { Asked } from '../../src/sources/asked.ts';
import { createGuard } from '../../src/sources/guard.ts';
import type { ConfiguredSource } from '../../src/sources/registry.ts';
import { testCall } from '../support/index.ts';

const ONE = '9990000018' as NhsNumber;
const OTHER = '9990000026' as NhsNumber;
const found = (nhsNumber: NhsNumber): Trace => ({
  outcome: 'found',
  nhsNumber,
  restriction: 'unrestricted',
  demographics: { records: [] },
});

describe('a tracer', () => {
  let asked: NhsNumber[];
  let time: number;
  let answer: (nhsNumber: NhsNumber, call: Call) => Promise<Trace>;
  const closers: (() => void)[] = [];
  beforeEach(() => {
    asked = [];
    time = 1_000_000;
    answer = (nhsNumber) => Promise.resolve(found(nhsNumber));
  });
  afterEach(() => closers.splice(0).forEach((it) => it()));

  const tracer = (cacheSeconds = 300) => {
    const source = {
      id: 'pds',
      guard: createGuard({ concurrent: 10, queued: 10, failures: 5, restMs: 1000 }, { now: () => time }),
      source: {
        trace: (nhsNumber: NhsNumber, call: Call) => {
          asked.push(nhsNumber);
          return answer(nhsNumber, call);
        },
      },
    } as unknown as ConfiguredSource;
    const made = createTracer(source, { cacheSeconds, quarantineAt: 2 }, { now: () => time, log: silentLog });
    closers.push(made.close);
    return made.trace;
  };
  const call = (): Call => ({ ...testCall(), deadline: time + 2000 });
  const kind = (it: Asked<Trace>): string => ('error' in it ? it.error.kind : it.value.outcome);

  it('asks once for all who ask for one number, together or later', async () => {
    const trace = tracer();
    await Promise.all([trace(ONE, call()), trace(ONE, call()), trace(OTHER, call())]);
    expect(kind(await trace(ONE, call()))).to.equal('found');
    expect(asked).to.deep.equal([ONE, OTHER]);
  });

  it('says when it was that it asked, also of what it remembers', async () => {
    const trace = tracer();
    const { fetchedAt } = await trace(ONE, call());
    time += 60_000;
    expect(await trace(ONE, call())).to.have.property('fetchedAt', fetchedAt);
  });

  it('knows the new number of whom it found under an old one', async () => {
    answer = () => Promise.resolve(found(OTHER));
    const trace = tracer();
    await trace(ONE, call());
    expect(await trace(OTHER, call())).to.have.nested.property('value.nhsNumber', OTHER);
    expect(asked).to.deep.equal([ONE]);
  });

  it('remembers that a number is invalidated, and no failure', async () => {
    const trace = tracer();
    answer = () => Promise.reject(new SourceError('invalid-response'));
    expect(kind(await trace(ONE, call()))).to.equal('invalid-response');
    answer = () => Promise.resolve({ outcome: 'invalidated' });
    expect(kind(await trace(ONE, call()))).to.equal('invalidated');
    expect(kind(await trace(ONE, call()))).to.equal('invalidated');
    expect(asked).to.have.length(2);
  });

  it('remembers nothing where it is told to', async () => {
    const trace = tracer(0);
    await trace(ONE, call());
    await trace(ONE, call());
    expect(asked).to.have.length(2);
  });

  it('leaves a service alone that is asked too often, for whoever, as long as it says', async () => {
    const trace = tracer();
    answer = () => Promise.reject(new SourceError('throttled', { retryAfter: 5 }));
    await trace(ONE, call());
    answer = (nhsNumber) => Promise.resolve(found(nhsNumber));
    time += 3000;
    const waiting = await trace(OTHER, call());
    expect(kind(waiting)).to.equal('throttled');
    expect(waiting).to.have.nested.property('error.retryAfter', 2);
    expect(asked).to.deep.equal([ONE]);
    time += 2000;
    expect(kind(await trace(OTHER, call()))).to.equal('found');
  });

  it('does not give up for all when the first who asked goes away', async () => {
    let release: (() => void) | undefined;
    answer = (nhsNumber) => new Promise((resolve) => (release = () => resolve(found(nhsNumber))));
    const trace = tracer();
    const gone = new AbortController();
    const first = trace(ONE, { ...call(), signal: gone.signal });
    const second = trace(ONE, call());
    gone.abort();
    release?.();
    expect(kind(await second)).to.equal('found');
    await first;
  });
});
