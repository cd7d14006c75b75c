import { DATA_ABSENT_REASON, type Hook, ourExtension, text } from '../../src/fhir/index.ts';
import { ABSENT } from './references.ts';

const MASKED = { extension: [{ url: DATA_ABSENT_REASON, valueCode: 'masked' }] } as const;
/** Where a document was too large or is missing, suppliers write an address that leads nowhere. */
const NOWHERE = /AbsentAttachment|^file:/i;
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/;

/**
 * An attachment without its address: a supplier's URL names its inner hosts and would be followed with our credentials.
 * That there is content which is not handed on, or none at all, is said in its place; a sentence in place of a mime type
 * stays as text.
 */
export const readAttachment: Hook = (given, _, note) => {
  const { url, contentType, ...rest } = given;
  const address = text(url);
  const type = text(contentType);
  const isWords = type !== undefined && !MIME_TYPE.test(type);
  if (address !== undefined) note('foreign-link', 'url');
  if (isWords) note('invalid-value', 'contentType');
  return {
    ...(isWords
      ? { _contentType: { extension: [{ url: ourExtension('source-text'), valueString: type }] } }
      : { contentType }),
    ...rest,
    ...(rest['data'] === undefined && { _url: address === undefined || NOWHERE.test(address) ? ABSENT : MASKED }),
  };
};
