import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayAfter, dayOfNumber, dayOfTime, daysBetween, numberOfDay, weekdayOf } from "../../protocol/case/day.ts";
import { calendarOfCountry } from "../../protocol/case/holidays/calendar.ts";
import { COUNTRIES } from "../../protocol/case/holidays/countries.ts";
import { addDays, addWorkingDays, workingDaysBetween } from "../../protocol/case/working-days.ts";

const calendar = fc.constantFrom("CN", "JP", ...Object.keys(COUNTRIES)).map((country) => calendarOfCountry(country));
/** From 2019 to 2032: also where no calendar is known. */
const date = fc.integer({ min: 17_897, max: 22_900 }).map((number) => dayOfNumber(number));
const few = fc.integer({ min: 1, max: 60 });

describe("days", () => {
  it("are those of the platform's calendar", () => {
    fc.assert(
      fc.property(fc.integer({ min: -719_000, max: 2_900_000 }), (number) => {
        const time = new Date(number * 86_400_000);
        const day = time.toISOString().slice(0, 10);
        expect(dayOfNumber(number)).toBe(day);
        expect(numberOfDay(day)).toBe(number);
        expect(weekdayOf(day)).toBe(time.getUTCDay());
        expect(dayOfTime(number * 86_400 + 86_399)).toBe(day);
      }),
    );
  });
});

describe("working days", () => {
  it("that are added are counted again, and end on one", () => {
    fc.assert(
      fc.property(calendar, date, few, (of, from, days) => {
        const last = addWorkingDays(of, from, days);
        expect(workingDaysBetween(of, from, last)).toBe(days);
        expect(of.isWorkingDay(last)).toBe(true);
      }),
    );
  });

  it("between two days are as many as are met on the way, also where no calendar is known", () => {
    fc.assert(
      fc.property(calendar, date, fc.nat(900), (of, from, days) => {
        const walked = Array.from({ length: days }, (_, at) => dayAfter(from, at + 1));
        const met = walked.filter((day) => of.isWorkingDay(day)).length;
        expect(workingDaysBetween(of, from, dayAfter(from, days))).toBe(met);
      }),
    );
  });

  it("are added step by step or at once", () => {
    fc.assert(
      fc.property(calendar, date, few, few, (of, from, first, then) => {
        expect(addWorkingDays(of, addWorkingDays(of, from, first), then)).toBe(addWorkingDays(of, from, first + then));
      }),
    );
  });

  it("and days never end a later period earlier", () => {
    fc.assert(
      fc.property(calendar, date, few, few, fc.nat(10), (of, from, days, more, later) => {
        const start = dayAfter(from, later);
        expect(addWorkingDays(of, start, days + more) > addWorkingDays(of, from, days)).toBe(true);
        expect(addDays(of, start, days + more) >= addDays(of, from, days)).toBe(true);
      }),
    );
  });

  it("end a period of days on or after its last day, with two working days in it", () => {
    fc.assert(
      fc.property(calendar, date, fc.integer({ min: 2, max: 60 }), (of, from, days) => {
        const last = addDays(of, from, days);
        expect(daysBetween(from, last)).toBeGreaterThanOrEqual(days);
        expect(of.isWorkingDay(last)).toBe(true);
        expect(workingDaysBetween(of, from, last)).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it("between two days add up over a third", () => {
    fc.assert(
      fc.property(calendar, date, date, date, (of, a, b, c) => {
        expect(workingDaysBetween(of, a, b) + workingDaysBetween(of, b, c)).toBe(workingDaysBetween(of, a, c));
      }),
    );
  });
});
