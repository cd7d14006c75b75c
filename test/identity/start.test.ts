import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import type { AdapterDefinition } from '../../src/adapter/index.ts';
import { startTestApp } from '../support/app.ts';

const one = memorySource({ types: ['Patient'], records: {} });
const tracing = memorySource({ types: [], records: {}, traces: {} });
const identity = { cacheSeconds: 300, quarantineAt: 2 };

/** The lines with which a start fails. */
const fault = async (adapter: AdapterDefinition, source: string): Promise<string> => {
  try {
    await (await startTestApp([{ id: 'one', adapter }], { identity: { ...identity, source } })).close();
    return 'it started';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('the start with an identity source', () => {
  it('stops where the config names a source that is not there, or that does not trace', async () => {
    expect(await fault(one, 'none')).to.contain('identity.source: expected the id of one of the sources');
    expect(await fault(one, 'one')).to.contain('identity.source: expected a source that traces NHS numbers');
    expect(await fault(tracing, 'one')).to.equal('it started');
  });

  it('stops where an adapter claims to trace and cannot, or can and does not say so', async () => {
    const claims: AdapterDefinition = {
      ...one,
      capabilities: (settings) => ({ ...one.capabilities(settings), traces: true }),
    };
    expect(await fault(claims, 'one')).to.contain('claims trace and has no method for it');
    const hides: AdapterDefinition = {
      ...tracing,
      capabilities: () => ({ scope: 'type', lineage: 'quotation', types: {} }),
    };
    expect(await fault(hides, 'one')).to.contain('does not claim trace and has a method for it');
  });
});
