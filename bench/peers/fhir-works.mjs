/** FHIR Works on AWS routing with the naive search behind it: `node bench/peers/fhir-works.mjs STUB`. */
import express from 'express';
import { generateServerlessRouter } from 'fhir-works-on-aws-routing';
import { naiveSearch } from '../naive-search.ts';

const search = naiveSearch(process.argv[2] ?? '');

const typeSearch = async ({ resourceType, queryParams: { patient } }) => {
  const { total, page } = await search(`/FHIR/R4/${resourceType}?patient=${patient}`);
  const entries = page.map((resource) => ({ search: { mode: 'match' }, fullUrl: resource.id, resource }));
  return { result: { numberOfResults: total, entries } };
};

/** Everybody may read everything here. */
const authorization = {
  verifyAccessToken: async () => ({}),
  getSearchFilterBasedOnIdentity: async () => [],
  authorizeAndFilterReadResponse: async ({ readResponse }) => readResponse,
  getAllowedResourceTypesForOperation: async () => ['Observation'],
  isBundleRequestAuthorized: async () => undefined,
  isWriteRequestAuthorized: async () => undefined,
  isAccessBulkDataJobAllowed: async () => undefined,
};

const router = generateServerlessRouter(
  {
    configVersion: 1,
    validators: [],
    productInfo: { orgName: 'Bench' },
    auth: { authorization, strategy: { service: 'Basic' } },
    server: { url: 'http://127.0.0.1' },
    logging: { level: 'error' },
    profile: {
      fhirVersion: '4.0.1',
      systemOperations: [],
      genericResource: {
        operations: ['search-type'],
        fhirVersions: ['4.0.1'],
        persistence: {},
        typeSearch: { typeSearch, getCapabilities: async () => ({}) },
        typeHistory: {},
      },
    },
  },
  ['Observation'],
);
express().use('/FHIR/R4', router).listen(0, '127.0.0.1');
