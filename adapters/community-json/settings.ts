import {
  choiceField,
  integerField,
  listField,
  secretField,
  type Settings,
  textField,
  urlField,
} from '../../src/adapter/index.ts';
import { COLLECTIONS, type Collection } from '../../mappings/community-json/index.ts';

/** What a Fellside Community Record is configured with. */
export const settings = {
  baseUrl: urlField('Where the API lives: `oauth/token` and `api/v2` are below it.'),
  clientId: textField('The client id that the supplier gave.'),
  clientSecret: secretField('The secret that belongs to it.'),
  pageSize: integerField('How many entries to ask for at once.', { min: 1, max: 200, fallback: 100 }),
  collections: listField<Collection>(
    'The collections that the sharing agreement covers.',
    choiceField('A collection of the API.', COLLECTIONS),
    { fallback: COLLECTIONS },
  ),
};

export type CommunitySettings = Settings<typeof settings>;
