import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { endorsedBytes, formatEndorsement, parseEndorsement, verifyEndorsement } from "../../protocol/endorsement.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { parseVkey } from "../../protocol/vkey.ts";
import { chainVector, crypto, noteVectors, validChain } from "./chain-vector.ts";

const pairs = z.array(
  z.tuple([z.string(), z.number()]).transform(([digest, size]) => ({ digest: fromHex(digest), size })),
);
const place = {
  name: z.string(),
  chain: chainVector,
  epoch: z.number(),
  index: z.number(),
  leafParts: pairs,
  part: z.number(),
  content: z.string(),
};
const vectors = z
  .object({
    format: z.literal("endorsement"),
    notes: noteVectors,
    valid: z.array(z.object({ ...place, parts: pairs, by: z.string(), signed: z.string() })),
    invalid: z.array(z.object({ ...place, code: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/endorsement.json", import.meta.url), "utf8")));

type Vector = (typeof vectors.invalid)[number] | (typeof vectors.valid)[number];

function judge({ chain, epoch, index, leafParts, part, content }: Vector) {
  try {
    const endorsement = parseEndorsement(fromHex(content));
    return verifyEndorsement(
      endorsement,
      validChain(vectors.notes, chain),
      { epoch, index, parts: leafParts, part },
      crypto,
    );
  } catch (error) {
    if (error instanceof FormatError) return { kind: "refused", code: error.code };
    throw error;
  }
}

describe("docs/spec/vectors/endorsement.json", () => {
  it.each(vectors.valid)("$name", (vector) => {
    const endorsement = parseEndorsement(fromHex(vector.content));
    expect(endorsement.parts).toEqual(vector.parts);
    expect(toHex(formatEndorsement(endorsement))).toBe(vector.content);
    expect(toHex(endorsedBytes(validChain(vectors.notes, vector.chain).id, vector.parts))).toBe(vector.signed);
    expect(judge(vector)).toEqual({ kind: "vouches", key: parseVkey(crypto.sha256, vector.by) });
  });

  it.each(vectors.invalid)("refused: $name", (vector) => {
    expect(judge(vector)).toEqual({ kind: "refused", code: vector.code });
  });
});
