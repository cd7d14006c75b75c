import { expect } from 'chai';
import fc from 'fast-check';
import { type Call, MAX_AHEAD, type Page, type Source, SourceError } from '../../src/adapter/index.ts';
import type { NhsNumber } from '../../src/fhir/index.ts';
import { drain } from '../../src/search/ask/drain.ts';
import { createGuard } from '../../src/sources/guard.ts';
import { testCall } from '../support/index.ts';

const QUERY = { patient: '9990000018' as NhsNumber, types: ['Flag'], filters: [], count: 2 } as const;
const FIRST = 'p0';

/** A page that is asked for and not yet answered. */
interface Waiting {
  readonly cursor: string;
  readonly signal: AbortSignal;
  readonly answer: (reply: Page | SourceError) => void;
}

/** A source that answers when it is told to. */
const slowSource = (arrived: (waiting: Waiting) => void = () => undefined) => {
  const waiting = new Map<string, Waiting>();
  const search: Source['search'] = ({ cursor = FIRST }, { signal }) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        waiting.delete(cursor);
        reject(new SourceError('timeout'));
      };
      const answer: Waiting['answer'] = (reply) => {
        waiting.delete(cursor);
        signal.removeEventListener('abort', end);
        if (reply instanceof SourceError) reject(reply);
        else resolve(reply);
      };
      if (waiting.has(cursor)) throw new Error(`${cursor} is asked for twice`);
      signal.addEventListener('abort', end, { once: true });
      const own = { cursor, signal, answer };
      waiting.set(cursor, own);
      arrived(own);
    });
  return { source: { search, health: () => Promise.resolve() }, waiting };
};

const drained = (
  source: Source,
  { maxRecords = 1000, concurrent = 32, call = testCall() }: { maxRecords?: number; concurrent?: number; call?: Call },
) => {
  const guard = createGuard({ concurrent, queued: 0, failures: 0, restMs: 1 }, { now: Date.now });
  const adapter = { name: 'slow', map: () => ({ resources: [] }) };
  const work = (own: Call) => drain({ source, adapter, guard }, QUERY, { maxRecords, call: own });
  return guard
    .run(() => work(call), call.signal)
    .then(
      ({ records, warnings, patientIds, partial }) => ({
        ids: records.map((it) => it.id),
        warnings,
        patientIds,
        partial,
      }),
      (error: unknown) => (error as SourceError).kind,
    );
};

const page = (at: number, more: Partial<Page> = {}): Page => ({
  records: [`${at}a`, `${at}b`].map((id) => ({ types: ['Flag'], kind: 'Flag', id, body: {} })),
  patientIds: ['p'],
  ...more,
});
/** One of so many pages, which says what follows. */
const pageOf = (length: number, at: number): Page =>
  page(at, {
    ...(at + 1 < length && { next: `p${at + 1}` }),
    ahead: Array.from({ length }, (_, it) => `p${it}`).slice(at + 2),
  });
const cursors = (waiting: ReadonlyMap<string, Waiting>): string[] => [...waiting.keys()];
/** Until all that follows from what happened has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('draining a source', () => {
  it('asks for a few pages at once where they are told ahead, and for one more whenever the next one came', async () => {
    const { source, waiting } = slowSource();
    const answer = drained(source, {});
    const rounds: string[][] = [];
    for (let at = 0; at < 8; at += 1) {
      await settled();
      rounds.push(cursors(waiting));
      waiting.get(`p${at}`)!.answer(pageOf(8, at));
    }
    expect(rounds).to.deep.equal([
      ['p0'],
      ['p1', 'p2', 'p3', 'p4'],
      ['p2', 'p3', 'p4', 'p5'],
      ['p3', 'p4', 'p5', 'p6'],
      ['p4', 'p5', 'p6', 'p7'],
      ['p5', 'p6', 'p7'],
      ['p6', 'p7'],
      ['p7'],
    ]);
    expect(await answer)
      .to.have.property('ids')
      .that.has.length(16);
  });

  it('takes places that are free and no other, and goes on without', async () => {
    for (const [concurrent, most] of [
      [1, 1],
      [3, 3],
      [9, 1 + MAX_AHEAD],
    ] as const) {
      let under = 0;
      const { source, waiting } = slowSource(() => (under = Math.max(under, waiting.size)));
      const answer = drained(source, { concurrent });
      for (let at = 0; at < 8; at += 1) {
        await settled();
        waiting.get(`p${at}`)!.answer(pageOf(8, at));
      }
      expect(await answer)
        .to.have.property('ids')
        .that.has.length(16);
      expect(under, `of ${concurrent}`).to.equal(most);
    }
  });

  it('asks for no page ahead that it could not come to', async () => {
    const asked: string[] = [];
    const { source } = slowSource(({ cursor, answer }) => {
      asked.push(cursor);
      answer(pageOf(20, Number(cursor.slice(1))));
    });
    expect(await drained(source, { maxRecords: 5 })).to.deep.include({
      ids: ['0a', '0b', '1a', '1b', '2a'],
      partial: true,
    });
    expect(asked).to.deep.equal(['p0', 'p1', 'p2']);
  });

  /** A walk that waits for the second of five pages, while the third, asked for ahead, has failed. */
  const withThirdPageFailed = async () => {
    const { source, waiting } = slowSource();
    const answer = drained(source, {});
    await settled();
    waiting.get('p0')!.answer(pageOf(5, 0));
    await settled();
    waiting.get('p2')!.answer(new SourceError('wrong-patient'));
    return { waiting, answer };
  };

  it('ends what is under way with the walk, and is harmed by no page that it does not come to', async () => {
    for (const [reply, outcome] of [
      [page(1), undefined],
      [new SourceError('refused'), 'refused'],
    ] as const) {
      const { waiting, answer } = await withThirdPageFailed();
      const left = [waiting.get('p3')!, waiting.get('p4')!];
      waiting.get('p1')!.answer(reply);
      expect(
        outcome ?? { ids: ['0a', '0b', '1a', '1b'], warnings: [], patientIds: ['p'], partial: false },
      ).to.deep.equal(await answer);
      expect(left.map((it) => it.signal.aborted)).to.deep.equal([true, true]);
      expect(cursors(waiting)).to.deep.equal([]);
    }
  });

  it('fails by a page ahead that it comes to', async () => {
    const { waiting, answer } = await withThirdPageFailed();
    waiting.get('p1')!.answer(pageOf(5, 1));
    expect(await answer).to.equal('wrong-patient');
  });

  it('ends all pages with the call, and lets the bytes of those that it uses weigh until then', async () => {
    const end = new AbortController();
    const { source, waiting } = slowSource();
    const answer = drained(source, { call: { ...testCall(), signal: end.signal } });
    await settled();
    waiting.get('p0')!.answer(pageOf(5, 0));
    await settled();
    const all = [...waiting.values()];
    waiting.get('p1')!.answer(pageOf(5, 1));
    waiting.get('p2')!.answer(pageOf(5, 2));
    await settled();
    expect(all.map((it) => it.signal.aborted)).to.deep.equal([false, false, false, false]);
    end.abort();
    expect(await answer).to.equal('timeout');
    expect(all.map((it) => it.signal.aborted)).to.deep.equal([true, true, true, true]);
  });

  it('believes no more of what is told ahead once it was wrong', async () => {
    const asked: string[] = [];
    const { source, waiting } = slowSource(({ cursor }) => asked.push(cursor));
    const answer = drained(source, {});
    for (const [cursor, next] of [
      ['p0', 'p1'],
      ['p1', 'p2'],
      ['p2', 'p3'],
      ['p3', undefined],
    ] as const) {
      await settled();
      const at = Number(cursor.slice(1));
      waiting.get(cursor)!.answer(page(at, { ...(next && { next }), ahead: [`x${at}`, `y${at}`] }));
    }
    expect(await answer)
      .to.have.property('ids')
      .that.has.length(8);
    expect(asked).to.deep.equal(['p0', 'p1', 'x0', 'y0', 'p2', 'p3']);
  });

  it('refuses a page that holds a record of an earlier one, where none may come twice, whichever came first', async () => {
    for (const distinct of [true, undefined]) {
      const { source, waiting } = slowSource();
      const answer = drained(source, {});
      const more = distinct ? { distinct } : {};
      await settled();
      waiting.get('p0')!.answer({ ...pageOf(3, 0), ...more });
      await settled();
      waiting.get('p2')!.answer({ ...pageOf(3, 0), next: 'p9', ...more });
      waiting.get('p1')!.answer({ ...pageOf(3, 1), ...more });
      await settled();
      waiting.get('p9')?.answer({ ...page(9), ...more });
      const outcome = await answer;
      if (distinct) expect(outcome).to.equal('invalid-response');
      else expect(outcome).to.have.property('ids').that.has.length(8);
    }
  });

  it('gives the same answer whatever pages say of those ahead, in whatever order they come', async () => {
    const cursor = fc.nat(9).map((at) => `p${at}`);
    const reply = fc.record({
      size: fc.nat(2),
      next: fc.option(cursor, { nil: undefined }),
      fails: fc.option(fc.constantFrom('refused', 'wrong-patient', 'unavailable' as const), {
        nil: undefined,
        freq: 8,
      }),
      ahead: fc.array(fc.oneof(cursor, fc.constant('nowhere')), { maxLength: 6 }),
    });
    const chain = fc.oneof(
      fc.array(reply, { minLength: 1, maxLength: 8 }),
      // Mostly straight, with guesses that are right as often as not.
      fc.array(reply, { minLength: 1, maxLength: 8 }).map((all) =>
        all.map((it, at) => ({
          ...it,
          next: at + 1 < all.length ? `p${at + 1}` : undefined,
          ahead: it.size === 0 ? it.ahead : [`p${at + 2}`, `p${at + 3}`, ...it.ahead],
        })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        chain,
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.nat(4)),
        async (all, maxRecords, order) => {
          const replyTo = (asked: string, tells: boolean): Page | SourceError => {
            const it = all[Number(asked.slice(1))];
            if (!it) return page(9);
            if (it.fails) return new SourceError(it.fails);
            const { records } = page(Number(asked.slice(1)));
            return {
              records: records.slice(0, it.size),
              warnings: [{ code: asked }],
              ...(it.next !== undefined && { next: it.next }),
              ...(tells && { ahead: it.ahead }),
            };
          };
          const inOrder = await drained(
            slowSource(({ cursor: asked, answer }) => answer(replyTo(asked, false))).source,
            { maxRecords },
          );
          const { source, waiting } = slowSource();
          const end = { over: false };
          const told = drained(source, { maxRecords }).finally(() => (end.over = true));
          await settled();
          while (!end.over) {
            const under = [...waiting.values()];
            expect(under.length).to.be.within(1, 1 + MAX_AHEAD);
            const one = under[order.next().value % under.length]!;
            one.answer(replyTo(one.cursor, true));
            await settled();
          }
          expect(await told).to.deep.equal(inOrder);
          expect(cursors(waiting)).to.deep.equal([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
