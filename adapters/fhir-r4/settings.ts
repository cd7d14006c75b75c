import {
  booleanField,
  choiceField,
  type Fields,
  groupField,
  integerField,
  mapField,
  optionalField,
  type Pushdown,
  secretField,
  type Settings,
  urlField,
} from '../../src/adapter/index.ts';
import { isResourceType } from '../../src/fhir/index.ts';
import { DEFAULT_TYPES } from './types.ts';

/** What one R4 server is configured with. */
export const settings = {
  baseUrl: urlField('The base URL of the FHIR R4 server.'),
  types: mapField(
    'What the server is asked for, by R4 type; a type left out is never asked for.',
    groupField('A type.', {
      search: optionalField(
        mapField(
          'Present where the server searches the type by `patient`. Its keys are the parameters that it is trusted to apply as well: `exact`, or `superset` where the facade filters again.',
          choiceField<Pushdown>('How well.', ['exact', 'superset']),
        ),
      ),
      read: booleanField('Whether the server reads the type by id.', { fallback: true }),
    }),
    { fallback: DEFAULT_TYPES, keys: isResourceType, keyKind: 'an R4 resource type' },
  ),
  pageSize: integerField('The most entries asked for in one page.', { min: 1, max: 1000, fallback: 200 }),
  maxPages: integerField('Pages followed in one search; beyond it the ledger says `incomplete`.', {
    min: 1,
    max: 1000,
    fallback: 50,
  }),
  bearer: optionalField(secretField('A token sent as `Authorization: Bearer`.')),
  patientIdSeconds: integerField('How long the server’s own id of a patient is remembered, in seconds.', {
    min: 0,
    max: 86_400,
    fallback: 600,
  }),
} satisfies Fields;

export type FhirR4Settings = Settings<typeof settings>;
