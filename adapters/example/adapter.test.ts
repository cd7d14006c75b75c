import { join } from 'node:path';
import { expect } from 'chai';
import nock from 'nock';
import { SourceError } from '../../src/adapter/index.ts';
import type { NhsNumber } from '../../src/fhir/index.ts';
import { adapterContract, testCall, testTools } from '../../test/support/index.ts';
import adapter from './index.ts';
import { simulator } from './simulator.ts';
import { stubVisits } from './stub.ts';

adapterContract({ adapter, simulator, fixtures: join(import.meta.dirname, 'fixtures'), stranger: '9990000212' });

const BASE = 'https://harbour.test/api';
const NHS = '9990000018' as NhsNumber;

describe('the example adapter', () => {
  const tools = testTools();
  const api = stubVisits(BASE);
  const { search } = adapter.connect({ baseUrl: BASE, token: 'token-1' }, tools);
  const ask = () => search!({ patient: NHS, types: ['Encounter'], filters: [], count: 50 }, testCall());
  const kind = (): Promise<string> =>
    ask().then(
      () => 'an answer',
      (error: unknown) => (error instanceof SourceError ? error.kind : String(error)),
    );

  after(() => {
    tools.close();
    nock.cleanAll();
  });

  it('asks by NHS number, with its token', async () => {
    api.answers(NHS, { patient: { no: 1, nhs: NHS }, visits: [{ no: 2 }] });
    expect((await ask()).records.map((it) => `${it.kind}/${it.id}`)).to.deep.equal(['patient/1', 'visits/2']);
  });

  it('tells a patient who is not known from an address that is wrong, and from an answer about nobody', async () => {
    api.knowsNot(NHS);
    expect(await kind()).to.equal('not-known-here');
    api.says(NHS, 404, '<h1>Not found</h1>');
    expect(await kind()).to.equal('refused');
    api.answers(NHS, { visits: [] });
    expect(await kind()).to.equal('invalid-response');
  });
});
