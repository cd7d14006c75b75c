import { dateForm, dateRange, dayInEngland } from '../fhir/index.ts';
import { remembered } from './remembered.ts';

/** A date as linking compares it: with its precision, in England's time. */
export interface When {
  readonly precision: 'year' | 'month' | 'day' | 'time';
  readonly year: string;
  /** `2024-06`; undefined where only the year is known. */
  readonly month: string | undefined;
  /** `2024-06-30` */
  readonly day: string | undefined;
  /** Days since 1970; undefined where the day is not known. */
  readonly dayNumber: number | undefined;
  /** Minutes since 1970; undefined where the time is not known. */
  readonly minute: number | undefined;
}

/** Reads a FHIR date; undefined where it names no day of the calendar. */
export const whenOf = (written: unknown): When | undefined =>
  typeof written === 'string' ? readWhen(written) : undefined;

const readWhen = remembered((written): When | undefined => {
  const form = dateForm(written);
  if (form === 'impossible') return undefined;
  if (form === 'year') return { precision: 'year', year: written, month: undefined, ...NO_DAY };
  if (form === 'month') return { precision: 'month', year: written.slice(0, 4), month: written, ...NO_DAY };
  const isTime = form !== 'day';
  const low = dateRange(written)?.low ?? 0;
  const day = isTime ? dayInEngland(low) : written;
  return {
    precision: isTime ? 'time' : 'day',
    year: day.slice(0, 4),
    month: day.slice(0, 7),
    day,
    dayNumber: Math.round(Date.parse(day) / 86_400_000),
    minute: isTime ? Math.floor(low / 60_000) : undefined,
  };
});

const NO_DAY = { day: undefined, dayNumber: undefined, minute: undefined } as const;

/** Equal at the coarser of two precisions, one of them coarser than a day. */
export const agreeCoarsely = (a: When, b: When): boolean => {
  if (a.day !== undefined && b.day !== undefined) return false;
  return a.month !== undefined && b.month !== undefined ? a.month === b.month : a.year === b.year;
};

/** Days between two dates; undefined where either is not known to the day. */
export const daysApart = (a: When, b: When): number | undefined =>
  a.dayNumber === undefined || b.dayNumber === undefined ? undefined : Math.abs(a.dayNumber - b.dayNumber);
