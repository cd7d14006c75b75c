import { expect } from 'chai';
import fc from 'fast-check';
import { FaultError, faultOutcome } from '../../src/fhir/index.ts';
import { createSealer } from '../../src/fhir/sealed-id.ts';
import { formPairs } from '../../src/http/call.ts';
import { negotiate } from '../../src/http/negotiate.ts';
import { openPage } from '../../src/search/page.ts';
import { parseSearch, type SearchRequest } from '../../src/search/request/request.ts';
import { HEAVY, type Query, queries } from './queries.ts';
import { type ServedRecord, serveRecord } from './served-record.ts';

/** How long reading a query may take, on a machine that has other things to do. */
const MAX_MS = { any: 100, heaviest: 1000 } as const;

const sealer = createSealer([{ version: 1, secret: 'a secret of the tests, and long enough' }]);
const now = Date.UTC(2026, 0);
const unseal = (type: string, id: string) => sealer.unseal(type, id, ['gp', 'acute']);

/** What the door does with a query before any source is asked. Every type is served: chains and includes reach furthest. */
const read = ({ type, text }: Query, handling: 'strict' | 'lenient' = 'strict'): SearchRequest | FaultError => {
  try {
    const pairs = formPairs(text);
    negotiate(undefined, pairs);
    const token = pairs.find(([name]) => name === '_page')?.[1];
    if (token !== undefined) openPage(sealer, type, { token, now });
    return parseSearch(type, pairs, { handling, now, unseal, base: 'http://localhost/FHIR/R4' });
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
};

/** The least of up to three times that reading takes: only what is slow each time is slow. */
const msToRead = (query: Query, limit: number): number => {
  let least = Infinity;
  for (let tries = 0; tries < 3 && least > limit; tries++) {
    const start = performance.now();
    read(query);
    least = Math.min(least, performance.now() - start);
  }
  return least;
};

describe('whatever a caller asks', () => {
  it('is read, or refused as the caller’s fault, a hundred thousand times, and soon', function () {
    this.timeout(120_000);
    const seen = { criteria: 0, shapes: 0, refused: 0 };
    fc.assert(
      fc.property(queries, fc.constantFrom('strict', 'lenient'), (query, handling) => {
        const start = performance.now();
        const outcome = read(query, handling);
        if (performance.now() - start > MAX_MS.any) expect(msToRead(query, MAX_MS.any)).to.be.below(MAX_MS.any);
        if (outcome instanceof FaultError) {
          expect(faultOutcome(outcome).status).to.be.within(400, 499);
          seen.refused++;
        } else {
          if (outcome.criteria.length > 0) seen.criteria++;
          if (outcome.applied.some(([name]) => /^_(sort|include|revinclude|count|elements)/.test(name))) seen.shapes++;
        }
      }),
      { numRuns: 100_000 },
    );
    // What is made up is not all nonsense: much of it is read to its end.
    expect(seen.criteria).to.be.greaterThan(5000);
    expect(seen.shapes).to.be.greaterThan(1000);
    expect(seen.refused).to.be.greaterThan(10_000);
  });

  for (const [name, text] of HEAVY) {
    it(`is read soon, though it be ${name}`, () => {
      expect(msToRead({ type: 'Observation', text }, MAX_MS.heaviest)).to.be.below(MAX_MS.heaviest);
    });
  }

  describe('over HTTP', function () {
    this.timeout(120_000);
    let served: ServedRecord;
    before(async () => (served = await serveRecord()));
    after(() => served.app.close());

    const ask = async ({ type, text }: Query, isPosted: boolean): Promise<Response> => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const response = await (isPosted
        ? fetch(`${served.app.base}/${type}/_search`, { method: 'POST', headers, body: text })
        : fetch(`${served.app.base}/${type}?${text}`));
      expect(await response.text()).to.match(/Bundle|OperationOutcome/);
      return response;
    };

    it('is answered or refused, two thousand times, and never a fault of ours', async () => {
      const statuses = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(queries, fc.boolean(), async (query, isPosted) => {
          const { status } = await ask(query, isPosted);
          expect(status === 200 || (status >= 400 && status < 500), String(status)).to.equal(true);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }),
        { numRuns: 2000 },
      );
      expect(statuses.get(200)).to.be.greaterThan(100);
      expect(statuses.get(400)).to.be.greaterThan(100);
    });

    it('is answered soon, however much it asks', async () => {
      for (const [name, text] of HEAVY) {
        const start = performance.now();
        const { status } = await ask({ type: 'Observation', text }, true);
        expect(status, name).to.be.oneOf([200, 400, 406, 413]);
        expect(performance.now() - start, name).to.be.below(2000);
      }
    });
  });
});
