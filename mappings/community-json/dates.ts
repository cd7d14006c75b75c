import { dateForm } from '../../src/fhir/index.ts';

/** A date as FHIR writes it; `text` is the source's own where it says more than `value` can. */
export interface ReadDate {
  readonly value: string;
  readonly text?: string;
}

const DATE = /^(?:(?:(\d{2})\/)?(\d{2})\/)?(\d{4})$/;
const TIMED = /^(\d{2}\/\d{2}\/\d{4}) ([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

/**
 * Reads `dd/MM/yyyy`, `MM/yyyy` and `yyyy`. Of `dd/MM/yyyy HH:mm` only the day: the time has no zone, and in the hour
 * when the clocks go back no zone could be inferred. What names no day of the calendar is handed back as it was, for
 * `conform` to keep as text.
 */
export const readDate = (written: string): ReadDate => {
  const day = TIMED.exec(written)?.[1];
  const value = toFhir(day ?? written);
  if (value === undefined) return { value: written };
  return day === undefined ? { value } : { value, text: written };
};

const toFhir = (written: string): string | undefined => {
  const parts = DATE.exec(written);
  if (!parts) return undefined;
  const [, day, month, year] = parts;
  const value = [year, month, day].filter((it) => it !== undefined).join('-');
  return dateForm(value) === 'impossible' ? undefined : value;
};
