import { dayAfter } from "../day.ts";
import { type Calendar, calendarWith } from "../working-days.ts";
import { CHINA } from "./china.ts";
import { COUNTRIES } from "./countries.ts";
import { type HolidayRules, holidaysOf } from "./holiday-rules.ts";

/** Years of which single days that governments set were looked up, or of which the law is known to go on. */
const FIRST_YEAR = 2020;
const LAST_YEAR = 2030;

/** The working days of an authority by the country in its charter; of a country that has no table, Monday to Friday. */
export function calendarOfCountry(country: string): Calendar {
  if (country === "CN") return chinese();
  const rules = RULES.get(country);
  if (rules === undefined) return calendarWith(undefined, []);
  const known = { from: `${FIRST_YEAR}-01-01`, until: `${LAST_YEAR}-12-31` };
  return calendarWith(known, holidaysOf(rules, FIRST_YEAR, LAST_YEAR));
}

const RULES: ReadonlyMap<string, HolidayRules> = new Map<string, HolidayRules>(Object.entries(COUNTRIES));

function chinese(): Calendar {
  const years = Object.keys(CHINA).sort();
  const days = (kind: "free" | "worked"): ReadonlySet<string> =>
    new Set(
      Object.entries(CHINA).flatMap(([year, table]) => table[kind].split(" ").flatMap((span) => within(year, span))),
    );
  const known = { from: `${years[0]}-01-01`, until: `${years.at(-1)}-12-31` };
  return calendarWith(known, days("free"), days("worked"));
}

/** "05-01/05-05" is five days. */
function within(year: string, span: string): readonly string[] {
  const [first = span, last = first] = span.split("/").map((day) => `${year}-${day}`);
  const days = [first];
  for (let day = first; day < last; days.push(day)) day = dayAfter(day);
  return days;
}
