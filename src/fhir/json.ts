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
 * A number between separators that ends in a zero after its point, has an exponent, or more digits than a double holds. It
 * starts at a separator and every repetition is bounded, so that no text, whoever wrote it, is looked at twice over.
 */
const LOSSY =
  /[:[,]\s{0,64}-?(?:\d{16,400}(?:\.\d{1,400})?|\d{1,15}(?:\.(?:\d{0,11}0|\d{12,400})|(?:\.\d{1,400})?[eE][-+]?\d{1,4}))\s{0,64}[,}\]]/;

/**
 * Parses JSON and keeps the digits of decimals. The reviver that does so is slow, so it runs only over text that holds
 * a number that would change.
 * @throws SyntaxError where the text is not JSON.
 */
export const parseJson = (bytes: Uint8Array | string): unknown => {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  return LOSSY.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
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
