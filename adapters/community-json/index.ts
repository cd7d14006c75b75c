import { type Capabilities, defineAdapter } from '../../src/adapter/index.ts';
import type { ResourceType } from '../../src/fhir/index.ts';
import { added, KINDS, map, notCarried, split } from '../../mappings/community-json/index.ts';
import { settings } from './settings.ts';
import { createSource } from './source.ts';

/**
 * The Fellside Community Record: a proprietary JSON API of district nursing, therapies and mental health teams. It is asked
 * for the whole record, since every one of its collections holds parts of several R4 types.
 */
export default defineAdapter({
  name: 'community-json',
  settings,
  capabilities: ({ collections }): Capabilities => ({
    scope: 'record',
    lineage: 'derivation',
    types: Object.fromEntries(
      (['patient', ...collections] as const)
        .flatMap((it) => KINDS[it].types)
        .map((type: ResourceType) => [type, { search: {} }]),
    ),
  }),
  split,
  map,
  notCarried,
  added,
  connect: createSource,
});
