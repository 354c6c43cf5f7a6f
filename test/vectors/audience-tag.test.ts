import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { audienceTag } from "../../keys/audience-tag.ts";
import { sharedSecret, x25519KeyPairFromSeed } from "../../keys/x25519.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";

const vectors = z
  .object({
    tags: z.array(
      z.object({
        comment: z.string(),
        ownerSecret: z.string(),
        ownerPublic: z.string(),
        memberSecret: z.string(),
        memberPublic: z.string(),
        sharedSecret: z.string(),
        ownerId: z.string(),
        memberId: z.string(),
        epoch: z.number(),
        nonce: z.string(),
        tag: z.string(),
      }),
    ),
    refused: z.array(z.object({ comment: z.string(), publicKey: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../docs/spec/vectors/audience-tag.json", import.meta.url), "utf8")));

describe("docs/spec/vectors/audience-tag.json", () => {
  it.each(vectors.tags)("$comment", (vector) => {
    const owner = x25519KeyPairFromSeed(fromHex(vector.ownerSecret));
    const member = x25519KeyPairFromSeed(fromHex(vector.memberSecret));
    expect(toHex(owner.publicKey)).toBe(vector.ownerPublic);
    expect(toHex(sharedSecret(owner, fromHex(vector.memberPublic)))).toBe(vector.sharedSecret);
    const secret = sharedSecret(member, fromHex(vector.ownerPublic));
    expect(toHex(secret)).toBe(vector.sharedSecret);
    expect(
      toHex(
        audienceTag(secret, fromHex(vector.ownerId), fromHex(vector.memberId), vector.epoch, fromHex(vector.nonce)),
      ),
    ).toBe(vector.tag);
  });

  it.each(vectors.refused)("refused: $comment", ({ publicKey }) => {
    const own = x25519KeyPairFromSeed(fromHex(vectors.tags[0]?.ownerSecret ?? ""));
    expect(() => sharedSecret(own, fromHex(publicKey))).toThrow(
      expect.objectContaining({ code: "SHARED_SECRET_REFUSED" }),
    );
  });
});
