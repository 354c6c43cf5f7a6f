import { dayAfter } from "./day.ts";

/**
 * Counting as in Regulation (EEC, Euratom) No 1182/71: a working day is every day other than holidays, Sundays and
 * Saturdays (article 2(2)), and a period counts from the day after (article 3(1)).
 */
export type Calendar = {
  /** Whether an authority works on a day ("2026-03-09"). Outside of `known`: Monday to Friday. */
  readonly isWorkingDay: (date: string) => boolean;
  /** The first and the last day of which the holidays are known; `undefined` where nothing is. */
  readonly known: { readonly from: string; readonly until: string } | undefined;
};

/** Article 3(5): a period of two days or more has at least two working days. */
const LEAST_WORKING_DAYS = 2;

/** The last day of a period of so many working days, at least 1, that counts from the day after `date`. */
export function addWorkingDays(calendar: Calendar, date: string, workingDays: number): string {
  let day = date;
  for (let left = workingDays; left > 0;) {
    day = dayAfter(day);
    if (calendar.isWorkingDay(day)) left--;
  }
  return day;
}

/**
 * The last day of a period of so many days that counts from the day after `date`. Holidays count (article 3(3)), but it
 * does not end on one (article 3(4)).
 */
export function addDays(calendar: Calendar, date: string, days: number): string {
  const least = days < LEAST_WORKING_DAYS ? date : addWorkingDays(calendar, date, LEAST_WORKING_DAYS);
  const last = dayAfter(date, days);
  return toWorkingDay(calendar, last < least ? least : last);
}

/** The day itself, or the next working day after it. */
export function toWorkingDay(calendar: Calendar, date: string): string {
  return calendar.isWorkingDay(date) ? date : addWorkingDays(calendar, date, 1);
}

/** Working days after `from` up to and with `until`; negative if `until` is before `from`. */
export function workingDaysBetween(calendar: Calendar, from: string, until: string): number {
  if (until < from) return 0 - workingDaysBetween(calendar, until, from);
  let count = 0;
  for (let day = from; day < until;) {
    day = dayAfter(day);
    if (calendar.isWorkingDay(day)) count++;
  }
  return count;
}

/** Whether a calendar knows the holidays of all days from one to another. */
export function isKnownBetween({ known }: Calendar, from: string, until: string): boolean {
  return known !== undefined && known.from <= from && until <= known.until;
}
