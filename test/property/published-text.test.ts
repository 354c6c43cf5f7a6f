import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCheckpoint, parseCheckpoint } from "../../protocol/checkpoint.ts";
import { formatCosignature, parseCosignature } from "../../protocol/cosignature.ts";
import { FormatError } from "../../protocol/format-error.ts";
import { isKeyName } from "../../protocol/key-name.ts";
import { formatNote, parseNote } from "../../protocol/note.ts";
import { decodeEntryBundle, encodeEntryBundle } from "../../protocol/tlog-tiles.ts";
import { formatTlogProof, parseTlogProof } from "../../protocol/tlog-proof.ts";
import { formatVkey, keyId, parseVkey } from "../../protocol/vkey.ts";
import { sha256 } from "../primitives.ts";

const keyName = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter(isKeyName);
const unsigned = fc.maxSafeNat();
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const lines = fc
  .string({ unit: fc.constantFrom("a", " ", "\n", "—", "\ufeff", "é"), maxLength: 30 })
  .map((text) => `${text}\n`);

const signature = fc.record({
  name: keyName,
  keyId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
});
const signatures = fc.array(signature, { minLength: 1, maxLength: 16 });
const note = fc.record({ text: lines, signatures });

const origin = fc.string({ unit: fc.constantFrom(...Array.from("abz. /+é")), minLength: 1, maxLength: 20 });
const checkpoint = fc.record({ origin, size: unsigned, root: hash });

const vkey = fc
  .record({ name: keyName, type: fc.constantFrom(1, 4), publicKey: hash })
  .map((key) => ({ ...key, keyId: keyId(sha256, key.name, key.type, key.publicKey) }));

const cosignature = fc.record({ time: unsigned, signature: fc.uint8Array({ minLength: 64, maxLength: 64 }) });

const proof = fc
  .record(
    {
      index: unsigned,
      proof: fc.array(hash, { maxLength: 63 }),
      checkpoint,
      signatures,
      extra: fc.uint8Array({ maxLength: 40 }),
    },
    { requiredKeys: ["index", "proof", "checkpoint", "signatures"] },
  )
  .map(({ checkpoint: head, signatures: signed, ...rest }) => ({
    ...rest,
    note: formatNote({ text: formatCheckpoint(head), signatures: signed }),
  }));

const bundle = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });

describe("parse gives back what was formatted", () => {
  it("note", () => roundTrip(note, formatNote, (text) => parseNote(text)));
  it("checkpoint", () => roundTrip(checkpoint, formatCheckpoint, parseCheckpoint));
  it("vkey", () => roundTrip(vkey, formatVkey, (text) => parseVkey(sha256, text)));
  it("cosignature", () => roundTrip(cosignature, formatCosignature, parseCosignature));
  it("tlog-proof", () => roundTrip(proof, formatTlogProof, parseTlogProof));
  it("entry bundle", () => roundTrip(bundle, encodeEntryBundle, decodeEntryBundle));
});

describe("what parse accepts, format gives back; the rest is refused with a FormatError", () => {
  it("note", () => survives(note.map(formatNote), (text) => formatNote(parseNote(text))));
  it("checkpoint", () => survives(checkpoint.map(formatCheckpoint), (text) => formatCheckpoint(parseCheckpoint(text))));
  it("vkey", () => survives(vkey.map(formatVkey), (text) => formatVkey(parseVkey(sha256, text))));
  it("tlog-proof", () => survives(proof.map(formatTlogProof), (text) => formatTlogProof(parseTlogProof(text))));

  it("entry bundle", () => {
    const input = fc.tuple(bundle.map(encodeEntryBundle), fc.nat(), fc.uint8Array({ maxLength: 3 }));
    fc.assert(
      fc.property(input, ([bytes, at, put]) => {
        const changed = Uint8Array.from([...bytes].toSpliced(at % bytes.length, 2, ...put));
        expect([changed, undefined]).toContainEqual(attempt(() => encodeEntryBundle(decodeEntryBundle(changed))));
      }),
    );
  });
});

function roundTrip<T, W>(values: fc.Arbitrary<T>, format: (value: T) => W, parse: (written: W) => T): void {
  fc.assert(
    fc.property(values, (value) => {
      expect(parse(format(value))).toEqual(value);
    }),
  );
}

/** `rewrite` is parse, then format. */
function survives(texts: fc.Arbitrary<string>, rewrite: (text: string) => string): void {
  const put = fc.string({
    unit: fc.constantFrom(...Array.from("\n\r\t\0 —+=/Aa01é"), "\ud800", "\ufeff", "\u0085"),
    maxLength: 3,
  });
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(2), put, (text, at, remove, insert) => {
      const start = at % (text.length + 1);
      const changed = text.slice(0, start) + insert + text.slice(start + remove);
      expect([changed, undefined]).toContain(attempt(() => rewrite(changed)));
    }),
    { numRuns: 500 },
  );
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
