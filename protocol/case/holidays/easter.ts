import { dayAfter } from "../day.ts";

/** Easter Sunday of the Gregorian calendar; J. Meeus, Astronomical Algorithms, chapter 8. */
export function easterOf(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - d + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  return marchDay(year, h + l - 7 * m + 22);
}

/** Days by which the Julian calendar is behind, from 1900 to 2099. */
const JULIAN_DAYS_BEHIND = 13;

/** Easter Sunday of the Orthodox churches, which is reckoned in the Julian calendar, as a day of the Gregorian one. */
export function orthodoxEasterOf(year: number): string {
  const d = (19 * (year % 19) + 15) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
  return marchDay(year, d + e + 22 + JULIAN_DAYS_BEHIND);
}

/** "March 40" is 9 April. */
function marchDay(year: number, day: number): string {
  return dayAfter(`${year}-03-01`, day - 1);
}
