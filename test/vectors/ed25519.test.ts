import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { admitPublicKey, verifySignature } from "../../keys/ed25519.ts";
import { fromHex } from "../../protocol/bytes.ts";
import { testData } from "../data.ts";

const vectors = z
  .object({
    keys: z.array(z.object({ comment: z.string(), publicKey: z.string(), valid: z.boolean() })),
    signatures: z.array(
      z.object({
        comment: z.string(),
        publicKey: z.string(),
        message: z.string(),
        signature: z.string(),
        valid: z.boolean(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/ed25519.json", import.meta.url), "utf8")));

describe("docs/spec/vectors/ed25519.json", () => {
  it.each(vectors.keys)("key: $comment → $valid", ({ publicKey, valid }) => {
    expect(admitPublicKey(fromHex(publicKey))).toBe(valid);
    // A second time from what is remembered.
    expect(admitPublicKey(fromHex(publicKey))).toBe(valid);
  });

  it.each(vectors.signatures)("signature: $comment → $valid", ({ publicKey, message, signature, valid }) => {
    expect(verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(valid);
  });
});

const WYCHEPROOF = testData("vectors/wycheproof-ed25519.json");

describe("Wycheproof ed25519_test.json", () => {
  it.skipIf(WYCHEPROOF === undefined)("is judged exactly as labelled", () => {
    const { testGroups } = z
      .object({
        testGroups: z.array(
          z.object({
            publicKey: z.object({ pk: z.string() }),
            tests: z.array(
              z.object({ tcId: z.number(), msg: z.string(), sig: z.string(), result: z.enum(["valid", "invalid"]) }),
            ),
          }),
        ),
      })
      .parse(JSON.parse(readFileSync(WYCHEPROOF ?? "", "utf8")));
    const cases = testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, pk: group.publicKey.pk })));
    const wrong = cases.filter(
      (test) => verifySignature(fromHex(test.pk), fromHex(test.msg), fromHex(test.sig)) !== (test.result === "valid"),
    );
    expect(cases.length).toBeGreaterThanOrEqual(151);
    expect(wrong.map((test) => test.tcId)).toEqual([]);
  });
});
