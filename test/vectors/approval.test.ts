import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { approvedBytes, formatApproval, parseApproval, verifyApproval } from "../../protocol/approval.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { decodeCbor } from "../../protocol/cbor.ts";
import { parseVkey } from "../../protocol/vkey.ts";
import { chainVector, crypto, noteVectors, validChain } from "./chain-vector.ts";

const place = { name: z.string(), chain: chainVector, epoch: z.number(), index: z.number(), leaf: z.string() };
const vectors = z
  .object({
    format: z.literal("approval"),
    notes: noteVectors,
    valid: z.array(z.object({ ...place, approver: z.string().nullable(), signed: z.string().optional() })),
    invalid: z.array(z.object({ ...place, code: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/approval.json", import.meta.url), "utf8")));

describe("docs/spec/vectors/approval.json", () => {
  it.each(vectors.valid)("$name", ({ chain: charters, epoch, index, leaf, approver, signed }) => {
    const chain = validChain(vectors.notes, charters);
    const verdict = verifyApproval(chain, { epoch, index, leaf: fromHex(leaf) }, crypto);
    expect(verdict).toEqual(
      approver === null ? { kind: "none" } : { kind: "approved", key: parseVkey(crypto.sha256, approver) },
    );
    if (signed !== undefined) expect(toHex(approvedBytes(chain.id, epoch, fromHex(leaf)))).toBe(signed);
    const fields = decodeCbor(fromHex(leaf));
    const text = Array.isArray(fields) ? fields.at(-1) : undefined;
    expect(formatApproval(parseApproval(text))).toBe(text);
  });

  it.each(vectors.invalid)("refused: $name", ({ chain, epoch, index, leaf, code }) => {
    const verdict = verifyApproval(validChain(vectors.notes, chain), { epoch, index, leaf: fromHex(leaf) }, crypto);
    expect(verdict).toEqual({ kind: "refused", code });
  });
});
