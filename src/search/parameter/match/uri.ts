import { type ParameterKind, unescape } from './kind.ts';

/**
 * The very same URI; `:below` what it is a prefix of, `:above` what is a prefix of it.
 * @see https://hl7.org/fhir/R4/search.html#uri
 */
export const uri: ParameterKind = {
  modifiers: ['below', 'above'],
  expected: 'a URI',
  read: (value, { modifier }) => {
    const asked = unescape(value);
    if (!/^\S+$/.test(asked)) return undefined;
    if (modifier === 'below') return (found) => typeof found === 'string' && found.startsWith(asked);
    if (modifier === 'above') return (found) => typeof found === 'string' && asked.startsWith(found);
    return (found) => found === asked;
  },
  sortKey: (found) => (typeof found === 'string' ? found : undefined),
};
