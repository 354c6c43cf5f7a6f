/** Calendar days as text, "2026-03-09", in UTC and the Gregorian calendar: what deadlines are counted in. */

const SECONDS_A_DAY = 86_400;
/** Days from 1 March of the year 0 to 1 January 1970. */
const DAYS_TO_1970 = 719_468;
const DAYS_IN_400_YEARS = 146_097;

/** The day, in UTC, of a time in seconds since 1970. */
export function dayOfTime(seconds: number): string {
  return dayOfNumber(Math.floor(seconds / SECONDS_A_DAY));
}

/**
 * Days since 1 January 1970. The year is taken to begin in March, so that the leap day is its last: the months before a
 * month then have (153 × months + 2) / 5 days.
 */
export function numberOfDay(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const fromMarch = (month + 9) % 12;
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - DAYS_TO_1970;
}

/** The day that is so many days after 1 January 1970. */
export function dayOfNumber(number: number): string {
  const days = number + DAYS_TO_1970;
  const era = Math.floor(days / DAYS_IN_400_YEARS);
  const inEra = days - era * DAYS_IN_400_YEARS;
  const leapDays = Math.floor(inEra / 1460) - Math.floor(inEra / 36_524) + Math.floor(inEra / 146_096);
  const yearOfEra = Math.floor((inEra - leapDays) / 365);
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = era * 400 + yearOfEra + (month > 2 ? 0 : 1);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** The day that is `days` after a day, or before it if negative. */
export function dayAfter(date: string, days = 1): string {
  return dayOfNumber(numberOfDay(date) + days);
}

export function daysBetween(from: string, until: string): number {
  return numberOfDay(until) - numberOfDay(from);
}

/** 0 is Sunday, 6 Saturday. */
export function weekdayOf(date: string): number {
  // 1 January 1970 was a Thursday.
  return (((numberOfDay(date) + 4) % 7) + 7) % 7;
}

export function isWeekend(date: string): boolean {
  return weekdayOf(date) % 6 === 0;
}

/** The last day of what a record calls a date: "2026-03-09", "2026-03" or "2026". */
export function lastDayOf(date: string): string {
  const [year = "", month, day] = date.split("-");
  if (day !== undefined) return date;
  if (month === undefined) return `${year}-12-31`;
  const next = Number(month) % 12;
  return dayAfter(`${padded(Number(year) + (next === 0 ? 1 : 0), 4)}-${padded(next + 1, 2)}-01`, -1);
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}
