import { expect } from 'chai';
import fc from 'fast-check';
import { createLoad } from '../../src/platform/load.ts';

describe('the load of the process', () => {
  it('lets in as many requests as it may, and each that leaves makes room for one, once', () => {
    const { enter } = createLoad({ maxRequests: 2, maxBytes: 1000 });
    const [first, second] = [enter(), enter()];
    expect(enter()).to.equal(undefined);
    first?.();
    first?.();
    expect(enter()).to.be.a('function');
    expect(enter()).to.equal(undefined);
    second?.();
  });

  it('counts on what requests needed lately, before the bytes of new ones have come', () => {
    const { enter, hold } = createLoad({ maxRequests: 1000, maxBytes: 1000 });
    for (let at = 0; at < 100; at += 1) {
      const leave = enter();
      const over = new AbortController();
      hold(300, over.signal);
      over.abort();
      leave?.();
    }
    const entered = Array.from({ length: 10 }, () => enter()).filter((it) => it !== undefined);
    expect(entered).to.have.length(3);
  });

  it('takes what came for many at once for what each of them needed, not the first that leaves for all of it', () => {
    const { enter, hold } = createLoad({ maxRequests: 1000, maxBytes: 1000 });
    for (let burst = 0; burst < 3; burst += 1) {
      const leaves = Array.from({ length: 9 }, () => enter());
      const over = new AbortController();
      leaves.forEach(() => hold(100, over.signal));
      over.abort();
      leaves[0]?.();
      expect(enter(), 'another in its place').to.be.a('function');
      leaves.slice(1).forEach((it) => it?.());
    }
  });

  it('always lets one in that finds nobody else, and comes back to nothing when all have left', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (sizes, maxRequests) => {
        const { enter, hold, heldBytes } = createLoad({ maxRequests, maxBytes: 1000 });
        const over: (() => void)[] = [];
        for (const size of sizes) {
          const leave = enter();
          if (over.length === 0) expect(leave).to.be.a('function');
          if (!leave) {
            over.shift()?.();
            continue;
          }
          const ends = new AbortController();
          hold(size, ends.signal);
          over.push(() => (ends.abort(), leave()));
        }
        over.forEach((it) => it());
        expect(heldBytes()).to.equal(0);
        enter()?.();
      }),
    );
  });
});
