import { dayAfter, isWeekend, numberOfDay, weekdayOf } from "./day.ts";

/**
 * Counting as in Regulation (EEC, Euratom) No 1182/71: a working day is every day other than holidays, Sundays and
 * Saturdays (article 2(2)), and a period counts from the day after (article 3(1)).
 */
export type Calendar = {
  /** Whether an authority works on a day ("2026-03-09"). Outside of `known`: Monday to Friday. */
  readonly isWorkingDay: (date: string) => boolean;
  /** Holidays from Monday to Friday, and working days of the weekend, both sorted: what is counted, not walked through. */
  readonly free: readonly string[];
  readonly worked: readonly string[];
  /** The first and the last day of which the holidays are known; `undefined` where nothing is. */
  readonly known: { readonly from: string; readonly until: string } | undefined;
};

/** A calendar of holidays and of weekend days that are worked, in any order. */
export function calendarWith(
  known: Calendar["known"],
  holidays: Iterable<string>,
  workedDays: Iterable<string> = [],
): Calendar {
  const worked = new Set([...workedDays].filter((date) => isWeekend(date)));
  const free = new Set([...holidays].filter((date) => !isWeekend(date)));
  return {
    known,
    free: [...free].sort(),
    worked: [...worked].sort(),
    isWorkingDay: (date) => worked.has(date) || (!isWeekend(date) && !free.has(date)),
  };
}

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
  const within = (days: readonly string[]): number => countUntil(days, until) - countUntil(days, from);
  return weekdaysBetween(from, until) - within(calendar.free) + within(calendar.worked);
}

/** Days from Monday to Friday after `from` up to and with `until`. A time that a peer claims may be decades off. */
function weekdaysBetween(from: string, until: string): number {
  const days = numberOfDay(until) - numberOfDay(from);
  const weeks = Math.floor(days / 7);
  let count = weeks * 5;
  const start = weekdayOf(from);
  for (let more = 1; more <= days - weeks * 7; more++) if (((start + more) % 7) % 6 !== 0) count++;
  return count;
}

/** How many of some sorted days are not after a day. */
function countUntil(days: readonly string[], date: string): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? "") <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a calendar knows the holidays of all days from one to another. */
export function isKnownBetween({ known }: Calendar, from: string, until: string): boolean {
  return known !== undefined && known.from <= from && until <= known.until;
}
