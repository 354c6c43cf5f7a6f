/**
 * A date in a record is text, of any year, and as exact as its author knows it (ISO 8601, calendar dates):
 *
 *     "2026-03-09"  "2026-03"  "2026"
 */
export function isDateText(text: string): boolean {
  const found = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text);
  if (found === null) return false;
  const [, year, month = "01", day = "01"] = found;
  return Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
}

/** 0 for a month that does not exist. */
function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [31, 0, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
