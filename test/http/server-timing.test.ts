import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import { ourExtension, type OperationOutcome } from '../../src/fhir/index.ts';
import { serverTiming } from '../../src/http/server-timing.ts';
import { startTestApp } from '../support/app.ts';

const NHS = '9990000018';

const account = (...took: readonly (readonly [source: string, ms: number | undefined])[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: took.map(([source, ms]) => ({
    severity: 'information',
    code: 'informational',
    extension: [
      {
        url: ourExtension('ledger'),
        extension: [
          { url: 'source', valueCode: source },
          ...(ms === undefined ? [] : [{ url: 'latencyMs', valueUnsignedInt: ms }]),
        ],
      },
    ],
  })),
});

describe('Server-Timing', () => {
  it('says what each source took that was asked, and the whole', () => {
    expect(serverTiming(account(['gp', 203], ['acute', 40], ['other', undefined]), 215.04)).to.equal(
      'gp;dur=203, acute;dur=40, total;dur=215.0',
    );
  });

  it('says of a source that took longer than the whole that its answer was kept', () => {
    expect(serverTiming(account(['gp', 203]), 1.2)).to.equal('gp;desc="kept", total;dur=1.2');
  });

  it('says the whole alone where there is no account', () => {
    expect(serverTiming({ resourceType: 'Patient' }, 3)).to.equal('total;dur=3.0');
  });

  it('stands on answers of the door, in the order of the account', async () => {
    const app = await startTestApp(
      ['one', 'two'].map((id) => ({ id, adapter: memorySource({ types: ['Flag'], records: {} }) })),
    );
    try {
      const found = await fetch(`${app.base}/Flag?patient=${NHS}`);
      expect(found.headers.get('server-timing')).to.match(/^one;\w+=[\w"]+, two;\w+=[\w"]+, total;dur=[\d.]+$/);
    } finally {
      await app.close();
    }
  });
});
