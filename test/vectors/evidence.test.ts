import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { verifyEvidence } from "../../protocol/evidence-verify.ts";
import { formatEvidence, parseEvidence } from "../../protocol/evidence.ts";
import { formatVkey } from "../../protocol/vkey.ts";
import { crypto } from "./chain-vector.ts";
import { readVectors } from "./vector-file.ts";

const named = { name: z.string(), hex: z.string() };
const vectors = readVectors(
  "evidence",
  z.discriminatedUnion("kind", [
    z.object({ ...named, kind: z.literal("checkpoints"), keys: z.tuple([z.string(), z.string()]) }),
    z.object({ ...named, kind: z.literal("charters"), serial: z.number() }),
  ]),
  z.object(named),
);

describe("docs/spec/vectors/evidence.json", () => {
  it.each(vectors.valid)("proven: $name", (vector) => {
    const evidence = parseEvidence(fromHex(vector.hex));
    expect(toHex(formatEvidence(evidence))).toBe(vector.hex);
    const verdict = verifyEvidence(evidence, crypto);
    expect(verifyEvidence(fromHex(vector.hex), crypto)).toEqual(verdict);
    if (!verdict.proven) throw new Error(verdict.code);
    expect(verdict.kind).toBe(vector.kind);
    if (verdict.kind === "checkpoints" && vector.kind === "checkpoints") {
      expect([verdict.first.key, verdict.second.key].map(formatVkey)).toEqual(vector.keys);
    } else if (verdict.kind === "charters" && vector.kind === "charters") {
      expect(verdict.charters.map(({ charter }) => charter.serial)).toEqual([vector.serial, vector.serial]);
      expect(verdict.charters[0].text).not.toBe(verdict.charters[1].text);
    }
  });

  it.each(vectors.invalid)("refused: $name", ({ hex, code }) => {
    expect(verifyEvidence(fromHex(hex), crypto)).toMatchObject({ proven: false, code });
  });
});
