import { isObject, list } from '../../../fhir/index.ts';
import { fold, folding, type ParameterKind, unescape } from './kind.ts';

/**
 * Begins with, whatever case and accents; `:exact` and `:contains`. A name or an address matches by any of its parts.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export const string: ParameterKind = {
  modifiers: ['exact', 'contains'],
  expected: 'a text',
  read: (value, { modifier }) => {
    const asked = unescape(value);
    const folded = fold(asked);
    if (folded === '') return undefined;
    if (modifier === 'exact') return (found) => wordsOf(found).includes(asked);
    if (modifier === 'contains') return (found) => foldedWords(found).some((it) => it.includes(folded));
    return (found) => foldedWords(found).some((it) => it.startsWith(folded));
  },
  sortKey: (found) => foldedWords(found)[0],
};

const PARTS = [
  'text',
  'family',
  'given',
  'prefix',
  'suffix',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
  'div',
];

const wordsOf = (found: unknown): readonly string[] => {
  if (typeof found === 'string') return [found];
  if (!isObject(found)) return [];
  return PARTS.flatMap((it) => list(found[it])).filter((it) => typeof it === 'string');
};

const foldedWords = folding(wordsOf);
