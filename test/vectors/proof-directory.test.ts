import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { utf8Encode } from "../../protocol/bytes.ts";
import { verifyProofDirectory } from "../../protocol/proof/proof-directory.ts";
import type { ProofReport } from "../../protocol/proof/proof-report.ts";
import { parseTrustFile } from "../../protocol/trust-file.ts";
import { readerOf } from "../support/proof-builder.ts";
import { crypto } from "./chain-vector.ts";

const content = z.union([
  z.strictObject({ utf8: z.string() }),
  z.strictObject({ base64: z.string() }),
  z.strictObject({ link: z.string() }),
  z.strictObject({ directory: z.literal(true) }),
]);
type Content = z.infer<typeof content>;

const common = {
  name: z.string(),
  of: z.string(),
  trust: z.string().optional(),
  files: z.record(z.string(), content.nullable()),
};
const vectors = z
  .object({
    format: z.literal("proof-directory"),
    trust: z.string(),
    directories: z.record(z.string(), z.record(z.string(), content)),
    valid: z.array(
      z.object({
        ...common,
        disputed: z.number(),
        cosignatures: z.object({ good: z.number(), notJudged: z.number() }),
      }),
    ),
    invalid: z.array(z.object({ ...common, step: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/proof-directory.json", import.meta.url), "utf8")));

type Vector = (typeof vectors.valid | typeof vectors.invalid)[number];

function verify({ of, files, trust = vectors.trust }: Vector): Promise<ProofReport> {
  const all: Record<string, Content | null> = { ...vectors.directories[of], ...files };
  const plain = new Map<string, Uint8Array>();
  const links: string[] = [];
  const empty: string[] = [];
  for (const [path, what] of Object.entries(all)) {
    if (what === null) continue;
    if ("utf8" in what) plain.set(path, utf8Encode(what.utf8));
    else if ("base64" in what) plain.set(path, Buffer.from(what.base64, "base64"));
    else (("link" in what ? links : empty) satisfies string[]).push(path);
  }
  return verifyProofDirectory(readerOf(plain, links, empty), parseTrustFile(trust), crypto);
}

/** Our steps are finer than those of the page. */
function pageStep(step: string): string {
  const names: Readonly<Record<string, string>> = { trust: "charters", proof: "checkpoint", leaf: "inclusion" };
  return step.startsWith("part ") ? "parts" : (names[step] ?? step);
}

describe("docs/spec/vectors/proof-directory.json", () => {
  it.each(vectors.valid)("$name", async (vector) => {
    const report = await verify(vector);
    expect(report.steps.filter(({ result }) => result !== "ok")).toEqual([]);
    expect(report).toMatchObject({
      isOk: true,
      disputed: vector.disputed,
      notJudged: vector.cosignatures.notJudged,
    });
    expect(report.witnesses).toHaveLength(vector.cosignatures.good);
  });

  it.each(vectors.invalid)("$name", async (vector) => {
    const report = await verify(vector);
    expect(report.isOk).toBe(false);
    const [first] = report.steps.filter(({ result }) => result === "failed");
    expect({ ...first, step: pageStep(first?.step ?? "none") }).toMatchObject({ step: vector.step });
  });
});
