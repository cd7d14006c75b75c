import { expect } from 'chai';
import fc from 'fast-check';
import { type Call, SourceError, type SourceErrorKind } from '../../src/adapter/index.ts';
import { createSizedCache } from '../../src/platform/cache.ts';
import type { Asked } from '../../src/sources/asked.ts';
import { createShare, type Question, type Share } from '../../src/sources/share.ts';
import { weightOf } from '../../src/sources/weight.ts';
import { testActor, testCall } from '../support/call.ts';

const answered = <T>(value: T): Asked<T> => ({ value, fetchedAt: 7, latencyMs: 1 });

/** A source that answers when it is told to, and counts. */
const createSource = () => {
  const calls: Call[] = [];
  const ends: ((asked: Asked<string>) => void)[] = [];
  const question = (...key: readonly unknown[]): Question<string> => ({
    key,
    work: (call) => {
      calls.push(call);
      return new Promise((resolve) => ends.push(resolve));
    },
    isWhole: (value) => value !== 'half',
  });
  return { calls, question, answer: (at: number, asked: Asked<string>) => ends[at]?.(asked) };
};

describe('sharing the answer of a source', () => {
  const open: Share[] = [];
  let clock = 0;
  const share = (seconds = 0, { maxBytes = 1_000_000, staleSeconds = 0 } = {}): Share => {
    const made = createShare({ seconds, staleSeconds, maxBytes }, { now: () => clock });
    open.push(made);
    return made;
  };
  after(() => open.forEach((it) => it.close()));

  it('asks once for all who want the same at the same time, and again afterwards', async () => {
    const { ask } = share();
    const { calls, question, answer } = createSource();
    const all = Array.from({ length: 32 }, () => ask(question('p'), testCall()));
    answer(0, answered('whole'));
    for (const it of await Promise.all(all)) expect(it).to.deep.equal(answered('whole'));
    void ask(question('p'), testCall());
    expect(calls).to.have.length(2);
  });

  it('never shares between patients, queries or callers', async () => {
    const key = fc.array(fc.constantFrom<unknown>('a', 'b', ['a'], 'a,b', ['a', 'b'], null), { maxLength: 3 });
    const one = fc.record({ key, family: fc.constantFrom('Tester', 'Other') });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 8 }), (asked) => {
        const { ask } = share();
        const { calls, question } = createSource();
        for (const { key, family } of asked)
          void ask(question(...key), {
            ...testCall(),
            actor: { ...testActor, practitioner: { ...testActor.practitioner!, family } },
          });
        expect(calls).to.have.length(new Set(asked.map((it) => JSON.stringify(it))).size);
        return Promise.resolve();
      }),
    );
  });

  it('goes on while anybody waits, whoever began it, and stops with the last', async () => {
    const { ask } = share();
    const { calls, question, answer } = createSource();
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const waiting = [first, second, third].map((it) => ask(question('p'), { ...testCall(), signal: it.signal }));
    first.abort();
    expect(await waiting[0]).to.have.nested.property('error.kind', 'timeout');
    expect(calls[0]?.signal.aborted).to.equal(false);
    answer(0, answered('whole'));
    expect(await waiting[1]).to.deep.equal(answered('whole'));
    // What the answer weighs is carried until the last request ends.
    second.abort();
    expect(calls[0]?.signal.aborted).to.equal(false);
    third.abort();
    expect(calls[0]?.signal.aborted).to.equal(true);
  });

  it('asks anew where everybody went away', async () => {
    const { ask } = share();
    const { calls, question, answer } = createSource();
    const gone = new AbortController();
    void ask(question('p'), { ...testCall(), signal: gone.signal });
    gone.abort();
    const next = ask(question('p'), testCall());
    expect(calls).to.have.length(2);
    answer(1, answered('whole'));
    expect(await next).to.deep.equal(answered('whole'));
  });

  it('lets nobody wait for an answer that may come after their time', () => {
    const { ask } = share();
    const { calls, question } = createSource();
    const patient = testCall(60_000);
    void ask(question('p'), patient);
    void ask(question('p'), { ...patient, deadline: patient.deadline - 1000 });
    expect(calls).to.have.length(2);
  });

  it('keeps a whole answer for its time, the very value, and nothing else', async () => {
    const { ask } = share(60);
    const { calls, question, answer } = createSource();
    const told: readonly [Asked<string>, number][] = [
      [{ error: new SourceError('unavailable'), fetchedAt: 1, latencyMs: 1 }, 1],
      [answered('half'), 2],
      [answered('whole'), 3],
    ];
    for (const [asked, count] of told) {
      const both = [ask(question('p'), testCall()), ask(question('p'), testCall())];
      answer(count - 1, asked);
      for (const it of await Promise.all(both)) expect(it).to.equal(asked);
      expect(calls).to.have.length(count);
    }
    expect(await ask(question('p'), testCall())).to.equal(told[2]?.[0]);
    expect(calls).to.have.length(3);
  });

  describe('that was answered before', () => {
    const FAILURES: readonly [SourceErrorKind, standsIn: boolean][] = [
      ['timeout', true],
      ['unavailable', true],
      ['throttled', true],
      ['invalid-response', true],
      ['not-known-here', false],
      ['refused', false],
    ];
    afterEach(() => (clock = 0));

    for (const [kind, standsIn] of FAILURES) {
      it(`${standsIn ? 'stands in' : 'never stands in'} where the source now fails as ${kind}`, async () => {
        const { ask, stateOf } = share(10, { staleSeconds: 60 });
        const { calls, question, answer } = createSource();
        const before = ask(question('p'), testCall());
        answer(0, answered('before'));
        await before;
        clock = 10_000;
        expect(stateOf(['p'], testCall())).to.equal('none');
        const error = new SourceError(kind);
        const failed: Asked<string> = { error, fetchedAt: 9, latencyMs: 5 };
        const now = ask(question('p'), testCall());
        answer(1, failed);
        expect(await now).to.deep.equal(
          standsIn ? { value: 'before', fetchedAt: 7, latencyMs: 5, insteadOf: error } : failed,
        );
        // What the source took back it has taken back for good.
        const later = ask(question('p'), testCall());
        answer(2, { ...failed, error: new SourceError('timeout') });
        expect('value' in (await later)).to.equal(standsIn);
        expect(calls).to.have.length(3);
      });
    }

    it('stands in for nobody who wants it fresh, nor where nothing may, nor once all is forgotten', async () => {
      for (const [staleSeconds, fresh, forgets] of [
        [60, true, false],
        [0, false, false],
        [60, false, true],
      ] as const) {
        clock = 0;
        const { ask, forget } = share(10, { staleSeconds });
        const { question, answer } = createSource();
        const before = ask(question('p'), testCall());
        answer(0, answered('before'));
        await before;
        clock = 10_000;
        const now = ask(question('p'), { ...testCall(), ...(fresh && { fresh }) });
        if (forgets) forget();
        answer(1, { error: new SourceError('timeout'), fetchedAt: 9, latencyMs: 5 });
        expect(await now).to.have.property('error');
      }
    });
  });

  it('asks again for a caller who wants it fresh, and keeps that for the others', async () => {
    const { ask } = share(60);
    const { calls, question, answer } = createSource();
    const old = ask(question('p'), testCall());
    const fresh = ask(question('p'), { ...testCall(), fresh: true });
    expect(calls).to.have.length(2);
    answer(1, answered('new'));
    expect(await fresh).to.deep.equal(answered('new'));
    answer(0, answered('old'));
    expect(await old).to.deep.equal(answered('old'));
    expect(await ask(question('p'), testCall())).to.deep.equal(answered('new'));
    expect(calls).to.have.length(2);
  });

  it('forgets all that a source said, and what it is about to say', async () => {
    const { ask, forget } = share(60);
    const { calls, question, answer } = createSource();
    const kept = ask(question('p'), testCall());
    answer(0, answered('kept'));
    await kept;
    const coming = ask(question('q'), testCall());
    forget();
    answer(1, answered('coming'));
    await coming;
    void ask(question('p'), testCall());
    void ask(question('q'), testCall());
    expect(calls).to.have.length(4);
  });
});

describe('a cache of values with a weight', () => {
  it('never holds more than it may, counts what it holds, and keeps the youngest', () => {
    const entry = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), bytes: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (entries) => {
        const cache = createSizedCache(100);
        const weights = new Map<string, number>();
        for (const { key, bytes } of entries) {
          cache.set(key, { bytes }, { seconds: 60, bytes });
          weights.set(key, bytes);
          expect(cache.get(key)).to.deep.equal({ bytes });
          expect(cache.heldBytes()).to.be.at.most(100);
        }
        const held = [...weights].filter(([key]) => cache.get(key) !== undefined);
        expect(cache.heldBytes()).to.equal(held.reduce((sum, [, bytes]) => sum + bytes, 0));
        cache.set('big', {}, { seconds: 60, bytes: 101 });
        expect(cache.get('big')).to.equal(undefined);
        cache.clear();
        expect(cache.heldBytes()).to.equal(0);
        cache.close();
      }),
    );
  });

  it('hands out the very value, and takes no copy', () => {
    const cache = createSizedCache(100);
    const value = Object.freeze({ a: 1 });
    cache.set('a', value, { seconds: 60, bytes: 1 });
    expect(cache.get('a')).to.equal(value);
    cache.close();
  });

  it('weighs no less than the words of a value', () => {
    fc.assert(fc.property(fc.array(fc.string()), (words) => weightOf({ words }) >= words.join('').length));
    expect(weightOf({ a: 'x'.repeat(1000) })).to.be.within(1000, 1100);
  });
});
