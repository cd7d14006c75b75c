/** An NHS number of ten digits whose check digit is right. */
export type NhsNumber = string & { readonly __brand: 'NhsNumber' };

/**
 * Reads an NHS number, spaces and dashes allowed as people write them (`999 000 0018`).
 * @returns undefined unless it is ten digits that pass the modulus 11 check.
 * @see https://www.datadictionary.nhs.uk/attributes/nhs_number.html
 */
export const parseNhsNumber = (written: unknown): NhsNumber | undefined => {
  if (typeof written !== 'string') return undefined;
  const digits = written.replace(/[ -]/g, '');
  if (!/^\d{10}$/.test(digits)) return undefined;
  return checkDigit(digits.slice(0, 9)) === Number(digits[9]) ? (digits as NhsNumber) : undefined;
};

/** The check digit of nine digits; 10 where there is none, so that no number can have it. */
export const checkDigit = (nine: string): number => {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  return (11 - (sum % 11)) % 11;
};
