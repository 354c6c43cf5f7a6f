import { describe, expect, it } from "vitest";
import { calendarOfCountry } from "../../protocol/case/holidays/calendar.ts";
import { COUNTRIES } from "../../protocol/case/holidays/countries.ts";
import { dayOfNumber, lastDayOf, numberOfDay } from "../../protocol/case/day.ts";
import { type HolidayRules, holidaysOf } from "../../protocol/case/holidays/holiday-rules.ts";
import {
  addDays,
  addWorkingDays,
  type Calendar,
  isKnownBetween,
  toWorkingDay,
  workingDaysBetween,
} from "../../protocol/case/working-days.ts";

/** From the laws and from what was published, not from the tables. */
const FREE: Readonly<Record<string, string>> = {
  AT: "2026-01-06 2026-06-04 2026-10-26 2026-12-08",
  BE: "2025-07-21 2025-11-11 2026-05-14",
  BG: "2026-03-03 2026-04-10 2026-04-13 2022-12-27 2022-12-28",
  CH: "2025-08-01 2026-04-03",
  CN: "2026-02-16 2026-02-23 2025-10-08 2026-09-25",
  CY: "2025-03-03 2025-10-01 2026-06-01",
  CZ: "2026-07-06 2026-09-28 2026-11-17",
  DE: "2025-10-03 2026-05-25",
  DK: "2023-05-05 2026-06-05 2026-04-02",
  EE: "2026-02-24 2026-06-23",
  ES: "2026-01-06 2026-10-12 2026-12-08",
  EU: "2023-01-02 2023-04-06 2023-04-07 2023-04-10 2023-05-01 2023-05-09 2023-05-18 2023-05-19 2023-05-29 2023-07-21 2023-08-15 2023-11-01 2023-11-02 2023-12-25 2023-12-26 2023-12-27 2023-12-28 2023-12-29 2024-03-28 2024-05-10",
  FI: "2026-06-19 2024-12-06",
  FR: "2025-05-08 2025-07-14",
  GB: "2022-06-02 2022-06-03 2022-09-19 2023-05-08 2026-03-17 2026-07-13 2021-12-28",
  GR: "2024-05-03 2024-05-06 2024-05-07 2025-03-03",
  HR: "2023-05-30 2024-05-30 2025-11-18",
  HU: "2025-10-23 2024-08-20",
  IE: "2023-02-06 2026-02-02 2025-10-27 2022-03-18",
  IS: "2025-04-24 2025-06-17 2025-08-04",
  IT: "2025-04-25 2025-06-02",
  LI: "2024-08-15 2024-05-30",
  LT: "2026-02-16 2026-03-11",
  LU: "2025-05-09 2025-06-23",
  LV: "2024-05-06 2025-11-18",
  MT: "2026-02-10 2025-09-08",
  NL: "2026-04-27 2026-05-05 2026-04-03",
  NO: "2024-05-17 2026-04-02",
  PL: "2025-12-24 2025-11-11 2025-06-19",
  PT: "2024-04-25 2025-06-10",
  RO: "2025-01-24 2025-01-06 2025-04-18 2025-12-01",
  SE: "2025-06-06 2025-06-20",
  SI: "2023-08-14 2024-02-08",
  SK: "2025-08-29 2025-09-15",
  US: "2021-06-18 2021-07-05 2025-11-27 2026-07-03 2021-12-31 2024-01-15",
};

const WORKED: Readonly<Record<string, string>> = {
  AT: "2026-04-03",
  BG: "2026-04-06 2026-01-06 2026-03-04",
  CN: "2026-02-14 2026-02-28 2026-01-04 2026-10-10 2025-09-28 2024-02-04 2024-12-25",
  DE: "2025-06-19 2025-10-31",
  DK: "2024-04-26 2026-05-01",
  EU: "2023-01-03 2023-06-23 2023-12-22 2024-01-03",
  FR: "2025-04-18",
  GB: "2020-05-04 2022-05-30 2025-11-11 2026-03-18",
  GR: "2024-05-01 2024-04-01",
  IE: "2025-04-18 2022-02-07",
  IT: "2025-04-18",
  PL: "2024-12-24 2025-04-18",
  RO: "2023-01-06 2025-05-09",
  SK: "2024-09-02 2025-11-17 2026-05-08 2026-09-15",
  US: "2020-06-19 2026-07-06 2025-12-26",
};

const NETHERLANDS = calendarOfCountry("NL");
const EVERY_WEEKDAY = calendarOfCountry("JP");

describe("holidays", () => {
  it.each(Object.entries(FREE))("of %s", (country, days) => {
    const { isWorkingDay } = calendarOfCountry(country);
    expect(days.split(" ").filter((day) => isWorkingDay(day))).toEqual([]);
  });

  it.each(Object.entries(WORKED))("and none of %s", (country, days) => {
    const { isWorkingDay } = calendarOfCountry(country);
    expect(days.split(" ").filter((day) => !isWorkingDay(day))).toEqual([]);
  });

  it("are known of every country that may be a party", () => {
    const parties =
      "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO GB CH US CN EU";
    for (const country of parties.split(" ")) expect(calendarOfCountry(country).known, country).toBeDefined();
  });

  it("are days that there are", () => {
    for (const [country, rules] of Object.entries(COUNTRIES)) {
      const days = [...holidaysOf(rules, 2020, 2030)];
      expect(days.length, country).toBeGreaterThan(80);
      expect(days.filter((day) => dayOfNumber(numberOfDay(day)) !== day)).toEqual([]);
    }
  });

  it("that a table excepts would be holidays by its rules", () => {
    for (const [country, rules] of Object.entries<HolidayRules>(COUNTRIES)) {
      const { except, ...rest } = rules;
      const days = holidaysOf(rest, 2020, 2030);
      const needless = (except?.split(" ") ?? []).filter((day) => !days.has(day));
      expect(needless, country).toEqual([]);
    }
  });

  it("that are not known leave Monday to Friday", () => {
    const china = calendarOfCountry("CN");
    expect(china.isWorkingDay("2027-10-01")).toBe(true);
    expect(china.isWorkingDay("2027-10-02")).toBe(false);
    expect(isKnownBetween(china, "2026-12-01", "2026-12-31")).toBe(true);
    expect(isKnownBetween(china, "2026-12-20", "2027-01-04")).toBe(false);
    expect(isKnownBetween(EVERY_WEEKDAY, "2026-01-01", "2026-01-02")).toBe(false);
    expect(EVERY_WEEKDAY.isWorkingDay("2026-01-01")).toBe(true);
  });
});

describe("periods (Regulation 1182/71, article 3)", () => {
  it("count from the day after", () => {
    // Wednesday 8 April 2026, two days after Easter Monday.
    expect(addWorkingDays(NETHERLANDS, "2026-04-08", 1)).toBe("2026-04-09");
    expect(addDays(NETHERLANDS, "2026-04-08", 30)).toBe("2026-05-08");
  });

  it("of working days leave out weekends and holidays", () => {
    // Maundy Thursday; Good Friday and Easter Monday are none in the Netherlands, and neither is King's Day.
    expect(addWorkingDays(NETHERLANDS, "2026-04-02", 4)).toBe("2026-04-10");
    expect(addWorkingDays(NETHERLANDS, "2026-04-24", 1)).toBe("2026-04-28");
    expect(addWorkingDays(calendarOfCountry("EU"), "2025-12-23", 4)).toBe("2026-01-08");
    expect(addWorkingDays(calendarOfCountry("CN"), "2026-02-13", 2)).toBe("2026-02-24");
  });

  it("of days end on the next working day (3(4))", () => {
    // 5 May is Liberation Day, 10 May a Sunday.
    expect(addDays(NETHERLANDS, "2026-04-05", 30)).toBe("2026-05-06");
    expect(addDays(NETHERLANDS, "2026-04-10", 30)).toBe("2026-05-11");
    expect(toWorkingDay(NETHERLANDS, "2026-05-06")).toBe("2026-05-06");
  });

  it("of two days or more have two working days (3(5))", () => {
    // The institutions close from 24 December to 2 January; the 3rd and 4th are a weekend.
    const institutions = calendarOfCountry("EU");
    expect(addDays(institutions, "2025-12-23", 1)).toBe("2026-01-05");
    expect(addDays(institutions, "2025-12-23", 2)).toBe("2026-01-06");
    expect(addDays(institutions, "2025-12-23", 12)).toBe("2026-01-06");
    expect(addDays(institutions, "2025-12-23", 15)).toBe("2026-01-07");
  });

  it("are counted back with a sign", () => {
    expect(workingDaysBetween(NETHERLANDS, "2026-04-02", "2026-04-10")).toBe(4);
    expect(workingDaysBetween(NETHERLANDS, "2026-04-10", "2026-04-02")).toBe(-4);
    expect(workingDaysBetween(NETHERLANDS, "2026-04-03", "2026-04-03")).toBe(0);
    expect(workingDaysBetween(NETHERLANDS, "2026-04-02", "2026-04-06")).toBe(0);
  });

  it("take the last day of a month or a year that was named", () => {
    expect(["2026-03-09", "2024-02", "2026-02", "2026-12", "2026"].map((date) => lastDayOf(date))).toEqual([
      "2026-03-09",
      "2024-02-29",
      "2026-02-28",
      "2026-12-31",
      "2026-12-31",
    ]);
  });

  it("go on where a calendar ends", () => {
    const few: Calendar = { known: undefined, free: [], worked: [], isWorkingDay: (date) => date === "2200-01-01" };
    expect(addWorkingDays(few, "2199-12-01", 1)).toBe("2200-01-01");
  });
});
