import { type Capabilities, defineAdapter } from '../../src/adapter/index.ts';
import { added, map, notCarried, split } from '../../mappings/uk-core-r4/index.ts';
import { createServer } from './server.ts';
import { settings } from './settings.ts';
import { createSource } from './source.ts';

/** A server that speaks FHIR R4, such as an acute trust's: one search per type, by the server's own id of the patient. */
export default defineAdapter({
  name: 'fhir-r4',
  settings,
  capabilities: ({ types }): Capabilities => ({
    scope: 'type',
    lineage: 'quotation',
    types: Object.fromEntries(
      Object.entries(types).map(([type, { search, read }]) => [
        type,
        { ...(search && { search }), ...(read && { read: true }) },
      ]),
    ),
  }),
  split,
  map,
  notCarried,
  added,
  connect: (given, tools) => createSource(given, { server: createServer(given, tools), tools }),
});
