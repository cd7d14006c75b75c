import { numberOf } from '../json.ts';

const INTEGER = /^(0|[-+]?[1-9]\d*)$/;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

const boolean = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : undefined);
const integer = (text: string): unknown => (INTEGER.test(text) ? numberOf(text.replace('+', '')) : undefined);
const decimal = (text: string): unknown => (DECIMAL.test(text) ? numberOf(text) : undefined);

/** The primitives that JSON does not write as strings. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  boolean,
  integer,
  unsignedInt: integer,
  positiveInt: integer,
  decimal,
};

/**
 * The JSON value that an attribute writes, by its R4 type; undefined where the type has no such value.
 * @see https://hl7.org/fhir/R4/datatypes.html
 */
export const readValue = (type: string, text: string): unknown => {
  const read = READERS[type];
  return read ? read(text) : text;
};
