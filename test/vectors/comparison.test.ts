import { describe, expect, it } from "vitest";
import { z } from "zod";
import { canonicalJson } from "../../cli/compare/canonical-json.ts";
import { isMap } from "../../protocol/record/body.ts";
import { parseJson } from "../../protocol/record/json.ts";
import { testReport } from "../../protocol/record/test-report.ts";
import { type Comparison, compareReports } from "../../protocol/statistics/comparison.ts";
import { standingOf } from "../../protocol/statistics/standing.ts";
import { readVectors } from "./vector-file.ts";

const text = z.string();
const input = z.object({
  name: text,
  reports: z.array(z.strictObject({ entry: text, body: z.unknown(), supersedes: text.exactOptional() })),
  withdrawals: z.array(z.strictObject({ entry: text, of: text })).default([]),
  options: z.strictObject({ analyte: text.exactOptional(), anyMaterial: z.boolean().default(false) }).prefault({}),
});

const vectors = readVectors("comparison", input.extend({ comparison: z.unknown() }), input);

function compareVector({ reports, withdrawals, options }: z.infer<typeof input>): Comparison {
  const held = reports.map(({ body, ...place }) => {
    const value = parseJson(JSON.stringify(body));
    if (!isMap(value)) throw new Error("a body is a map");
    return { ...place, body: testReport.read(value, 1).body };
  });
  return compareReports(standingOf(held, withdrawals), options);
}

describe("comparison", () => {
  it.each(vectors.valid)("$name", (vector) => {
    const expected = canonicalJson(vector.comparison);
    expect(canonicalJson(compareVector(vector))).toBe(expected);
    const { reports, withdrawals } = vector;
    const turned = { ...vector, reports: reports.toReversed(), withdrawals: withdrawals.toReversed() };
    expect(canonicalJson(compareVector(turned)), "in another order").toBe(expected);
  });

  it.each(vectors.invalid)("$name", (vector) => {
    const pairs = compareVector(vector).analytes.flatMap((one) => one.pairs);
    const refused = pairs.flatMap(({ found }) => (found.verdict === "refused" ? found.refusals : []));
    expect(refused[0]?.reason).toBe(vector.code);
  });
});
