import { dateForm, dateRange, dayInEngland, isObject, type Json } from '../fhir/index.ts';
import { remembered } from './remembered.ts';
import { isoOf } from './written-date.ts';

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
  typeof written === 'string' ? readWritten(written) : undefined;

const readWritten = remembered((written): When | undefined => {
  const told = written.trim();
  return readWhen(dateForm(told) === 'impossible' ? (isoOf(told) ?? told) : told);
});

const readWhen = (written: string): When | undefined => {
  const form = dateForm(written);
  if (form === 'impossible') return undefined;
  if (form === 'year') return { precision: 'year', year: written, month: undefined, ...NO_DAY };
  if (form === 'month') return { precision: 'month', year: written.slice(0, 4), month: written, ...NO_DAY };
  const low = dateRange(written)?.low ?? 0;
  const isTime = form !== 'day' && !isMidnight(low);
  const day = form === 'day' ? written : dayInEngland(low);
  return {
    precision: isTime ? 'time' : 'day',
    year: day.slice(0, 4),
    month: day.slice(0, 7),
    day,
    dayNumber: Math.round(Date.parse(day) / 86_400_000),
    minute: isTime ? Math.floor(low / 60_000) : undefined,
  };
};

/** Midnight in England or of UTC is what systems send for a day without a time: it is no minute. */
const isMidnight = (instant: number): boolean =>
  instant % DAY === 0 || (instant % HOUR === 0 && dayInEngland(instant) !== dayInEngland(instant - 1));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The forms that a date may have in a resource, the one that tells most first. */
const FORMS = ['DateTime', 'Instant', 'Period', 'String'] as const;

/** The date of an element with several forms: `onset` is read from `onsetDateTime`, `onsetPeriod`, `onsetString`. */
export const whenIn = (resource: Json, name: string): When | undefined => {
  for (const form of FORMS) {
    const given = resource[`${name}${form}`];
    const when = whenOf(isObject(given) ? given['start'] : given);
    if (when) return when;
  }
  return undefined;
};

/** True where a date is told, be it in a form that nobody can compare: `onsetString` of `aged 12`; `unknown` tells none. */
export const isDated = (resource: Json, name: string): boolean =>
  [...FORMS, 'Age', 'Range', 'Timing'].some((it) => /\d/.test(JSON.stringify(resource[`${name}${it}`] ?? null)));

const NO_DAY = { day: undefined, dayNumber: undefined, minute: undefined } as const;

/** Equal at the coarser of two precisions, one of them coarser than a day. */
export const agreeCoarsely = (a: When, b: When): boolean => {
  if (a.day !== undefined && b.day !== undefined) return false;
  return a.month !== undefined && b.month !== undefined ? a.month === b.month : a.year === b.year;
};

/** Days between two dates; undefined where either is not known to the day. */
export const daysApart = (a: When, b: When): number | undefined =>
  a.dayNumber === undefined || b.dayNumber === undefined ? undefined : Math.abs(a.dayNumber - b.dayNumber);
