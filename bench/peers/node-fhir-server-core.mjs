/** node-fhir-server-core with the naive search behind it: `node bench/peers/node-fhir-server-core.mjs STUB`. */
import core from '@asymmetrik/node-fhir-server-core';
import { naiveSearch } from '../naive-search.ts';

const find = naiveSearch(process.argv[2] ?? '');

const search = async ({ patient }) => {
  const { total, page } = await find(`/FHIR/R4/Observation?patient=${patient}`);
  const entry = page.map((resource) => ({ search: { mode: 'match' }, fullUrl: resource.id, resource }));
  return { resourceType: 'Bundle', type: 'searchset', total, entry };
};

core.loggers.initialize();
const profiles = { Observation: { service: { search }, versions: ['4_0_0'] } };
core.initialize({ profiles, logging: { level: 'error' }, server: {} }).app.listen(0, '127.0.0.1');
