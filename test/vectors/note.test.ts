import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex, utf8Decode, utf8Encode } from "../../protocol/bytes.ts";
import { formatNote, openNote, parseNote } from "../../protocol/note.ts";
import { formatKeyId, formatVkey, keyId, parseVkey } from "../../protocol/vkey.ts";
import { primitives, sha256 } from "../primitives.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const vkeyCase = z.object({
  name: z.string(),
  kind: z.literal("vkey"),
  vkey: z.string(),
  keyName: z.string(),
  keyId: z.string(),
  type: z.number(),
  publicKey: z.string(),
});
const noteCase = z.object({
  name: z.string(),
  kind: z.literal("note"),
  note: z.string(),
  text: z.string(),
  signatures: z.array(z.object({ name: z.string(), keyId: z.string(), signature: z.string() })),
  vkeys: z.array(z.string()),
  verified: z.array(z.string()),
});
const vectors = readVectors(
  "note",
  z.discriminatedUnion("kind", [vkeyCase, noteCase]),
  z.object({
    kind: z.enum(["vkey", "note"]),
    vkey: z.string().optional(),
    note: z.string().optional(),
    noteHex: z.string().optional(),
    vkeys: z.array(z.string()).optional(),
  }),
);

describe("docs/spec/vectors/note.json", () => {
  it.each(vectors.valid.filter((vector) => vector.kind === "vkey"))("$name", (vector) => {
    const vkey = parseVkey(sha256, vector.vkey);
    expect([vkey.name, formatKeyId(vkey.keyId), vkey.type, toHex(vkey.publicKey)]).toEqual([
      vector.keyName,
      vector.keyId,
      vector.type,
      vector.publicKey,
    ]);
    expect(formatVkey(vkey)).toBe(vector.vkey);
    if (vkey.type === 1 || vkey.type === 4)
      expect(keyId(sha256, vkey.name, vkey.type, vkey.publicKey)).toBe(vkey.keyId);
  });

  it.each(vectors.valid.filter((vector) => vector.kind === "note"))("$name", (vector) => {
    const note = parseNote(vector.note);
    expect(note.text).toBe(vector.text);
    expect(
      note.signatures.map(({ name, keyId: id, signature }) => ({
        name,
        keyId: formatKeyId(id),
        signature: toHex(signature),
      })),
    ).toEqual(vector.signatures);
    expect(formatNote(note)).toBe(vector.note);
    const opened = openNote(note, vector.vkeys.map(parse), primitives);
    expect(opened.map(({ verifier }) => formatVkey(verifier))).toEqual(vector.verified);
  });

  it.each(vectors.invalid)("refused: $name", ({ vkey, note, noteHex, vkeys, code }) => {
    const act = (): unknown => {
      if (vkey !== undefined) return parse(vkey);
      const bytes = noteHex === undefined ? utf8Encode(note ?? "") : fromHex(noteHex);
      const parsed = parseNote(utf8Decode(bytes, "NOTE_MALFORMED"));
      return openNote(parsed, (vkeys ?? []).map(parse), primitives);
    };
    expect(codeOf(act)).toBe(code);
  });
});

function parse(vkey: string) {
  return parseVkey(sha256, vkey);
}
