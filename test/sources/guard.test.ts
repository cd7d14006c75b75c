import { expect } from 'chai';
import fc from 'fast-check';
import { SourceError, type SourceErrorKind } from '../../src/adapter/index.ts';
import { createGuard, type GuardSettings } from '../../src/sources/guard.ts';

const never = new AbortController().signal;
const fails = (kind: SourceErrorKind) => () => Promise.reject(new SourceError(kind));

describe('the guard of a source', () => {
  const guard = (more: Partial<GuardSettings> = {}) =>
    createGuard({ concurrent: 4, queued: 4, failures: 3, restMs: 60_000, ...more }, { now: Date.now });
  const kindOf = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'answered',
      (error: unknown) => (error as SourceError).kind,
    );

  it('never runs more at a time than it may, whatever comes, and runs or refuses each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(5), fc.nat(20), async (concurrent, queued, count) => {
        const { run } = guard({ concurrent, queued });
        let under = 0;
        let most = 0;
        const work = async (): Promise<void> => {
          most = Math.max(most, (under += 1));
          await new Promise((resolve) => setImmediate(resolve));
          under -= 1;
        };
        const ends = await Promise.all(Array.from({ length: count }, () => kindOf(run(work, never))));
        expect(most).to.be.at.most(concurrent);
        expect(ends.filter((it) => it === 'answered')).to.have.length(Math.min(count, concurrent + queued));
        expect(ends.filter((it) => it === 'throttled')).to.have.length(Math.max(0, count - concurrent - queued));
      }),
      { numRuns: 50 },
    );
  });

  it('does a part of work in a place that is free, beside that work, and never waits for one', async () => {
    const { run, beside, circuit } = guard({ concurrent: 2, failures: 1 });
    await run(async () => {
      expect(await beside(() => Promise.resolve('done'))).to.equal('done');
      expect(await kindOf(beside(fails('unavailable'))!)).to.equal('unavailable');
      const inPlace = beside(() => new Promise((resolve) => setImmediate(resolve)));
      expect(beside(() => Promise.resolve())).to.equal(undefined);
      await inPlace;
    }, never);
    expect(circuit()).to.equal('closed');
  });

  it('leaves a source alone after failures in a row, and not for what is no failure', async () => {
    const counted: SourceErrorKind[] = ['timeout', 'unavailable', 'invalid-response', 'wrong-patient'];
    for (const kind of [...counted, 'refused', 'not-known-here', 'throttled'] as const) {
      const { run, circuit } = guard();
      for (let at = 0; at < 3; at += 1) await kindOf(run(fails(kind), never));
      expect(circuit(), kind).to.equal(counted.includes(kind) ? 'open' : 'closed');
      expect(await kindOf(run(() => Promise.resolve(), never)), kind).to.equal(
        counted.includes(kind) ? 'unavailable' : 'answered',
      );
    }
  });

  it('forgets failures once the source answers', async () => {
    const { run, circuit } = guard();
    for (let at = 0; at < 10; at += 1) {
      await kindOf(run(fails('timeout'), never));
      await kindOf(run(fails('timeout'), never));
      await run(() => Promise.resolve(), never);
    }
    expect(circuit()).to.equal('closed');
  });

  it('distrusts a source at once that answered about another patient', async () => {
    const { run, circuit, distrust } = guard({ failures: 100 });
    distrust();
    await new Promise((resolve) => setImmediate(resolve));
    expect(circuit()).to.equal('open');
    expect(await kindOf(run(() => Promise.resolve(), never))).to.equal('unavailable');
    const other = guard({ failures: 100 });
    await kindOf(other.run(fails('wrong-patient'), never));
    expect(other.circuit()).to.equal('open');
  });

  it('never leaves a source alone where it is told not to', async () => {
    const { run, circuit, distrust } = guard({ failures: 0 });
    distrust();
    for (let at = 0; at < 20; at += 1) await kindOf(run(fails('invalid-response'), never));
    await kindOf(run(() => Promise.reject(new SourceError('throttled', { retryAfter: 30 })), never));
    expect(circuit()).to.equal('closed');
    expect(await kindOf(run(() => Promise.resolve(), never))).to.equal('answered');
  });

  it('asks again in at most a fifth of all cases when everything fails', async () => {
    const { run } = guard({ failures: 0 });
    let asked = 0;
    for (let at = 0; at < 500; at += 1)
      await kindOf(run(() => ((asked += 1), Promise.reject(new SourceError('unavailable'))), never));
    expect(asked).to.be.within(500, 500 + 10 + 100);
  });
});
