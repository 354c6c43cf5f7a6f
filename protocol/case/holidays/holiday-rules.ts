import { dayAfter, isWeekend, weekdayOf } from "../day.ts";
import { easterOf, orthodoxEasterOf } from "./easter.ts";

/** The holidays of a country, by what makes them: all are days on which its authorities do not work. */
export type HolidayRules = {
  /** Days of every year: "05-01 12-25". */
  readonly fixed?: string;
  /** Fixed ones that only a later law brought, by its first year. */
  readonly since?: Readonly<Record<number, string>>;
  /** Fixed ones that, when they fall on a Saturday or Sunday, make the next working day a holiday. */
  readonly movedOn?: string;
  /** Fixed ones that are kept on the Friday before if they fall on a Saturday, on the Monday after if on a Sunday. */
  readonly observed?: string;
  /** Days after Easter Sunday, before it if negative. */
  readonly easter?: readonly number[];
  /** The same after the Easter of the Orthodox churches. */
  readonly orthodox?: readonly number[];
  /** The first such day of the week on or after a day: `["Monday", "05-25"]` is the last Monday in May. */
  readonly weekdays?: readonly (readonly [Weekday, string])[];
  /** Single days that a law or a government set: "2022-09-19". */
  readonly once?: string;
  /** Single days that by the rules would be holidays and are not. */
  readonly except?: string;
};

type Weekday = keyof typeof WEEKDAYS;
const WEEKDAYS = { Monday: 1, Thursday: 4, Friday: 5 } as const;

/** The holidays from one year to another, some of them on Saturdays and Sundays. */
export function holidaysOf(rules: HolidayRules, firstYear: number, lastYear: number): ReadonlySet<string> {
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, position) => firstYear + position);
  const holidays = new Set([...years.flatMap((year) => ofYear(rules, year)), ...words(rules.once)]);
  for (const day of words(rules.except)) holidays.delete(day);
  // After all others: a free day instead of another is the next one that is not free already.
  for (const day of years.flatMap((year) => fixedDays(rules.movedOn, year)))
    if (isWeekend(day)) holidays.add(nextFreeFor(holidays, day));
  return holidays;
}

function ofYear({ fixed, since, movedOn, observed, easter, orthodox, weekdays }: HolidayRules, year: number): string[] {
  const later = Object.entries(since ?? {}).filter(([first]) => Number(first) <= year);
  return [
    ...fixedDays(fixed, year),
    ...later.flatMap(([, days]) => fixedDays(days, year)),
    ...fixedDays(movedOn, year),
    ...fixedDays(observed, year).map((day) => observedOn(day)),
    ...(easter ?? []).map((days) => dayAfter(easterOf(year), days)),
    ...(orthodox ?? []).map((days) => dayAfter(orthodoxEasterOf(year), days)),
    ...(weekdays ?? []).map(([weekday, from]) => firstOn(WEEKDAYS[weekday], `${year}-${from}`)),
  ];
}

function nextFreeFor(holidays: ReadonlySet<string>, holiday: string): string {
  let day = holiday;
  while (isWeekend(day) || holidays.has(day)) day = dayAfter(day);
  return day;
}

function observedOn(day: string): string {
  if (!isWeekend(day)) return day;
  return weekdayOf(day) === 0 ? dayAfter(day) : dayAfter(day, -1);
}

function firstOn(weekday: number, from: string): string {
  return dayAfter(from, (weekday - weekdayOf(from) + 7) % 7);
}

function fixedDays(days: string | undefined, year: number): readonly string[] {
  return words(days).map((day) => `${year}-${day}`);
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(" ");
}
