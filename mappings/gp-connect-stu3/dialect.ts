import {
  type Dialect,
  type Json,
  keepExtension,
  objects,
  ourExtension,
  text,
  ukCoreExtension,
} from '../../src/fhir/index.ts';
import { readAttachment } from './attachment.ts';
import { descriptionPart, isDescription, readConcept, readSystem } from './concepts.ts';
import { extensionName, valueOf } from './extensions.ts';
import { without } from './objects.ts';
import { type Context, createFollower } from './references.ts';

/**
 * How STU3 of GP Connect writes the data types that R4 writes otherwise. Extensions of a resource itself are moved by
 * the table of its type; these are the ones that stand deeper.
 */
export const dialectOf = (context: Context, body: Json): Dialect => {
  const contained = body['contained'] === undefined ? [] : objects(body['contained']);
  if (contained.length === 0) return context.memo('gp-connect dialect', () => createDialect(context, new Set()));
  return createDialect(context, new Set(contained.map((it) => it['id'])));
};

const createDialect = (context: Context, contained: ReadonlySet<unknown>): Dialect => ({
  Extension: (extension, host, note) => {
    if (host === 'Coding' && isDescription(extension)) return readDescription(extension);
    if (host === 'Identifier' && extensionName(extension['url']) === 'NHSNumberVerificationStatus') {
      return [{ ...extension, url: ukCoreExtension('NHSNumberVerificationStatus') }];
    }
    const kept = keepExtension(extension, host);
    if (kept !== extension) note('unknown-element');
    return kept;
  },
  Attachment: readAttachment,
  Coding: readSystem,
  CodeableConcept: readConcept,
  Identifier: readSystem,
  Quantity: readQuantity,
  Age: readSystem,
  Duration: readSystem,
  Reference: createFollower(context, contained),
});

const DISPLAY = ukCoreExtension('CodingSCTDescDisplay');
const DESCRIPTION = ourExtension('coding-description-id');

const readDescription = (extension: Json): readonly Json[] => {
  const parts: Json[] = [];
  const display = descriptionPart(extension, 'descriptiondisplay');
  if (display !== undefined) parts.push({ url: DISPLAY, valueString: display });
  const id = descriptionPart(extension, 'descriptionid');
  if (id !== undefined) parts.push({ url: DESCRIPTION, valueString: id });
  return parts;
};

/** A quantity in words becomes its unit; words beside a unit stay beside it. */
const readQuantity = (given: Json): Json => {
  const quantity = readSystem(given);
  if (quantity['extension'] === undefined) return quantity;
  const extensions = objects(quantity['extension']);
  const words = extensions.find((it) => extensionName(it['url']) === 'MedicationQuantityText');
  const said = text(valueOf(words));
  if (!words || said === undefined) return quantity;
  const { unit } = quantity;
  const others = extensions.filter((it) => it !== words);
  return {
    ...without(quantity, 'unit', 'extension'),
    ...(others.length > 0 && { extension: others }),
    unit: text(unit) ?? said,
    ...(text(unit) !== undefined &&
      unit !== said && { _unit: { extension: [{ url: ourExtension('source-text'), valueString: said }] } }),
  };
};
