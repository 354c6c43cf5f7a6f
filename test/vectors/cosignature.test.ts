import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { cosignedMessage, formatCosignature, parseCosignature, verifyCosignature } from "../../protocol/cosignature.ts";
import { formatSignatureLine, openNote, parseSignatureLine } from "../../protocol/note.ts";
import { formatKeyId, parseVkey } from "../../protocol/vkey.ts";
import { primitives, sha256 } from "../primitives.ts";
import { codeOf, readVectors } from "./vector-file.ts";

const { verify } = primitives;
const valid = z.object({
  name: z.string(),
  vkey: z.string().optional(),
  checkpoint: z.string(),
  line: z.string(),
  keyName: z.string(),
  keyId: z.string(),
  time: z.number(),
  signature: z.string(),
  message: z.string(),
});
const vectors = readVectors(
  "cosignature",
  valid,
  z.object({ vkey: z.string(), checkpoint: z.string(), line: z.string() }),
);

describe("docs/spec/vectors/cosignature.json", () => {
  it.each(vectors.valid)("$name", ({ checkpoint, line, time, signature, ...vector }) => {
    const parsed = parseSignatureLine(line);
    expect([parsed.name, formatKeyId(parsed.keyId)]).toEqual([vector.keyName, vector.keyId]);
    expect(toHex(cosignedMessage(time, checkpoint))).toBe(vector.message);
    const cosignature = parseCosignature(parsed.signature);
    expect({ ...cosignature, signature: toHex(cosignature.signature) }).toEqual({ time, signature });
    expect(formatSignatureLine({ ...parsed, signature: formatCosignature(cosignature) })).toBe(line);
    if (vector.vkey === undefined) return;
    const verifier = parseVkey(sha256, vector.vkey);
    expect(verifyCosignature(verify, verifier.publicKey, checkpoint, parsed.signature)).toBe(true);
    expect(verify(verifier.publicKey, fromHex(vector.message), cosignature.signature)).toBe(true);
    expect(openNote({ text: checkpoint, signatures: [parsed] }, [verifier], primitives)).toHaveLength(1);
  });

  it.each(vectors.invalid)("refused: $name", ({ vkey, checkpoint, line, code }) => {
    const verifier = parseVkey(sha256, vkey);
    const parsed = parseSignatureLine(line);
    expect(verifyCosignature(verify, verifier.publicKey, checkpoint, parsed.signature)).toBe(false);
    if (code === "COSIGNATURE_MALFORMED") expect(codeOf(() => parseCosignature(parsed.signature))).toBe(code);
    // In a note, a line of a known witness that says nothing is as bad as one that says something false.
    const open = (): unknown => openNote({ text: checkpoint, signatures: [parsed] }, [verifier], primitives);
    expect(codeOf(open)).toBe("NOTE_SIGNATURE_INVALID");
  });
});
