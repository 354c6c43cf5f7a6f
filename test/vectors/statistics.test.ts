import { describe, expect, it } from "vitest";
import { z } from "zod";
import { algorithmA } from "../../protocol/statistics/algorithm-a.ts";
import { compareMany } from "../../protocol/statistics/compare-many.ts";
import { judge } from "../../protocol/statistics/decision-rule.ts";
import { figureOfFraction, roundSignificant } from "../../protocol/statistics/figure.ts";
import { parseFraction } from "../../protocol/statistics/fraction.ts";
import { homogeneity } from "../../protocol/statistics/homogeneity.ts";
import { normalizedIqr, scaledMad } from "../../protocol/statistics/median.ts";
import { compareTwo } from "../../protocol/statistics/pairwise.ts";
import { scoresOf } from "../../protocol/statistics/scores.ts";
import { StatisticsError } from "../../protocol/statistics/statistics-error.ts";
import { factorBetween } from "../../protocol/statistics/unit.ts";
import { readVectors } from "./vector-file.ts";

const text = z.string();
const optional = text.exactOptional();
const named = { name: text };
const determination = z.strictObject({
  laboratory: text,
  analyte: text,
  cas: optional,
  comparator: z.enum(["=", "<", ">"]),
  value: text,
  unit: text,
  U: optional,
  k: optional,
  method: optional,
  standard: optional,
  clause: optional,
  category: optional,
  extraction: optional,
});
const pair = { kind: z.literal("pair"), a: determination, b: determination };
const many = {
  kind: z.literal("many"),
  determinations: z.array(determination),
  options: z
    .strictObject({
      sigma: z.object({ value: text, unit: text }).exactOptional(),
      assigned: z.enum(["robust", "mean"]).exactOptional(),
      excluded: z.array(text).exactOptional(),
    })
    .default({}),
};
const samples = { kind: z.literal("homogeneity"), samples: z.array(z.tuple([text, text])), sigma: text };
const judged = {
  kind: z.literal("judge"),
  determination,
  limits: z.strictObject({ lower: optional, upper: optional, unit: text }),
  rule: z.discriminatedUnion("rule", [
    z.strictObject({ rule: z.literal("simple-acceptance") }),
    z.strictObject({ rule: z.literal("guard-band"), width: optional }),
  ]),
};
const stated = z.object({ value: text, U: text, k: text });
const score = z.tuple([text, text]);
const criterion = z.object({ limit: text, isMet: z.boolean() });

const vectors = readVectors(
  "statistics",
  z.discriminatedUnion("kind", [
    z.object({ ...named, kind: z.literal("unit"), from: text, to: text, factor: text.nullable() }),
    z.object({ ...named, kind: z.literal("rounding"), value: z.number(), digits: z.number(), text }),
    z.object({
      ...named,
      ...pair,
      verdict: text,
      reason: text,
      unit: optional,
      difference: optional,
      en: optional,
      enAsStated: optional,
      caveats: z.array(text).default([]),
    }),
    z.object({
      ...named,
      kind: z.literal("scores"),
      result: stated,
      assigned: stated,
      sigma: text,
      z: score,
      zPrime: score,
      zeta: score,
      en: score,
    }),
    z.object({
      ...named,
      kind: z.literal("algorithm-a"),
      values: z.array(text),
      scaledMad: text,
      normalizedIqr: text,
      thirdFigure: z.object({ iterations: z.number(), x: text, s: text }),
      converged: z.object({ x: text, s: text }),
      spreadOfEachIteration: z.array(z.number()),
    }),
    z.object({
      ...named,
      ...many,
      assigned: z.object({ by: text, p: z.number(), value: text, spread: text, u: text, U: text }),
      z: z.record(text, text),
      en: z.record(text, text),
      caveats: z.array(text),
    }),
    z.object({ ...named, ...samples, sx: text, sw: text, ss: text, criterion, expanded: criterion.exactOptional() }),
    z.object({ ...named, ...judged, verdict: text, reason: text }),
  ]),
  z.discriminatedUnion("kind", [z.object(pair), z.object(many), z.object(samples), z.object(judged)]),
);

describe("docs/spec/vectors/statistics.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    switch (vector.kind) {
      case "unit": {
        const expected = vector.factor === null ? undefined : parseFraction(vector.factor);
        return expect(factorBetween(vector.from, vector.to)).toEqual(expected);
      }
      case "rounding":
        return expect(roundSignificant(vector.value, vector.digits)).toBe(vector.text);
      case "pair": {
        const found = compareTwo(vector.a, vector.b);
        const { verdict, reason, unit, difference, en, enAsStated, caveats } = vector;
        expect(found).toMatchObject({ verdict, reason, ...(unit === undefined ? {} : { unit }) });
        for (const [key, expected] of Object.entries({ difference, en, enAsStated })) {
          if (expected !== undefined) expect(found).toMatchObject({ [key]: { text: expected } });
        }
        return expect("caveats" in found && found.caveats.map(({ caveat }) => caveat)).toEqual(caveats);
      }
      case "scores": {
        const found = scoresOf(vector.result, vector.assigned, vector.sigma);
        for (const key of ["z", "zPrime", "zeta", "en"] as const) {
          const [figure, verdict] = vector[key];
          expect(found[key]).toMatchObject({ text: figure, verdict });
        }
        return;
      }
      case "algorithm-a": {
        const values = vector.values.map(parseFraction);
        const found = algorithmA(values);
        expect(figureOfFraction(scaledMad(values)).text).toBe(vector.scaledMad);
        expect(figureOfFraction(normalizedIqr(values)).text).toBe(vector.normalizedIqr);
        const { thirdFigure, converged } = vector;
        expect(found.thirdFigure.trajectory.map(({ s }) => s)).toEqual(vector.spreadOfEachIteration);
        return expect(found).toMatchObject({
          thirdFigure: { iterations: thirdFigure.iterations, x: { text: thirdFigure.x }, s: { text: thirdFigure.s } },
          converged: { x: { text: converged.x }, s: { text: converged.s } },
        });
      }
      case "many": {
        const found = compareMany(vector.determinations, vector.options);
        if (found.outcome === "refused") return expect(found.refusals).toEqual([]);
        const { by, p, value, spread, u, U } = vector.assigned;
        expect(found.assigned).toMatchObject({ by, p, value: { text: value }, spread: { text: spread } });
        expect(found.assigned).toMatchObject({ u: { text: u }, U: { text: U } });
        for (const row of found.laboratories.filter(({ comparator }) => comparator === "=")) {
          const scores = { z: { text: vector.z[row.laboratory] }, en: { text: vector.en[row.laboratory] } };
          expect(row).toMatchObject(scores);
        }
        return expect(found.caveats.map(({ caveat }) => caveat)).toEqual(vector.caveats);
      }
      case "homogeneity": {
        const found = homogeneity(vector.samples, vector.sigma);
        expect([found.sx.text, found.sw.text, found.ss.text]).toEqual([vector.sx, vector.sw, vector.ss]);
        const plain = (one: typeof found.criterion | undefined) => one && { ...one, limit: one.limit.text };
        return expect([found.criterion, found.expanded].map(plain)).toEqual([vector.criterion, vector.expanded]);
      }
      case "judge": {
        const { verdict, reason } = vector;
        return expect(judge(vector.determination, vector.limits, vector.rule)).toMatchObject({ verdict, reason });
      }
    }
  });

  it.each(vectors.invalid)("$name", (vector) => {
    expect(whyNot(vector)).toBe(vector.code);
  });
});

/** The reason of the first refusal, or the code of the error. */
function whyNot(vector: (typeof vectors.invalid)[number]): string | undefined {
  try {
    const found = attempt(vector);
    return "refusals" in found ? found.refusals[0]?.reason : undefined;
  } catch (error) {
    return error instanceof StatisticsError ? error.code : String(error);
  }
}

function attempt(vector: (typeof vectors.invalid)[number]) {
  switch (vector.kind) {
    case "pair":
      return compareTwo(vector.a, vector.b);
    case "many":
      return compareMany(vector.determinations, vector.options);
    case "homogeneity":
      return homogeneity(vector.samples, vector.sigma);
    case "judge":
      return judge(vector.determination, vector.limits, vector.rule);
  }
}
