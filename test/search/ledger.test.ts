import { expect } from 'chai';
import { memorySource } from '../../adapters/memory/index.ts';
import { SourceError } from '../../src/adapter/index.ts';
import type { OperationOutcome } from '../../src/fhir/index.ts';
import { startTestApp } from '../support/index.ts';

describe('the ledger', () => {
  it('gives the code of a refusal, and a value set that came as its system beside it: no validator would take it', async () => {
    const reason = { system: 'http://fhir.nhs.net/ValueSet/gpconnect-schedule-response-code-1-0', code: '403' };
    const refuse = (): Promise<never> => Promise.reject(new SourceError('refused', { reason }));
    const adapter = {
      ...memorySource({ types: ['Flag'], records: {} }),
      connect: () => ({ search: refuse, read: refuse, health: refuse }),
    };
    const app = await startTestApp([{ id: 'gp', adapter }]);
    try {
      const response = await fetch(`${app.base}/Flag?patient=9990000018`);
      const outcome = (await response.json()) as OperationOutcome;
      const coding = outcome.issue.flatMap((it) => it.details?.coding ?? []);
      expect(coding.find((it) => it.code === '403')).to.have.nested.property(
        '_system.extension[0].valueString',
        reason.system,
      );
      expect(coding.filter((it) => it.system?.includes('/ValueSet/'))).to.deep.equal([]);
    } finally {
      await app.close();
    }
  });
});
