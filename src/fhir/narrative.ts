import type { Json } from './types.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';
const ELEMENTS = new Set(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xmlns'.split(
    ' ',
  ),
);
const TAG = /<(\/?)([A-Za-z][\w:]*)((?:[ \t\r\n]+[\w:-]+[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*'))*)[ \t\r\n]*(\/?)>/g;
const ATTRIBUTE = /([\w:-]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')/g;
const REFERENCE = /&(?:(?:amp|lt|gt|quot|apos);|#(\d{1,7});|#x([0-9a-fA-F]{1,6});)?/g;

/**
 * Keeps a narrative that is well-formed XHTML of the elements FHIR allows and holds no script; a `div` without its
 * namespace gets it.
 * @returns undefined for any other.
 * @see https://hl7.org/fhir/R4/narrative.html
 */
export const readNarrative = (narrative: Json): Record<string, unknown> | undefined => {
  const div = narrative['div'];
  const safe =
    typeof div === 'string' && typeof narrative['status'] === 'string' ? withNamespace(div.trim()) : undefined;
  return safe !== undefined && isSafe(safe) ? { ...narrative, div: safe } : undefined;
};

const withNamespace = (div: string): string =>
  /^<div[^>]*\sxmlns\s*=/.test(div) ? div : div.replace(/^<div/, `<div xmlns="${XHTML}"`);

const isSafe = (div: string): boolean => {
  const open: string[] = [];
  let at = 0;
  for (const tag of div.matchAll(TAG)) {
    const [whole, closing, name = '', attributes = '', empty] = tag;
    const between = div.slice(at, tag.index);
    if (!isText(between) || (open.length === 0 && at > 0)) return false;
    at = tag.index + whole.length;
    if (!ELEMENTS.has(name) || !areSafe(attributes)) return false;
    if (closing) {
      if (open.pop() !== name || attributes !== '' || empty) return false;
    } else if (!empty) open.push(name);
  }
  return (
    at === div.length && open.length === 0 && div.startsWith('<div') && /[^\s]/.test(div.replace(/<(?!img)[^>]*>/g, ''))
  );
};

const isText = (text: string): boolean => !text.includes('<') && !text.includes(']]>') && areKnown(text);

/** XML predefines five entities, and its character references name characters that it has. */
const areKnown = (text: string): boolean =>
  [...text.matchAll(REFERENCE)].every(([whole, decimal, hex]) => {
    if (decimal === undefined && hex === undefined) return whole !== '&';
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
    return /^[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u.test(
      code > 0x10ffff ? '' : String.fromCodePoint(code),
    );
  });

const areSafe = (attributes: string): boolean => {
  const all = [...attributes.matchAll(ATTRIBUTE)];
  return new Set(all.map(([, name]) => name)).size === all.length && all.every(isSafeAttribute);
};

const isSafeAttribute = ([, name = '', double, single]: RegExpExecArray): boolean => {
  const given = double ?? single ?? '';
  const value = given.replace(/[\s\0]/g, '').toLowerCase();
  if (!ATTRIBUTES.has(name) || !areKnown(given)) return false;
  if (name === 'xmlns') return given === XHTML;
  if (name === 'style') return !/expression|url\(|javascript/.test(value);
  // A character reference could spell a scheme that this test does not see.
  return (name !== 'href' && name !== 'src') || !/^(javascript|vbscript|data:text)|&#/.test(value);
};
