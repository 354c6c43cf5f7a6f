import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { algorithmA } from "../../protocol/statistics/algorithm-a.ts";
import { compareMany } from "../../protocol/statistics/compare-many.ts";
import { parseFraction, toNumber } from "../../protocol/statistics/fraction.ts";
import { normalizedIqr, scaledMad } from "../../protocol/statistics/median.ts";
import { scoresOf } from "../../protocol/statistics/scores.ts";
import { testData } from "../data.ts";
import { found } from "../support/determination.ts";

const path = testData("interlab.json");

const file = z.tuple([
  z.object({
    id: z.literal("algA-ptapp"),
    data: z.array(z.number()),
    published: z.object({
      MADe: z.number(),
      nIQR: z.number(),
      iterations: z.number(),
      x_star: z.number(),
      s_star: z.number(),
      trajectory: z.array(z.tuple([z.number(), z.number()])),
    }),
  }),
  z.object({
    id: z.literal("scores-ptapp"),
    inputs: z.record(z.string(), z.number()),
    published: z.object({ z: z.number(), z_prime: z.number(), zeta: z.number(), En: z.number() }),
  }),
  z.object({
    id: z.literal("ccqm-k30-lead-in-wine"),
    data: z.array(
      z.object({ lab: z.string(), value: z.number(), U: z.number(), k: z.number(), included: z.boolean() }),
    ),
    published: z.object({ KCRV: z.number(), U_KCRV: z.number() }),
  }),
]);

/** The doubles of whoever printed them are right to twelve digits or more: √6.4 was printed as 2.52982212813471, for …470. */
const DIGITS = 12;
const digits = (value: number, count = DIGITS): number => Number(value.toPrecision(count));

describe.skipIf(path === undefined)("published statistics", () => {
  const [algorithm, scored, lead] = path === undefined ? [] : file.parse(JSON.parse(readFileSync(path, "utf8")));

  it("of Algorithm A are reproduced, iteration by iteration", () => {
    const values = (algorithm?.data ?? []).map(String).map(parseFraction);
    const { thirdFigure } = algorithmA(values);
    const published = algorithm?.published;
    expect(digits(toNumber(scaledMad(values)))).toBe(digits(published?.MADe ?? 0));
    expect(digits(toNumber(normalizedIqr(values)))).toBe(digits(published?.nIQR ?? 0));
    expect(thirdFigure.iterations).toBe(published?.iterations);
    expect(thirdFigure.trajectory.map(({ x, s }) => [digits(x), digits(s)])).toEqual(
      published?.trajectory.map((step) => step.map((value) => digits(value))),
    );
    expect(digits(thirdFigure.x.value, 15)).toBe(published?.x_star);
    expect(digits(thirdFigure.s.value)).toBe(digits(published?.s_star ?? 0));
  });

  it("of one laboratory are reproduced", () => {
    const text = (key: string): string => String(scored?.inputs[key]);
    const result = scoresOf(
      { value: text("x"), U: text("U_x"), k: "2" },
      { value: text("x_pt"), U: text("U_xpt"), k: "2" },
      text("sigma_pt"),
    );
    const of = (score: object): number | undefined =>
      "value" in score && typeof score.value === "number" ? digits(score.value) : undefined;
    const published = scored?.published;
    expect([result.z, result.zPrime, result.zeta, result.en].map(of)).toEqual(
      [published?.z, published?.z_prime, published?.zeta, published?.En].map((value) => digits(value ?? 0)),
    );
  });

  it("of CCQM-K30 are reproduced: the mean of nine, and its uncertainty", () => {
    const data = lead?.data ?? [];
    const list = data.map(({ lab, value, U, k }) => found(lab, String(value), { U: String(U), k: String(k) }));
    const excluded = data.filter(({ included }) => !included).map(({ lab }) => lab);
    const result = compareMany(list, { assigned: "mean", excluded });
    const assigned = "assigned" in result ? result.assigned : undefined;
    expect(assigned?.value.value.toFixed(2)).toBe(lead?.published.KCRV.toFixed(2));
    expect(assigned?.U.value.toFixed(2)).toBe(lead?.published.U_KCRV.toFixed(2));
    expect(assigned).toMatchObject({ p: 9, value: { text: "2.99000" }, U: { text: "0.0557257" } });
  });

  it("of CCQM-K30 give each laboratory's E_n, with uncertainties as stated", () => {
    const reference = { value: String(lead?.published.KCRV), U: String(lead?.published.U_KCRV), k: "2" };
    const scores = (lead?.data ?? []).map(({ lab, value, U, k }) => {
      const { en } = scoresOf({ value: String(value), U: String(U), k: String(k) }, reference);
      return [lab, "asStated" in en ? en.asStated.value.toFixed(2) : undefined];
    });
    expect(Object.fromEntries(scores)).toEqual({
      INMETRO: "-12.86",
      KRISS: "-1.30",
      NMIJ: "-0.83",
      IRMM: "-0.73",
      PTB: "-0.30",
      NMIA: "-0.05",
      LGC: "0.09",
      CSIR: "0.07",
      NIM: "0.44",
      LNE: "1.04",
      INM: "2.38",
    });
  });

  it("of CCQM-K30 need no exclusion: Algorithm A of all eleven finds the same", () => {
    const { thirdFigure } = algorithmA((lead?.data ?? []).map(({ value }) => parseFraction(String(value))));
    expect([thirdFigure.x.value.toFixed(2), thirdFigure.s.value.toFixed(2)]).toEqual(["2.99", "0.11"]);
  });
});
