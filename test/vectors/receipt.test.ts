import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toBase64, toHex } from "../../protocol/bytes.ts";
import { parseNote } from "../../protocol/note.ts";
import { formatReceipt, openReceipt, openStoredReceipt, parseReceipt } from "../../protocol/receipt.ts";
import { chainVector, crypto, noteVectors, validChain } from "./chain-vector.ts";
import { codeOf } from "./vector-file.ts";

const text = z.object({ name: z.string(), kind: z.literal("text"), text: z.string() });
const note = z.object({ name: z.string(), kind: z.literal("note"), chain: chainVector, note: z.string() });
const fields = {
  reader: z.string(),
  log: z.string(),
  epoch: z.number(),
  size: z.number(),
  root: z.string(),
  exceptions: z.number(),
};
const vectors = z
  .object({
    format: z.literal("receipt"),
    notes: noteVectors,
    valid: z.array(z.discriminatedUnion("kind", [text.extend(fields), note.extend({ taken: z.boolean() })])),
    invalid: z.array(
      z.discriminatedUnion("kind", [text.extend({ code: z.string() }), note.extend({ code: z.string() })]),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/receipt.json", import.meta.url), "utf8")));

describe("docs/spec/vectors/receipt.json", () => {
  it.each(vectors.valid.filter((vector) => vector.kind === "text"))("$name", (vector) => {
    const receipt = parseReceipt(vector.text);
    expect([
      toHex(receipt.reader),
      toHex(receipt.log),
      receipt.epoch,
      receipt.size,
      toBase64(receipt.root),
      receipt.exceptions,
    ]).toEqual([vector.reader, vector.log, vector.epoch, vector.size, vector.root, vector.exceptions]);
    expect(formatReceipt(receipt)).toBe(vector.text);
  });

  it.each(vectors.valid.filter((vector) => vector.kind === "note"))("$name", ({ chain, note: signed, taken }) => {
    const reader = validChain(vectors.notes, chain);
    const receipt = parseReceipt(parseNote(signed).text);
    expect(openStoredReceipt(signed, reader, crypto)).toEqual(receipt);
    if (taken) expect(openReceipt(signed, reader, crypto)).toEqual(receipt);
    else expect(codeOf(() => openReceipt(signed, reader, crypto))).toBe("NOTE_UNTRUSTED");
  });

  it.each(vectors.invalid)("refused: $name", (vector) => {
    if (vector.kind === "text") return expect(codeOf(() => parseReceipt(vector.text))).toBe(vector.code);
    const reader = validChain(vectors.notes, vector.chain);
    expect(codeOf(() => openReceipt(vector.note, reader, crypto))).toBe(vector.code);
    return expect(codeOf(() => openStoredReceipt(vector.note, reader, crypto))).toBe(vector.code);
  });
});
