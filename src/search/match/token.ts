import { requiredCodes } from '../../fhir/definitions/index.ts';
import { isObject, objects } from '../../fhir/index.ts';
import { fold, type ParameterKind, type Reading, splitAt, type Test, unescape } from './kind.ts';

/**
 * `code`, `system|code`, `|code` (no system) or `system|`; `:not`, `:text`, `:of-type`, and `:in` for the value sets of FHIR
 * itself that can be listed.
 * @see https://hl7.org/fhir/R4/search.html#token
 */
export const token: ParameterKind = {
  modifiers: ['not', 'text', 'in', 'of-type'],
  expected: 'a code, system|code, |code or system|',
  read: (value, { modifier }: Reading): Test | undefined => {
    if (modifier === 'text') return textTest(value);
    if (modifier === 'in') return inTest(value);
    if (modifier === 'of-type') return ofTypeTest(value);
    return codeTest(value);
  },
  sortKey: (found) => tokensOf(found).map((it) => it.code)[0],
};

const codeTest = (value: string): Test | undefined => {
  const parts = splitAt('|', value).map(unescape);
  if (parts.length > 2 || parts.every((it) => it === '')) return undefined;
  const [system, code] = parts.length === 2 ? parts : [undefined, parts[0]];
  return (found) =>
    tokensOf(found).some(
      (it) =>
        (code === '' || it.code === code) &&
        (system === undefined || (system === '' ? it.system === undefined : it.system === system)),
    );
};

/** Words that a code's text or display begins with. */
const textTest = (value: string): Test | undefined => {
  const words = fold(unescape(value));
  return words === '' ? undefined : (found) => textsOf(found).some((it) => fold(it).startsWith(words));
};

const inTest = (value: string): Test | undefined => {
  const [, name] = /^http:\/\/hl7\.org\/fhir\/ValueSet\/([a-z0-9-]+)$/.exec(unescape(value)) ?? [];
  const allowed = name === undefined ? [] : Object.entries(requiredCodes(name));
  if (allowed.length === 0) return undefined;
  return (found) =>
    tokensOf(found).some((it) =>
      allowed.some(([system, codes]) => codes.includes(it.code) && (it.system === undefined || it.system === system)),
    );
};

/** An identifier by the system and code of its type and its value: `system|code|value`. */
const ofTypeTest = (value: string): Test | undefined => {
  const parts = splitAt('|', value).map(unescape);
  const [system, code, identifier] = parts;
  if (parts.length !== 3 || !code || !identifier) return undefined;
  return (found) =>
    isObject(found) &&
    found['value'] === identifier &&
    tokensOf(found['type']).some((it) => it.code === code && (system === '' || it.system === system));
};

interface Token {
  readonly system?: string;
  readonly code: string;
}

/** The tokens in a value: a coding, a concept's codings, an identifier, a contact point, a code or a flag. */
const tokensOf = (found: unknown): readonly Token[] => {
  if (typeof found === 'string' || typeof found === 'boolean') return [{ code: String(found) }];
  if (!isObject(found)) return [];
  if ('coding' in found) return objects(found['coding']).flatMap(tokensOf);
  const code = found['code'] ?? found['value'];
  if (typeof code !== 'string') return [];
  return [typeof found['system'] === 'string' ? { system: found['system'], code } : { code }];
};

const textsOf = (found: unknown): readonly string[] => {
  if (!isObject(found)) return typeof found === 'string' ? [found] : [];
  const own = [found['text'], found['display'], isObject(found['type']) ? found['type']['text'] : undefined];
  return [...own.filter((it) => typeof it === 'string'), ...objects(found['coding']).flatMap(textsOf)];
};
