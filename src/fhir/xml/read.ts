import { SaxesParser } from 'saxes';
import type { Json } from '../types.ts';
import { decode, XML_LIMITS, type XmlLimits } from './decode.ts';
import { closeElement, type Draft, type Frame, openElement, pathOf, readAttributes, refuse } from './read-element.ts';
import { isPlainXhtml, type Narrative, startNarrative } from './read-narrative.ts';
import { XHTML } from './shape.ts';

const NO_TEXT = 'Text is expected in attributes and narratives alone.';

/**
 * Reads a FHIR XML document as the JSON that says the same, by the R4 table: decimals keep their digits, what may repeat is
 * an array, a narrative is its own text without comments. Whatever would be lost or could mean something else is refused.
 * @throws FaultError whose text is fixed and whose expression is the path.
 * @see https://hl7.org/fhir/R4/xml.html
 */
export const fromXml = (xml: Uint8Array | string, limits: XmlLimits = XML_LIMITS): Json => {
  const text = decode(xml, limits);
  const parser = new SaxesParser({ xmlns: true });
  const stack: Frame[] = [];
  let narrative: Narrative | undefined;
  let elements = 0;
  let attributes = 0;
  let result: Draft = {};

  parser.on('attribute', () => {
    if (++attributes > limits.attributes) refuse('An element has more attributes than are accepted.', pathOf(stack));
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    if (++elements > limits.elements) refuse('The XML has more elements than are accepted.');
    if (stack.length + (narrative?.depth ?? 0) >= limits.depth) refuse('The XML is nested too deeply.', pathOf(stack));
    const frame = narrative ? undefined : openElement(tag, stack);
    if (frame) stack.push(frame);
    if (frame && frame.shape?.form !== 'xhtml') return readAttributes(frame, tag, stack);
    if (!isPlainXhtml(tag)) refuse(`A narrative is of ${XHTML} alone, without prefixes.`, pathOf(stack));
    if (narrative) narrative.open();
    else narrative = startNarrative(text, parser, tag);
  });
  parser.on('closetag', () => {
    if (narrative && narrative.depth > 0) return narrative.close();
    const frame = stack.at(-1) as Frame;
    if (narrative) frame.value = narrative.end();
    narrative = undefined;
    result = closeElement(frame, stack);
    stack.pop();
  });
  parser.on('text', (it) => {
    if (!narrative && /[^ \t\n]/.test(it)) refuse(NO_TEXT, pathOf(stack));
  });
  parser.on('error', () => refuse('The XML is not well-formed, or names an entity that XML does not predefine.'));
  // Its handlers are named properties: beyond six, V8 makes the parser a dictionary, which is four times slower.
  if (text.includes('<!--')) parser.on('comment', (it) => narrative?.comment(it));
  if (text.includes('<![CDATA['))
    parser.on('cdata', (it) => {
      if (!narrative) refuse(NO_TEXT, pathOf(stack));
      narrative?.cdata(it);
    });
  parser.write(text).close();
  return result;
};
