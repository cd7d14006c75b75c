import { SaxesParser } from 'saxes';
import { digits, isNumber } from '../json.ts';
import { type FhirResource, isObject, type Json, list } from '../types.ts';
import { isPlainXhtml } from './read-narrative.ts';
import { FHIR, isResource, type Shape, shapesOf } from './shape.ts';

export interface XmlLayout {
  /** One element a line, indented by two spaces. */
  readonly pretty?: boolean;
}

/**
 * Writes a resource as FHIR XML: elements in the order of R4, decimals with their digits, narratives as they are. Characters
 * that XML cannot hold become U+FFFD.
 * @throws TypeError for what R4 does not know: resources come from `conform`, or are our own.
 * @see https://hl7.org/fhir/R4/xml.html
 */
export const toXml = (resource: FhirResource | Json, { pretty = false }: XmlLayout = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${writeResource(resource, pretty ? '\n' : '', ` xmlns="${FHIR}"`)}`;

/** @param pad what stands before a tag: nothing, or a line break and the indent. */
const writeResource = (resource: unknown, pad: string, attributes = ''): string => {
  const type = isObject(resource) ? resource['resourceType'] : undefined;
  if (!isResource(type)) throw new TypeError('no R4 resource type');
  return writeObject(resource as Json, type, { name: type, attributes, pad });
};

interface Tag {
  readonly name: string;
  readonly attributes: string;
  readonly pad: string;
}

const writeObject = (value: Json, type: string, { name, attributes, pad }: Tag): string => {
  const inner = pad && `${pad}  `;
  let own = attributes;
  let content = '';
  for (const shape of shapesIn(value, type)) {
    if (shape.form === 'attribute') own += ` ${shape.name}="${textOf(value[shape.name])}"`;
    else content += writeElement(shape, value, inner);
  }
  return content === '' ? `${pad}<${name}${own}/>` : `${pad}<${name}${own}>${content}${pad}</${name}>`;
};

/** The elements that an object holds, in the order of R4. */
const shapesIn = (value: Json, type: string): readonly Shape[] => {
  const shapes = shapesOf(type);
  const found: Shape[] = [];
  let last: Shape | undefined;
  let sorted = true;
  for (const key in value) {
    if (value[key] === undefined || value[key] === null) continue;
    const shape = shapes.get(key) ?? shadowed(shapes.get(key.slice(1)), key);
    if (!shape) {
      if (key === 'resourceType' && isResource(type)) continue;
      throw new TypeError('an element that R4 does not know');
    }
    if (shape === last || (!sorted && found.includes(shape))) continue;
    if (last && shape.order < last.order) {
      if (found.includes(shape)) continue;
      sorted = false;
    }
    found.push((last = shape));
  }
  return sorted ? found : found.sort((a, b) => a.order - b.order);
};

const shadowed = (shape: Shape | undefined, key: string): Shape | undefined =>
  shape?.form === 'primitive' && shape.shadow === key ? shape : undefined;

const writeElement = (shape: Shape, { [shape.name]: value, [shape.shadow]: shade }: Json, pad: string): string => {
  if (!shape.many) {
    if (Array.isArray(value) || Array.isArray(shade)) throw new TypeError('one value where R4 has one');
    return writeOne(shape, value, { shade, pad });
  }
  const values = list(value);
  const shades = list(shade);
  let content = '';
  for (let index = 0; index < values.length || index < shades.length; index++)
    content += writeOne(shape, values[index], { shade: shades[index], pad });
  return content;
};

const writeOne = (
  { name, type, form }: Shape,
  value: unknown,
  { shade, pad }: { readonly shade: unknown; readonly pad: string },
): string => {
  switch (form) {
    case 'complex':
      if (!isObject(value)) throw new TypeError('an object where R4 has a data type');
      return writeObject(value, type, { name, attributes: '', pad });
    case 'resource':
      return `${pad}<${name}>${writeResource(value, pad && `${pad}  `)}${pad}</${name}>`;
    case 'xhtml':
      return pad + narrative(value);
    default: {
      const given = value !== undefined && value !== null;
      const attributes = given ? ` value="${textOf(value)}"` : '';
      if (isObject(shade)) return writeObject(shade, 'Element', { name, attributes, pad });
      return given ? `${pad}<${name}${attributes}/>` : '';
    }
  }
};

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return SPECIAL.test(value) ? escape(value) : value;
  if (isNumber(value)) return digits(value);
  if (typeof value === 'boolean') return String(value);
  throw new TypeError('a simple value where R4 has a primitive');
};

/** What is not plain in an attribute: markup, line breaks and tabs, characters that XML has not, halves of surrogate pairs. */
const SPECIAL = /[^ !#-%'-;=?-\uD7FF\uE000-\uFFFD]/;
const MARKUP = /[^ !#-%'-;=?-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const REFERENCE: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const NO_CHARACTER = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const escape = (text: string): string => text.toWellFormed().replace(MARKUP, (it) => REFERENCE[it] ?? '\uFFFD');

/** A narrative as it is. It stands in the document unescaped, so it must be one well-formed element and nothing beside. */
const narrative = (value: unknown): string => {
  const div = typeof value === 'string' ? value.toWellFormed().replace(NO_CHARACTER, '\uFFFD') : '';
  if (!isDiv(div)) throw new TypeError('a narrative that is no XHTML div');
  return div;
};

const isDiv = (text: string): boolean => {
  let sound = /^<div[\s/>]/.test(text) && text.endsWith('>');
  const unsound = (): void => void (sound = false);
  const parser = new SaxesParser({ xmlns: true });
  for (const event of ['error', 'xmldecl', 'doctype', 'processinginstruction'] as const) parser.on(event, unsound);
  parser.on('opentag', (tag) => void (sound &&= isPlainXhtml(tag)));
  parser.write(text).close();
  return sound;
};
