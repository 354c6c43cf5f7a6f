import { describe, expect, it } from "vitest";
import { FormatError } from "../../protocol/format-error.ts";
import { MAX_CHARTER_SIGNATURES } from "../../protocol/limits.ts";
import { formatNote, formatSignatureLine, openNote, parseNote, parseSignatureLine } from "../../protocol/note.ts";
import type { Note, NoteVerifier } from "../../protocol/note.ts";
import { formatVkey, SIGNATURE_TYPE } from "../../protocol/vkey.ts";
import { primitives } from "../primitives.ts";

const signature = { name: "example.com/log", keyId: 1, signature: new Uint8Array(64) };
const key: NoteVerifier = {
  name: "example.com/log",
  keyId: 1,
  type: SIGNATURE_TYPE.ed25519,
  publicKey: new Uint8Array(32),
};
const sayYes = { ...primitives, verify: () => true };

describe("parseNote", () => {
  it("takes as many lines as it is told to", () => {
    const note = formatNote({ text: "a\n", signatures: Array.from({ length: 64 }, () => signature) });
    expect(() => parseNote(note)).toThrow(FormatError);
    expect(parseNote(note, MAX_CHARTER_SIGNATURES).signatures).toHaveLength(64);
  });
});

describe("formatNote", () => {
  it("refuses what would not be read back", () => {
    const refused: Note[] = [
      { text: "no newline", signatures: [signature] },
      { text: "", signatures: [signature] },
      { text: "tab\t\n", signatures: [signature] },
      { text: "\ud800\n", signatures: [signature] },
      { text: "a\n", signatures: [] },
      { text: "a\n", signatures: [{ ...signature, name: "a b" }] },
      { text: "a\n", signatures: [{ ...signature, name: "" }] },
      { text: "a\n", signatures: [{ ...signature, signature: new Uint8Array(0) }] },
      { text: "a\n", signatures: [{ ...signature, keyId: 2 ** 32 }] },
    ];
    for (const note of refused) expect(() => formatNote(note)).toThrow(FormatError);
  });
});

describe("a signature line", () => {
  it("is one line, without newline", () => {
    expect(parseSignatureLine(formatSignatureLine(signature))).toEqual(signature);
    expect(() => parseSignatureLine(`${formatSignatureLine(signature)}\n`)).toThrow(FormatError);
  });
});

describe("openNote", () => {
  const note = { text: "a\n", signatures: [signature, signature] };

  it("counts a key once", () => {
    expect(openNote(note, [key, { ...key }], sayYes)).toEqual([{ ...signature, verifier: key }]);
  });

  it("refuses a line that two different keys could have made, and only such a line", () => {
    const other = { ...key, publicKey: new Uint8Array(32).fill(1) };
    expect(() => openNote(note, [key, other], sayYes)).toThrow(expect.objectContaining({ code: "NOTE_KEY_AMBIGUOUS" }));
    const elsewhere = { ...key, keyId: 2 };
    expect(openNote(note, [key, elsewhere, { ...other, keyId: 2 }], sayYes)).toHaveLength(1);
  });

  it("passes over keys of types that it cannot verify, and asks nothing about them", () => {
    const unknown = { ...key, type: 6, publicKey: new Uint8Array(1312) };
    const verify = (): boolean => expect.fail("asked");
    expect(() => openNote(note, [unknown], { ...primitives, verify })).toThrow(
      expect.objectContaining({ code: "NOTE_UNTRUSTED" }),
    );
  });
});

describe("formatVkey", () => {
  it("refuses what would not be read back", () => {
    const refused = [
      { ...key, name: "a+b" },
      { ...key, type: 256 },
      { ...key, type: -1 },
      { ...key, publicKey: new Uint8Array(31) },
      { ...key, type: 6, publicKey: new Uint8Array(0) },
    ];
    for (const vkey of refused) expect(() => formatVkey(vkey)).toThrow(FormatError);
  });
});
