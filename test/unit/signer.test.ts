import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { keyPairFromSeed, verifySignature } from "../../keys/ed25519.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createCosigner, createNoteSigner } from "../../keys/signer.ts";
import { fromBase64, toBase64, toHex, utf8Encode } from "../../protocol/bytes.ts";
import { openNote, parseNote, parseSignatureLine } from "../../protocol/note.ts";
import { keyId, parseVkey } from "../../protocol/vkey.ts";

const primitives = { sha256, verify: verifySignature };

describe("createNoteSigner", () => {
  it("signs as golang.org/x/mod/sumdb/note does", () => {
    // PRIVATE+KEY+PeterNeumann+c74f20a3+… of its note_test.go: type byte and seed.
    const seed = fromBase64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").subarray(1);
    const signer = createNoteSigner("PeterNeumann", keyPairFromSeed(seed));
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    expect(signer.vkey).toBe("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    expect(signer.sign(text)).toBe(
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=",
    );
    const note = parseNote(`${text}\n${signer.sign(text)}\n`);
    expect(openNote(note, [parseVkey(sha256, signer.vkey)], primitives)).toHaveLength(1);
  });

  it("refuses a text that no note has", () => {
    const signer = createNoteSigner("nvwa.nl/node", keyPairFromSeed(new Uint8Array(32)));
    expect(() => signer.sign("no newline")).toThrow(expect.objectContaining({ code: "KEY_MALFORMED" }));
    expect(() => signer.sign("\ud800\n")).toThrow(expect.objectContaining({ code: "TEXT_MALFORMED" }));
  });

  it("signs bytes that are no note", () => {
    const key = keyPairFromSeed(new Uint8Array(32).fill(5));
    const signer = createNoteSigner("nvwa.nl/approver/1", key);
    const message = Uint8Array.of(1, 2, 255);
    const { name, keyId: id, signature } = parseSignatureLine(signer.signBytes(message));
    expect([name, id]).toEqual(["nvwa.nl/approver/1", parseVkey(sha256, signer.vkey).keyId]);
    expect(verifySignature(key.publicKey, message, signature)).toBe(true);
  });
});

describe("createCosigner", () => {
  const key = keyPairFromSeed(new Uint8Array(32).fill(7));
  const witness = createCosigner("nvwa.nl/witness", key);
  const checkpoint = `example.com/log\n3\n${toBase64(new Uint8Array(32))}\n`;

  it("cosigns with a line that openNote verifies under its vkey", () => {
    const line = witness.cosign(checkpoint, 1_679_315_147);
    const vkey = parseVkey(sha256, witness.vkey);
    expect(vkey).toMatchObject({ name: "nvwa.nl/witness", type: 4 });
    expect(openNote(parseNote(`${checkpoint}\n${line}\n`), [vkey], primitives)).toHaveLength(1);
    const { signature } = parseSignatureLine(line);
    expect(signature).toHaveLength(72);
    const signed = utf8Encode(`cosignature/v1\ntime 1679315147\n${checkpoint}`);
    expect(verifySignature(key.publicKey, signed, signature.subarray(8))).toBe(true);
    expect(() => openNote(parseNote(`${checkpoint.replace("3", "4")}\n${line}\n`), [vkey], primitives)).toThrow();
  });

  it.each([-1, 1.5, 2 ** 53])("refuses time %d", (time) => {
    expect(() => witness.cosign(checkpoint, time)).toThrow(expect.objectContaining({ code: "COSIGNATURE_MALFORMED" }));
  });

  it("proves its possession under the key id of a plain key", () => {
    const charter = "entente charter v1\nauthority nvwa.nl\n";
    const { keyId: id, signature } = parseSignatureLine(witness.prove(charter));
    expect(id).toBe(keyId(sha256, "nvwa.nl/witness", 0x01, key.publicKey));
    expect(id).not.toBe(parseVkey(sha256, witness.vkey).keyId);
    expect(verifySignature(key.publicKey, utf8Encode(charter), signature)).toBe(true);
  });

  it("signs nothing as a proof that could be shown as a cosignature", () => {
    for (const text of [
      "",
      checkpoint,
      `cosignature/v1\ntime 1679315147\n${checkpoint}`,
      "entente charter v1",
      "entente charter v10\n",
    ]) {
      expect(() => witness.prove(text)).toThrow(expect.objectContaining({ code: "KEY_MALFORMED" }));
    }
  });
});

it("signers print without their secret", () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => 200 + i);
  for (const signer of [
    createNoteSigner("a.b", keyPairFromSeed(seed)),
    createCosigner("a.b/witness", keyPairFromSeed(seed)),
  ]) {
    const shown = `${inspect(signer, { showHidden: true, depth: 9 })}${JSON.stringify(signer)}`;
    for (const secret of [toHex(seed), toBase64(seed), seed.join(", ")]) expect(shown).not.toContain(secret);
  }
});
