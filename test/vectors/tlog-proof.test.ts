import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { formatTlogProof, parseTlogProof, verifyTlogProof } from "../../protocol/tlog-proof.ts";
import type { VerifiedTlogProof } from "../../protocol/tlog-proof.ts";
import { parseVkey } from "../../protocol/vkey.ts";
import { primitives, sha256 } from "../primitives.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const known = {
  proof: z.string(),
  origin: z.string(),
  vkey: z.string(),
  witnesses: z.array(z.string()),
  leafHash: z.string(),
};
const valid = z.object({
  name: z.string(),
  ...known,
  index: z.number(),
  hashes: z.array(z.string()),
  extra: z.string().optional(),
  cosignatures: z.array(z.object({ name: z.string(), time: z.number() })),
});
const vectors = readVectors("tlog-proof", valid, z.object(known));

type Known = z.infer<z.ZodObject<typeof known>>;

describe("docs/spec/vectors/tlog-proof.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    const proof = parseTlogProof(vector.proof);
    expect(proof.index).toBe(vector.index);
    expect(proof.proof.map(toHex)).toEqual(vector.hashes);
    expect(proof.extra && toHex(proof.extra)).toBe(vector.extra);
    expect(formatTlogProof(proof)).toBe(vector.proof);
    const { checkpoint, cosignatures } = verify(vector);
    expect(checkpoint.origin).toBe(vector.origin);
    expect(cosignatures.map(({ verifier, time }) => ({ name: verifier.name, time }))).toEqual(vector.cosignatures);
  });

  it.each(vectors.invalid)("refused: $name", (vector) => {
    expect(codeOf(() => verify(vector))).toBe(vector.code);
  });
});

function verify({ proof, origin, vkey, witnesses, leafHash }: Known): VerifiedTlogProof {
  const trust = {
    origin,
    log: parseVkey(sha256, vkey),
    witnesses: witnesses.map((witness) => parseVkey(sha256, witness)),
  };
  return verifyTlogProof(primitives, trust, fromHex(leafHash), parseTlogProof(proof));
}
