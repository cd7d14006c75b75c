const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const monthOf = (name: string): string => String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1).padStart(2, '0');
const two = (digits: string): string => digits.padStart(2, '0');

/** Dates as people in England write them, day before month. */
const FORMS: readonly (readonly [form: RegExp, iso: (...parts: readonly string[]) => string])[] = [
  [/^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/, (year = '', month = '', day = '') => `${year}-${two(month)}-${two(day)}`],
  [/^((?:19|20)\d\d)(\d\d)(\d\d)$/, (year = '', month = '', day = '') => `${year}-${month}-${day}`],
  [/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/, (day = '', month = '', year = '') => `${year}-${two(month)}-${two(day)}`],
  [
    /^(\d{1,2})(?:st|nd|rd|th)?[ /.-]([a-z]{3,9})[ /.,-]+(\d{4})$/i,
    (day = '', month = '', year = '') => `${year}-${monthOf(month)}-${two(day)}`,
  ],
  [/^(\d{1,2})[/.-](\d{4})$/, (month = '', year = '') => `${year}-${two(month)}`],
  [/^([a-z]{3,9})[ /.,-]+(\d{4})$/i, (month = '', year = '') => `${year}-${monthOf(month)}`],
  [
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(z|[+-]\d\d:?\d\d)?$/i,
    (day = '', time = '', zone = '') => `${day}T${time}${zone.toUpperCase().replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`,
  ],
];

/** A date that people wrote in the form that FHIR gives it: `12 May 2009` is `2009-05-12`. Undefined for what is none. */
export const isoOf = (written: string): string | undefined => {
  const told = written.trim();
  for (const [form, iso] of FORMS) {
    const found = form.exec(told);
    if (found) return iso(...found.slice(1));
  }
  return undefined;
};
