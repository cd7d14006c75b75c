const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(\.\d+)?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

/** What a written FHIR date is. `zoneless` and `no-seconds` are times that R4 forbids though they name a real day. */
export type DateForm = 'year' | 'month' | 'day' | 'time' | 'zoneless' | 'no-seconds' | 'impossible';

/** Tells the form of a FHIR date, dateTime or instant; `impossible` where it names no day of the calendar. */
export const dateForm = (written: string): DateForm => {
  const date = DATE.exec(written);
  if (date) {
    const [, year = '', month, day] = date;
    if (!exists(year, month, day)) return 'impossible';
    return day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
  }
  const time = TIME.exec(written);
  if (!time || !exists(time[1] ?? '', time[2], time[3])) return 'impossible';
  if (time[8] === undefined) return 'zoneless';
  return time[6] === undefined ? 'no-seconds' : 'time';
};

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const exists = (year: string, month = '01', day = '01'): boolean => {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const isLeap = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  return y > 0 && d > 0 && d <= (m === 2 && isLeap ? 29 : (DAYS[m - 1] ?? 0));
};

/** A stretch of time in epoch milliseconds, the end excluded. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The stretch a FHIR date stands for: `2024-03` is the whole of March, a time with seconds is that second. A date without
 * an offset is a date in England: in summer its day begins an hour before that of UTC.
 * @returns undefined where it is not a date.
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export const dateRange = (written: string): Range | undefined => {
  const form = dateForm(written);
  if (form === 'impossible') return undefined;
  const [year = 0, month = 1, day = 1] = written.slice(0, 10).split('-').map(Number);
  if (form === 'year') return { low: midnight(year, 0, 1), high: midnight(year + 1, 0, 1) };
  if (form === 'month') return { low: midnight(year, month - 1, 1), high: midnight(year, month, 1) };
  if (form === 'day') return { low: midnight(year, month - 1, day), high: midnight(year, month - 1, day + 1) };
  // A leap second is the end of its minute, since the clock here knows none.
  const told = written.replace(/:60(?=\.|Z|[+-]|$)/, ':59');
  const low = form === 'zoneless' ? Date.parse(`${told}Z`) - summerShift(Date.parse(`${told}Z`)) : Date.parse(told);
  const step = /\.\d/.test(written) ? 1 : /T\d\d:\d\d:/.test(written) ? 1000 : 60_000;
  return { low, high: low + step };
};

const HOUR = 3_600_000;

/** The day that an instant, in epoch milliseconds, falls on in England: `2024-06-30`. */
export const dayInEngland = (instant: number): string =>
  new Date(instant + summerShift(instant)).toISOString().slice(0, 10);

/** When a day begins in England, in epoch milliseconds. */
const midnight = (year: number, month: number, day: number): number => {
  // Date.UTC takes the years before 100 for those of the last century.
  const utc = new Date(0).setUTCFullYear(year, month, day);
  return utc - summerShift(utc);
};

/** An hour in British Summer Time, from the last Sunday of March to that of October, at one o'clock UTC. */
const summerShift = (instant: number): number => {
  const year = new Date(instant).getUTCFullYear();
  if (year < 1972) return 0;
  return instant >= lastSunday(year, 2) + HOUR && instant < lastSunday(year, 9) + HOUR ? HOUR : 0;
};

const lastSunday = (year: number, month: number): number => {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return last.getTime() - last.getUTCDay() * 24 * HOUR;
};
