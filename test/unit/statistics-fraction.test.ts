import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { figureOf, roundSignificant } from "../../protocol/statistics/figure.ts";
import { divide, fraction, fromNumber, parseFraction, toNumber } from "../../protocol/statistics/fraction.ts";
import { commonUnit, factorBetween } from "../../protocol/statistics/unit.ts";
import { studentT } from "../../protocol/statistics/student-t.ts";

describe("fractions", () => {
  it.each([
    ["0.1", 0.1],
    ["-2.990", -2.99],
    ["0", 0],
    ["9007199254740993", 9007199254740992],
    ["9007199254740993.0000000000000000000001", 9007199254740994],
    ["0.0000000000000000000000000000000000001", 1e-37],
  ])("of %s is the nearest double, ties to even", (text, value) => {
    expect(toNumber(parseFraction(text))).toBe(value);
  });

  it.each(["", "-", "1.", ".5", "+1", "1e3", "01", "1,5", "NaN", "Infinity", " 1", "1".repeat(41)])(
    "are not read from %j",
    (text) => {
      expect(() => parseFraction(text)).toThrow(expect.objectContaining({ code: "STATISTICS_NUMBER_MALFORMED" }));
    },
  );

  it("have no zero below, no infinity and no NaN", () => {
    const malformed = expect.objectContaining({ code: "STATISTICS_NUMBER_MALFORMED" });
    expect(() => divide(fraction(1n), fraction(0n))).toThrow(malformed);
    expect(() => fromNumber(Number.NaN)).toThrow(malformed);
    expect(() => fromNumber(Number.NEGATIVE_INFINITY)).toThrow(malformed);
  });

  it("beyond what a double holds are refused, never infinite or zero", () => {
    const outOfRange = expect.objectContaining({ code: "STATISTICS_OUT_OF_RANGE" });
    expect(() => toNumber(fraction(10n ** 400n))).toThrow(outOfRange);
    expect(() => toNumber(fraction(1n, 10n ** 400n))).toThrow(outOfRange);
  });
});

describe("figures", () => {
  it.each([
    [0.07952769228982665, 3, "0.0795"],
    [10.017022964557164, 6, "10.0170"],
    [1234567, 3, "1230000"],
    [0.5, 3, "0.500"],
    [999.96, 4, "1000"],
    [0.0009996, 3, "0.00100"],
    [5.85, 1, "6"],
    [0.95, 2, "0.95"],
    // The ties that doubles hold exactly go to the even digit.
    [2.5, 1, "2"],
    [3.5, 1, "4"],
    [-0.125, 2, "-0.12"],
    // 1.005 is a double just below it: its exact value decides, not its shortest text.
    [1.005, 3, "1.00"],
    [0, 6, "0"],
    [-0, 6, "0"],
  ])("%d to %d digits is %s", (value, digits, text) => {
    expect(roundSignificant(value, digits)).toBe(text);
  });

  it("have no minus zero", () => {
    expect(Object.is(figureOf(-0).value, 0)).toBe(true);
  });
});

describe("units", () => {
  it.each([
    ["mg/kg", "ppm", 1],
    ["% by mass", "mg/kg", 10_000],
    ["g/kg", "mg/kg", 1000],
    ["µg/kg", "ppb", 1],
    ["ppb", "mg/kg", 0.001],
    ["ug/g", "mg/kg", 1],
    ["μg/g", "µg/g", 1],
    ["mg/cm²/week", "µg/cm2/week", 1000],
    ["kN", "N", 1000],
    ["kPa", "Pa", 1000],
    ["bar", "kPa", 100],
    ["N/mm²", "MPa", 1],
    ["m", "cm", 100],
    ["cm", "mm", 10],
    ["h", "s", 3600],
    ["min", "s", 60],
    ["mg/L", "mg/l", 1],
    ["T²mm²", "kG²mm²", 100],
    ["N·cm", "Nm", 0.01],
    ["°C", "°C", 1],
    ["dB(A)", "dBA", 1],
    ["widgets", "widgets", 1],
  ])("one %s is so many %s: %d", (from, to, factor) => {
    expect(factorBetween(from, to)).toEqual(parseFraction(String(factor)));
  });

  it.each([
    ["mg/kg", "mg/l"],
    ["mg/kg", "%"],
    ["°C", "K"],
    ["dB", "dB(A)"],
    ["dB(A)", "dB(C)"],
    ["mN", "MN"],
    ["widgets", "gadgets"],
    ["mg/kg", "widgets"],
  ])("%s is no multiple of %s", (from, to) => {
    expect(factorBetween(from, to)).toBeUndefined();
  });

  it("are those of docs/spec/statistics.md, all of one row with their factors", () => {
    const page = readFileSync(new URL("../../docs/spec/statistics.md", import.meta.url), "utf8");
    const rows =
      page
        .split("## Units")[1]
        ?.split("## ")[0]
        ?.matchAll(/^\| ([A-Za-z ]+) \| ([^|]+) \|$/gm) ?? [];
    const found = [...rows].slice(1).map(([, , units = ""]) => {
      const [first = "", ...others] = units.split("; ");
      for (const other of others) {
        const [, texts = "", factor = ""] = /^(.*?) (\d+(?: \d{3})*(?:\.\d+)?)$/.exec(other) ?? [];
        const factors = texts.split(", ").map((text) => factorBetween(text, first));
        expect(factors, other).toEqual(factors.map(() => parseFraction(factor.replaceAll(" ", ""))));
      }
      expect(commonUnit([first, first])).toMatchObject({ isKnown: true });
      return first;
    });
    expect(found).toHaveLength(25);
    // No two rows meet.
    found.forEach((unit, index) => expect(factorBetween(unit, found[index - 1] ?? "none")).toBeUndefined());
  });

  it("of one dimension meet in its first unit, and stay where they are one", () => {
    expect(commonUnit(["g/kg", "% by mass"])).toMatchObject({ unit: "mg/kg" });
    expect(commonUnit(["g/kg", "g/kg"])).toMatchObject({ unit: "g/kg", isKnown: true });
    expect(commonUnit(["widgets", "widgets"])).toMatchObject({ unit: "widgets", isKnown: false });
  });
});

describe("Student's t", () => {
  it.each([
    [1, 12.706],
    [8, 2.306],
    [30, 2.042],
    [31, 2.042],
    [39, 2.042],
    [40, 2.021],
    [99, 1.99],
    [511, 1.984],
  ])("of %d degrees of freedom is %d", (degrees, t) => {
    expect(toNumber(studentT(degrees))).toBe(t);
  });
});
