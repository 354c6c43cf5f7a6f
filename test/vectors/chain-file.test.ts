import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toHex } from "../../protocol/bytes.ts";
import { formatChainFile, parseChainFile, verifyChainFile } from "../../protocol/chain-file.ts";
import { parseCheckpoint } from "../../protocol/checkpoint.ts";
import { parseNote } from "../../protocol/note.ts";
import { crypto } from "./chain-vector.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const vectors = readVectors(
  "chain-file",
  z.object({
    name: z.string(),
    text: z.string(),
    authority: z.string(),
    id: z.string(),
    charters: z.array(z.tuple([z.number(), z.number()])),
    checkpoint: z.string().nullable(),
    addresses: z.array(z.string()),
  }),
  z.object({ text: z.string(), reason: z.string().optional() }),
);

describe("docs/spec/vectors/chain-file.json", () => {
  it.each(vectors.valid)("$name", ({ text, authority, id, charters, checkpoint, addresses }) => {
    const file = parseChainFile(text, crypto.sha256);
    expect([file.name, toHex(file.id), file.checkpoint ?? null, file.addresses]).toEqual([
      authority,
      id,
      checkpoint,
      addresses,
    ]);
    expect(file.entries.map(({ epoch, index }) => [epoch, index])).toEqual(charters);
    expect(formatChainFile(file, crypto.sha256)).toBe(text);
    const verified = verifyChainFile(file, crypto);
    expect(toHex(verified.chain.id)).toBe(id);
    expect(verified.checkpoint?.checkpoint).toEqual(
      checkpoint === null ? undefined : parseCheckpoint(parseNote(checkpoint).text),
    );
  });

  it.each(vectors.invalid.filter(({ reason }) => reason === undefined))("refused: $name", ({ text, code }) => {
    expect(codeOf(() => parseChainFile(text, crypto.sha256))).toBe(code);
  });

  it.each(vectors.invalid.filter(({ reason }) => reason !== undefined))("does not verify: $name", ({ text, code }) => {
    const file = parseChainFile(text, crypto.sha256);
    expect(formatChainFile(file, crypto.sha256)).toBe(text);
    expect(codeOf(() => verifyChainFile(file, crypto))).toBe(code);
  });
});
