/** A number as JSON wrote it, for numbers whose digits JavaScript would lose (`3.10`); JSON.stringify writes it back. */
export interface RawNumber {
  readonly rawJSON: string;
}

const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON: (text: string) => RawNumber;
  isRawJSON: (value: unknown) => value is RawNumber;
};
/** True for a number that kept its digits. */
export { isRawJSON as isRawNumber };

/**
 * A number that JavaScript would write otherwise: zeros at the end of its decimals, or six at their beginning, an exponent,
 * minus zero, or more than the fifteen digits that a double surely holds. It stands behind a separator and no repetition can
 * be matched in two ways, so that no text, whoever wrote it, is looked at twice over.
 */
const LOSSY =
  /[:[,]\s*-?(?:\d+(?:\.\d+)?[eE][-+]?\d+|\d+\.\d*0|0\.0{6}\d+|(?=[\d.]{16})\d+(?:\.\d+)?|(?<=-)0)(?=[\s,}\]])/;

/**
 * Parses JSON and keeps the digits of decimals. The reviver that does so is slow, so it runs only over text that holds
 * a number that would change.
 * @throws SyntaxError where the text is not JSON.
 */
export const parseJson = (bytes: Uint8Array | string): unknown => {
  const text = typeof bytes === 'string' ? bytes : decode(bytes);
  return LOSSY.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
};

/** As TextDecoder does, which takes its time over short texts. */
const decode = ({ buffer, byteOffset, byteLength }: Uint8Array): string => {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
};

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? rawJSON(context.source)
    : value;
}

/** The number that a text in JSON's form writes, with its digits where JavaScript would lose them. */
export const numberOf = (text: string): number | RawNumber => {
  const number = Number(text);
  return String(number) === text ? number : rawJSON(text);
};

/** True for a number, or a number that kept its digits. */
export const isNumber = (value: unknown): value is number | RawNumber => typeof value === 'number' || isRawJSON(value);

/** The digits of a number as written. */
export const digits = (value: number | RawNumber): string =>
  typeof value === 'number' ? String(value) : value.rawJSON;
