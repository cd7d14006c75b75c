import { FaultError } from '../outcome.ts';

/** How much one document may hold. */
export interface XmlLimits {
  /** Bytes, or UTF-16 units of a string. */
  readonly size: number;
  /** Elements inside elements, those of a narrative included. */
  readonly depth: number;
  readonly elements: number;
  /** Attributes of one element. */
  readonly attributes: number;
}

export const XML_LIMITS: XmlLimits = { size: 10_485_760, depth: 64, elements: 500_000, attributes: 64 };

/**
 * The text of a document, its line ends as XML reads them (`\n`). Refused before anything is parsed: what is not UTF-8, or
 * says so of itself; document types, and with them all entities that are not XML's own; processing instructions.
 * @throws FaultError
 */
export const decode = (xml: Uint8Array | string, limits: XmlLimits): string => {
  if (xml.length > limits.size) throw new FaultError('tooLarge', 'The XML is larger than is accepted.');
  const text = typeof xml === 'string' ? xml.replace(/^\uFEFF/, '') : utf8(xml);
  const declaration = DECLARATION.exec(text)?.[0] ?? '';
  if (declaration === '' && /^<\?xml\s/.test(text))
    throw new FaultError('invalid', 'XML 1.0 is accepted, in UTF-8 alone.');
  if (text.includes('<!DOCTYPE')) throw new FaultError('invalid', 'XML with a document type is not accepted.');
  if (text.includes('<?', declaration.length))
    throw new FaultError('invalid', 'XML with processing instructions is not accepted.');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
};

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(["'])1\.0\1(?:\s+encoding\s*=\s*(["'])utf-8\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\3)?\s*\?>/i;

const utf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FaultError('invalid', 'XML 1.0 is accepted, in UTF-8 alone.');
  }
};
