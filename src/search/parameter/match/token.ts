import { requiredCodes, type SearchParameter } from '../../../fhir/definitions/index.ts';
import { isObject, objects, SYSTEM } from '../../../fhir/index.ts';
import { readPath } from '../path.ts';
import { fold, folding, type ParameterKind, splitAt, type Test, unescape } from './kind.ts';

/**
 * `code`, `system|code`, `|code` (no system) or `system|`; `:not`, `:text`, `:of-type`, and `:in` for the value sets of FHIR
 * itself that can be listed. Codes are compared whatever their case, save where case makes another code of them.
 * @see https://hl7.org/fhir/R4/search.html#token
 */
export const token: ParameterKind = {
  modifiers: ['not', 'text', 'in', 'of-type'],
  expected: 'a code, system|code, |code or system|',
  expectedWith: {
    text: 'words',
    in: 'a value set of FHIR itself whose codes can be listed, such as http://hl7.org/fhir/ValueSet/request-status',
    'of-type': 'system|code|value',
  },
  read: (value, { modifier, parameter }): Test | undefined => {
    if (modifier === 'text') return textTest(value);
    if (modifier === 'in') return inTest(value);
    if (modifier === 'of-type') return ofTypeTest(value);
    return codeTest(value, parameter);
  },
  sortKey: (found) => tokensOf(found)[0]?.code,
};

/** Code systems in which `a` and `A` are two codes; of business identifiers FHIR says the same. */
const CASED: ReadonlySet<string> = new Set([SYSTEM.ucum, SYSTEM.readV2, SYSTEM.ctv3]);

const codeTest = (value: string, parameter: SearchParameter): Test | undefined => {
  const parts = splitAt('|', value).map(unescape);
  if (parts.length > 2 || parts.every((it) => it === '')) return undefined;
  const [system, code = ''] = parts.length === 2 ? parts : [undefined, parts[0]];
  const folded = code.toLowerCase();
  const bare = system === undefined || system === '' ? undefined : (systemsOf(parameter).get(system) ?? []);
  const isOfSystem = (found: Token): boolean => {
    if (system === undefined) return true;
    if (system === '') return found.system === undefined;
    return found.system === system || (found.bare === true && bare?.includes(found.code) === true);
  };
  const isCode = (found: Token): boolean =>
    code === '' || found.code === code || (found.cased !== true && found.code.toLowerCase() === folded);
  return (found) => tokensOf(found).some((it) => isCode(it) && isOfSystem(it));
};

/** The systems that a parameter's bare codes are from, by the bindings of its elements; `true` and `false` have their own. */
const systemsOf = ({ expression }: SearchParameter): ReadonlyMap<string, readonly string[]> =>
  new Map([
    ['http://terminology.hl7.org/CodeSystem/special-values', ['true', 'false']],
    ...expression
      .split(' | ')
      .flatMap((part) => readPath(part)?.ends ?? [])
      .flatMap(({ codes }) => (codes === undefined ? [] : Object.entries(requiredCodes(codes)))),
  ]);

/** Words that a code's text or display begins with. */
const textTest = (value: string): Test | undefined => {
  const words = fold(unescape(value));
  return words === '' ? undefined : (found) => foldedTexts(found).some((it) => it.startsWith(words));
};

const inTest = (value: string): Test | undefined => {
  const [, name] = /^http:\/\/hl7\.org\/fhir\/ValueSet\/([a-z0-9-]+)$/.exec(unescape(value)) ?? [];
  const allowed = name === undefined ? [] : Object.entries(requiredCodes(name));
  if (allowed.length === 0) return undefined;
  return (found) =>
    tokensOf(found).some((it) =>
      allowed.some(([system, codes]) => codes.includes(it.code) && (it.bare === true || it.system === system)),
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
  /** True for a code without Coding, whose system its element implies. */
  readonly bare?: true;
  /** True where case counts. */
  readonly cased?: true;
}

/** The kinds of a contact point, which callers write where a system stands: `phone|0123`. */
const CONTACT = /^(phone|fax|email|pager|url|sms|other)$/;

/** The tokens in a value: a coding, a concept's codings, an identifier, a contact point, a code or a flag. */
const tokensOf = (found: unknown): readonly Token[] => {
  if (typeof found === 'string' || typeof found === 'boolean') return [{ code: String(found), bare: true }];
  if (!isObject(found)) return [];
  if ('coding' in found) return objects(found['coding']).flatMap(tokensOf);
  const isCoding = typeof found['code'] === 'string';
  const code = isCoding ? found['code'] : found['value'];
  if (typeof code !== 'string') return [];
  if (typeof found['system'] !== 'string') return [{ code, ...(!isCoding && { cased: true as const }) }];
  const { system } = found;
  if (!isCoding && CONTACT.test(system)) return [{ code }, { code, system }];
  return [{ system, code, ...((!isCoding || CASED.has(system)) && { cased: true as const }) }];
};

const textsOf = (found: unknown): readonly string[] => {
  if (!isObject(found)) return typeof found === 'string' ? [found] : [];
  const own = [found['text'], found['display'], isObject(found['type']) ? found['type']['text'] : undefined];
  return [...own.filter((it) => typeof it === 'string'), ...objects(found['coding']).flatMap(textsOf)];
};

const foldedTexts = folding(textsOf);
