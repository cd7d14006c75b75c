import { expect } from 'chai';
import { SourceError } from '../../src/adapter/index.ts';
import type { Result } from '../../src/search/ask/fan-out.ts';
import { createRecall, type Made, type Recall } from '../../src/search/recall.ts';
import { markKept } from '../../src/sources/kept.ts';

const NOW = 1_000_000;
const source = {} as Result['source'];

const answered = (...parts: readonly object[]): Result => ({
  source,
  outcome: 'answered',
  answer: { records: [], patientIds: [], partial: false, map: () => ({ resources: [] }) },
  parts,
  fetchedAt: NOW,
  latencyMs: 1,
});
const kept = (until = NOW + 60_000): object => {
  const asked = {};
  markKept(asked, until);
  return asked;
};

describe('recalling a page', () => {
  const open: Recall[] = [];
  const recalling = (maxBytes = 10_000) => {
    const recall = createRecall(maxBytes, { now: () => NOW });
    open.push(recall);
    let made = 0;
    const make = (): Promise<Made<{ readonly number: number }>> =>
      Promise.resolve({ value: { number: ++made }, isWhole: true });
    return { recall, make, made: () => made };
  };
  after(() => open.forEach((it) => it.close()));

  it('makes it once of the very same answers to the very same question, and hands out the very same', async () => {
    const { recall, make, made } = recalling();
    const results = [answered(kept()), answered(kept(), kept()), { source, outcome: 'not-asked' } as const];
    const first = await recall.of(results, ['q', 1], make);
    expect(await recall.of(results, ['q', 1], make)).to.equal(first);
    expect(made()).to.equal(1);
  });

  it('makes another of another question, and of any answer that is another, be it word for word the same', async () => {
    const { recall, make, made } = recalling();
    const seen = kept();
    const [gp, acute] = [answered(kept()), answered(seen)];
    for (const [results, question] of [
      [[gp, acute], 'q'],
      [[gp, acute], 'r'],
      [[gp], 'q'],
      [[acute, gp], 'q'],
      [[gp, answered(kept())], 'q'],
      [[gp, answered(seen, kept())], 'q'],
    ] as const)
      await recall.of(results, question, make);
    expect(made()).to.equal(6);
  });

  it('recalls nothing of a failure, of a source that could not be asked, or of an answer good for one time', async () => {
    const gp = answered(kept());
    const error = new SourceError('unavailable');
    for (const other of [
      { source, outcome: 'failed', error, fetchedAt: NOW, latencyMs: 1 },
      { source, outcome: 'withheld' },
      { source, outcome: 'untraced' },
      answered({}),
      answered(kept(), {}),
    ] as const satisfies readonly Result[]) {
      const { recall, make, made } = recalling();
      for (let time = 0; time < 2; time++) await recall.of([gp, other], 'q', make);
      expect(made(), other.outcome).to.equal(2);
    }
    const { recall, make, made } = recalling();
    for (let time = 0; time < 2; time++) await recall.of([{ source, outcome: 'not-asked' }], 'q', make);
    expect(made()).to.equal(2);
  });

  it('recalls nothing that went without something, and nothing past the time of one of its answers', async () => {
    const { recall, make, made } = recalling();
    const half = async () => ({ ...(await make()), isWhole: false });
    const results = [answered(kept())];
    for (let time = 0; time < 2; time++) await recall.of(results, 'q', half);
    expect(made()).to.equal(2);
    const ended = [answered(kept()), answered(kept(NOW))];
    for (let time = 0; time < 2; time++) await recall.of(ended, 'q', make);
    expect(made()).to.equal(4);
  });

  it('holds no more than it may: the oldest makes room', async () => {
    const { recall, make, made } = recalling(100);
    const results = [answered(kept())];
    // Each weighs 40.
    for (const question of ['a', 'b', 'c', 'c', 'b', 'a']) await recall.of(results, question, make);
    expect(made()).to.equal(4);
  });
});
