import { expect } from 'chai';
import {
  isBadRequestError,
  isInvalidSearchParameterError,
  isMethodNotAllowed,
  isResourceNotFoundError,
  isResourceVersionNotFoundError,
  isUnauthorizedError,
  type Search,
  type SearchFilter,
  type SearchResult,
  type TypeSearchRequest,
} from 'fhir-works-on-aws-interface';
import { type Held, memorySource } from '../adapters/memory/index.ts';
import { simulator } from '../adapters/community-json/simulator.ts';
import { dataDirectory, type RunningSource, serveSimulator } from '../sandbox/serve.ts';
import type { CapabilityStatement, FhirResource, Json, OperationOutcome, Patient } from '../src/fhir/index.ts';
import { createFhirWorks, type FhirWorks } from '../src/fwoa.ts';
import { silentLog } from '../src/platform/log.ts';
import { testConfig, type TestSource } from './support/app.ts';

const BASE = 'https://host.example/fhir';
const NHS = '9990000018';
const OTHER = '9990000026';
const person = (id: string, value: string): Json => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value }],
});
const flag = (id: string, more: object = {}): Json => ({
  resourceType: 'Flag',
  id,
  status: 'active',
  code: { text: id },
  subject: { reference: 'Patient/p' },
  ...more,
});
const practitioner: Json = { resourceType: 'Practitioner', id: 'd', name: [{ family: 'Okafor' }] };
const records = {
  [NHS]: [
    person('p', NHS),
    practitioner,
    flag('a', { meta: { versionId: '7' }, author: { reference: 'Practitioner/d' } }),
    flag('b'),
    flag('c'),
  ],
};
const types = ['Patient', 'Flag', 'Practitioner'] as const;
const EVERY = ['Patient', 'Flag', 'Practitioner', 'Provenance', 'AllergyIntolerance', 'Encounter'];

describe('a FHIR Works host that mounts the facade', () => {
  const open: { close: () => Promise<void> }[] = [];
  afterEach(async () => {
    for (const it of open.splice(0)) await it.close();
  });
  const mount = async (sources: readonly TestSource[]): Promise<FhirWorks> => {
    const { config, load } = testConfig(sources);
    const services = await createFhirWorks(config, { base: BASE, log: silentLog, load });
    open.push(services);
    return services;
  };
  const memory = (id: string, more: Partial<Held> = {}): TestSource => ({
    id,
    adapter: memorySource({ types: [...types], records, ...more }),
  });
  /** Searches for a type as a host does. */
  const ask = async (
    search: Search,
    resourceType: string,
    { query, ...more }: { query: object } & Partial<TypeSearchRequest>,
  ): Promise<SearchResult> => {
    const asked = { resourceType, queryParams: query, baseUrl: BASE, allowedResourceTypes: EVERY, ...more };
    return (await search.typeSearch(asked)).result;
  };
  const shown = ({ entries }: SearchResult, mode: string): string[] =>
    entries.filter((it) => it.search.mode === mode).map((it) => (it.resource as FhirResource).resourceType);
  const accountOf = ({ entries }: SearchResult): string[] => {
    const last = entries.at(-1)!;
    expect(last.search.mode).to.equal('outcome');
    return (last.resource as OperationOutcome).issue.map((it) => it.details?.coding?.[0]?.code ?? '');
  };
  const thrown = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'nothing was thrown',
      (error: unknown) => error,
    );

  describe('searches', () => {
    it('finds what the sources hold, under the host’s URL, with the ledger last', async () => {
      const { search } = await mount([memory('one'), memory('two')]);
      const result = await ask(search, 'Flag', { query: { patient: NHS } });
      expect(result.numberOfResults).to.equal(6);
      expect(shown(result, 'match')).to.deep.equal(Array(6).fill('Flag'));
      for (const { fullUrl, resource, search: own } of result.entries) {
        if (own.mode === 'outcome') expect(fullUrl).to.match(/^urn:uuid:[0-9a-f-]{36}$/);
        else expect(fullUrl).to.equal(`${BASE}/Flag/${(resource as FhirResource).id!}`);
      }
      expect(accountOf(result)).to.deep.equal(['answered', 'answered']);
      expect(result.message).to.contain('complete');
      expect(result).to.not.have.any.keys('nextResultUrl', 'firstResultUrl', 'previousResultUrl', 'lastResultUrl');
    });

    it('says what is missing when a source fails, and fails when all do, with a status its host passes on', async () => {
      const { search } = await mount([memory('one'), memory('two', { fails: 'unavailable' })]);
      const result = await ask(search, 'Flag', { query: { patient: NHS } });
      expect(result.numberOfResults).to.equal(3);
      expect(accountOf(result)).to.deep.equal(['answered', 'unavailable']);
      expect(result.message).to.contain('partial');

      for (const [kind, status] of [
        ['unavailable', 502],
        ['timeout', 504],
      ] as const) {
        const dead = await mount([memory('one', { fails: kind }), memory('two', { fails: kind })]);
        const error = await thrown(ask(dead.search, 'Flag', { query: { patient: NHS } }));
        // The three fields by which http-errors, and so FHIR Works' routing, knows an error that it may tell.
        expect(error).to.include({ name: 'UpstreamError', status, statusCode: status, expose: true });
        expect((error as Error).message).to.match(/one record \(source one\).*two record \(source two\)/);
        expect((error as Error).message).to.not.contain(NHS);
      }
    });

    it('walks through pages by the links, as the host hands their query back', async () => {
      const { search } = await mount([memory('one'), memory('two')]);
      const seen: string[] = [];
      let query: object = { patient: NHS, _count: '4', _total: 'none' };
      for (let pages = 0; pages < 5; pages += 1) {
        const result = await ask(search, 'Flag', { query });
        expect(result.numberOfResults).to.equal(6);
        seen.push(
          ...result.entries.filter((it) => it.search.mode === 'match').map((it) => (it.resource as FhirResource).id!),
        );
        if (result.nextResultUrl === undefined) break;
        expect(result.nextResultUrl.startsWith(`${BASE}/Flag?`)).to.equal(true);
        query = Object.fromEntries(new URL(result.nextResultUrl).searchParams);
      }
      expect(seen).to.have.length(6);
      expect(new Set(seen).size).to.equal(6);
      const { nextResultUrl } = await ask(search, 'Flag', { query: { patient: NHS, _count: '4' } });
      const { firstResultUrl } = await ask(search, 'Flag', {
        query: Object.fromEntries(new URL(nextResultUrl!).searchParams),
      });
      expect(firstResultUrl).to.equal(`${BASE}/Flag?patient=${NHS}&_count=4`);
    });

    it('takes parameters that are given several times, and includes only what the caller may see', async () => {
      const { search } = await mount([memory('one')]);
      const query = { patient: NHS, _include: ['Flag:author', 'Flag:patient'], _revinclude: 'Provenance:target' };
      const all = await ask(search, 'Flag', { query });
      expect(new Set(shown(all, 'include'))).to.deep.equal(new Set(['Patient', 'Practitioner', 'Provenance']));
      const some = await ask(search, 'Flag', { query, allowedResourceTypes: ['Flag', 'Patient'] });
      expect(shown(some, 'include')).to.deep.equal(['Patient']);
    });

    it('lets a caller see a patient only where the host’s filters do, before any source is asked', async () => {
      let asked = 0;
      const { search } = await mount([memory('one', { asked: () => (asked += 1) })]);
      const references = (
        value: string[],
        logicalOperator: 'AND' | 'OR' = 'OR',
        key = '_references',
      ): SearchFilter => ({ key, value, comparisonOperator: '==', logicalOperator });
      const may = async (type: string, searchFilters: SearchFilter[]): Promise<boolean> =>
        ask(search, type, { query: type === 'Patient' ? { identifier: NHS } : { patient: NHS }, searchFilters }).then(
          () => true,
          (error: unknown) => {
            expect(isUnauthorizedError(error)).to.equal(true);
            return false;
          },
        );
      expect(await may('Flag', [references([`${BASE}/Patient/${OTHER}`])])).to.equal(false);
      expect(await may('Flag', [references([`Patient/${NHS}`], 'AND', 'meta.security.code')])).to.equal(false);
      expect(await may('Flag', [references([NHS], 'OR', 'id')])).to.equal(false);
      expect(await may('Flag', [{ ...references([`Patient/${OTHER}`], 'AND'), comparisonOperator: '!=' }])).to.equal(
        false,
      );
      expect(
        isUnauthorizedError(
          await thrown(ask(search, 'Flag', { query: { patient: NHS }, allowedResourceTypes: ['Patient'] })),
        ),
      ).to.equal(true);
      expect(asked).to.equal(0);
      expect(await may('Flag', [references([`Patient/${OTHER}`, `Patient/${NHS}`])])).to.equal(true);
      expect(await may('Flag', [references([`${BASE}/Patient/${NHS}`], 'AND')])).to.equal(true);
      expect(await may('Patient', [references([`Patient/${OTHER}`]), references([NHS], 'OR', 'id')])).to.equal(true);
      expect(asked).to.be.greaterThan(0);
    });

    it('refuses what it cannot do as FHIR Works refuses it', async () => {
      const { search } = await mount([memory('one')]);
      for (const [query, says] of [
        [{}, 'patient'],
        [{ patient: '9990000019' }, 'patient'],
        [{ patient: NHS, colour: 'red' }, 'colour'],
        [{ patient: { in: NHS } }, 'name and its value'],
        [{ _page: 'forged' }, '_page'],
      ] as const) {
        const error = await thrown(ask(search, 'Flag', { query }));
        expect(isInvalidSearchParameterError(error), JSON.stringify(query)).to.equal(true);
        expect((error as Error).message).to.contain(says);
      }
      expect(
        isBadRequestError(await thrown(ask(search, 'Flag', { query: { patient: NHS }, tenantId: 't1' }))),
      ).to.equal(true);
      expect(isMethodNotAllowed(await thrown(search.globalSearch({ baseUrl: BASE })))).to.equal(true);
    });

    it('tells what a subscription may ask for', async () => {
      const { search } = await mount([memory('one')]);
      search.validateSubscriptionSearchCriteria(`Flag?patient=${NHS}&date=2024`);
      for (const wrong of ['Flag', 'Flag?date=2024', `Flag?patient=${NHS}&colour=red`, `Unicorn?patient=${NHS}`, ''])
        expect(() => search.validateSubscriptionSearchCriteria(wrong), wrong)
          .to.throw()
          .with.property('isInvalidSearchParameterError', true);
    });

    it('lists its parameters and includes by type, for the host’s own statement', async () => {
      const { search } = await mount([memory('one')]);
      const { Flag, Patient: patient } = await search.getCapabilities();
      expect(Flag!.searchParam.map((it) => it.name)).to.include.members(['patient', 'author', '_id', '_lastUpdated']);
      expect(Flag!.searchInclude).to.include('Flag:author');
      expect(patient!.searchRevInclude).to.include('Flag:patient');
    });
  });

  describe('reads', () => {
    it('reads what a search found, and the federated Patient', async () => {
      const { search, persistence } = await mount([memory('one')]);
      const { entries } = await ask(search, 'Flag', { query: { patient: NHS, _sort: '_id' } });
      for (const { resource, search: own } of entries) {
        if (own.mode === 'outcome') continue;
        const { id } = resource as FhirResource;
        const read = await persistence.readResource({ resourceType: 'Flag', id: id! });
        expect(read.resource).to.deep.equal(resource);
      }
      const found = await persistence.readResource({ resourceType: 'Patient', id: NHS });
      expect((found.resource as Patient).id).to.equal(NHS);
    });

    it('reads a version that the source holds now, and no other', async () => {
      const { search, persistence } = await mount([memory('one')]);
      const { entries } = await ask(search, 'Flag', { query: { patient: NHS } });
      const { id } = entries.map((it) => it.resource as FhirResource).find((it) => it.meta?.versionId === '7')!;
      const asked = { resourceType: 'Flag', id: id! };
      expect((await persistence.vReadResource({ ...asked, vid: '7' })).resource).to.have.property('id', id);
      const error = await thrown(persistence.vReadResource({ ...asked, vid: '6' }));
      expect(isResourceVersionNotFoundError(error)).to.equal(true);
    });

    it('does not find what is not there, and says so without naming a patient', async () => {
      const { persistence } = await mount([memory('one')]);
      for (const [resourceType, id] of [
        ['Flag', 'a'],
        ['Flag', 'x'.repeat(54)],
        ['Patient', OTHER],
      ] as const) {
        const error = await thrown(persistence.readResource({ resourceType, id }));
        expect(isResourceNotFoundError(error), id).to.equal(true);
        expect(JSON.stringify(error) + (error as Error).message).to.not.contain(OTHER);
      }
      expect(isBadRequestError(await thrown(persistence.readResource({ resourceType: 'Claim', id: 'a' })))).to.equal(
        true,
      );
      const dead = await mount([memory('one', { fails: 'unavailable' })]);
      expect(await thrown(dead.persistence.readResource({ resourceType: 'Patient', id: NHS }))).to.include({
        statusCode: 502,
      });
    });

    it('allows nothing that writes, and has no history', async () => {
      const { persistence, history, bundle } = await mount([memory('one')]);
      const flagged = { resourceType: 'Flag', id: 'a', resource: {}, baseUrl: BASE };
      for (const refused of [
        persistence.createResource(flagged),
        persistence.conditionalCreateResource(flagged, {}),
        persistence.updateResource(flagged),
        persistence.conditionalUpdateResource(flagged, {}),
        persistence.patchResource(flagged),
        persistence.conditionalPatchResource(flagged, {}),
        persistence.deleteResource(flagged),
        persistence.conditionalDeleteResource(flagged, {}),
        history.instanceHistory(flagged),
        history.typeHistory(flagged),
        history.globalHistory(flagged),
        bundle.transaction({ requests: [], startTime: new Date(0) }),
      ])
        expect(isMethodNotAllowed(await thrown(refused))).to.equal(true);
      expect(persistence.updateCreateSupported).to.equal(false);
      expect(await persistence.getActiveSubscriptions({})).to.deep.equal([]);
    });

    it('reads in a batch, where each entry succeeds or fails alone', async () => {
      const { bundle } = await mount([memory('one')]);
      const entry = { resource: '', fullUrl: '' };
      const { success, batchReadWriteResponses } = await bundle.batch({
        startTime: new Date(0),
        requests: [
          { ...entry, operation: 'read', resourceType: 'Patient', id: NHS },
          { ...entry, operation: 'read', resourceType: 'Flag', id: 'none' },
          { ...entry, operation: 'create', resourceType: 'Flag', id: '' },
        ],
      });
      expect(success).to.equal(true);
      expect(batchReadWriteResponses.map((it) => it.error)).to.deep.equal([
        undefined,
        '404 Not Found',
        '405 Method Not Allowed',
      ]);
      expect(batchReadWriteResponses[0]!.resource).to.have.property('id', NHS);
    });
  });

  it('hands out its CapabilityStatement, of R4 only', async () => {
    const { capabilities } = await mount([memory('one')]);
    const answer = await capabilities.capabilities({ fhirVersion: '4.0.1', mode: 'full' });
    const { implementation, rest } = answer.resource as CapabilityStatement;
    expect(implementation?.url).to.equal(BASE);
    expect(rest![0]!.resource!.map((it) => it.type)).to.include.members([...types]);
    const wrong = await thrown(capabilities.capabilities({ fhirVersion: '3.0.1', mode: 'full' }));
    expect(isBadRequestError(wrong)).to.equal(true);
  });

  describe('over a source that speaks its own dialect', () => {
    let community: RunningSource;
    const PEOPLE = new URL('../sandbox/people/community-json', import.meta.url).pathname;
    beforeEach(async () => {
      community = await serveSimulator(simulator, dataDirectory(PEOPLE));
      open.push(community);
    });

    it('finds and reads UK Core, and tells when the source is down', async () => {
      const { search, persistence } = await mount([
        { id: 'community', adapter: 'community-json', settings: community.settings },
      ]);
      const result = await ask(search, 'AllergyIntolerance', { query: { patient: NHS } });
      expect(result.numberOfResults).to.be.greaterThan(0);
      const resource = result.entries[0]!.resource as FhirResource;
      const { id, meta } = resource;
      expect(meta?.source).to.equal('urn:pcr:source:community');
      expect((await persistence.readResource({ resourceType: 'AllergyIntolerance', id: id! })).resource).to.deep.equal(
        resource,
      );
      community.setFault({ fault: 'down' });
      expect(await thrown(ask(search, 'AllergyIntolerance', { query: { patient: NHS } }))).to.include({
        statusCode: 502,
      });
    });
  });
});
