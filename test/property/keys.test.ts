import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audienceTag } from "../../keys/audience-tag.ts";
import { keyPairFromSeed, signMessage, verifySignature } from "../../keys/ed25519.ts";
import { fingerprint, parseFingerprint } from "../../keys/fingerprint.ts";
import { generatePassphrase, isGeneratedPassphrase } from "../../keys/generated-passphrase.ts";
import { formatKeyBundle, parseKeyBundle } from "../../keys/key-bundle.ts";
import { KeyError } from "../../keys/key-error.ts";
import { KeyPair } from "../../keys/key-pair.ts";
import { formatOnlineKeys, generateOnlineKeys, parseOnlineKeys } from "../../keys/online-keys.ts";
import { sharedSecret, x25519KeyPairFromSeed } from "../../keys/x25519.ts";
import { toHex } from "../../protocol/bytes.ts";
import { isKeyName } from "../../protocol/key-name.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const name = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter(isKeyName);
const epoch = fc.nat({ max: Number.MAX_SAFE_INTEGER });

describe("Ed25519", () => {
  it("what is signed verifies, and neither another message, signature nor key does", () => {
    const flip = (data: Uint8Array, bit: number): Uint8Array =>
      data.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    fc.assert(
      fc.property(
        bytes(32),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(7),
        fc.nat(511),
        fc.nat(255),
        (seed, message, m, s, k) => {
          const key = keyPairFromSeed(seed);
          const signature = signMessage(key, message);
          expect(verifySignature(key.publicKey, message, signature)).toBe(true);
          expect(verifySignature(key.publicKey, flip(message, m), signature)).toBe(false);
          expect(verifySignature(key.publicKey, message, flip(signature, s))).toBe(false);
          expect(verifySignature(flip(key.publicKey, k), message, signature)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("never throws, whatever it is given", () => {
    const any = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(fc.oneof(any, bytes(32)), any, fc.oneof(any, bytes(64)), (publicKey, message, signature) => {
        expect(verifySignature(publicKey, message, signature)).toBe(false);
      }),
    );
  });
});

describe("audience tags", () => {
  it("are the same for owner and member, and differ in every field", () => {
    const ids = fc.tuple(bytes(32), bytes(32)).filter(([a, b]) => toHex(a) !== toHex(b));
    fc.assert(
      fc.property(ids, ids, epoch, bytes(16), ([ownerSeed, memberSeed], [ownerId, memberId], e, nonce) => {
        const owner = x25519KeyPairFromSeed(ownerSeed);
        const member = x25519KeyPairFromSeed(memberSeed);
        const secret = sharedSecret(owner, member.publicKey);
        expect(sharedSecret(member, owner.publicKey)).toEqual(secret);
        const others = [
          audienceTag(secret, ownerId, memberId, e, nonce),
          audienceTag(secret, memberId, ownerId, e, nonce),
          audienceTag(secret, ownerId, memberId, e === 0 ? 1 : e - 1, nonce),
          audienceTag(
            secret,
            ownerId,
            memberId,
            e,
            nonce.map((byte) => byte ^ 1),
          ),
          audienceTag(sharedSecret(member, member.publicKey), ownerId, memberId, e, nonce),
        ];
        expect(new Set(others.map(toHex)).size).toBe(others.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe("texts", () => {
  const key = fc
    .tuple(fc.constantFrom("ed25519" as const, "x25519" as const), bytes(32))
    .map(([type, seed]) => (type === "ed25519" ? new KeyPair(type, seed) : new KeyPair(type, seed)));

  it("a bundle reads back as it was, and what reads writes the same", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name, key }), { minLength: 1, maxLength: 6 }), (keys) => {
        const text = formatKeyBundle(keys);
        const read = parseKeyBundle(text);
        expect(formatKeyBundle(read)).toBe(text);
        expect(read.map((entry) => toHex(entry.key.exportSeed()))).toEqual(
          keys.map((entry) => toHex(entry.key.exportSeed())),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("a bundle with one character changed reads as what it says, or is refused by a KeyError that shows nothing of it", () => {
    const text = formatOnlineKeys(generateOnlineKeys({ name: "nvwa.nl", epoch: 0, roles: ["lab/1"] }, counter()));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, replacement) => {
        const changed = text.slice(0, at) + replacement + text.slice(at + 1);
        try {
          expect(formatOnlineKeys(parseOnlineKeys(changed))).toBe(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(KeyError);
          expect(String(error)).not.toContain("MC4C");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("a generated passphrase is recognised", () => {
    fc.assert(fc.property(bytes(16), (random) => isGeneratedPassphrase(generatePassphrase(random))));
  });

  it("a fingerprint reads back, and is the id modulo 10^40", () => {
    fc.assert(
      fc.property(bytes(32), (id) => {
        const text = fingerprint(id);
        expect(text).toMatch(/^(?:\d{5} ){7}\d{5}$/);
        expect(parseFingerprint(text)).toBe(text);
        expect((BigInt(`0x${toHex(id)}`) - BigInt(text.replaceAll(" ", ""))) % 10n ** 40n).toBe(0n);
      }),
    );
  });
});

function counter(): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => new Uint8Array(length).fill(++calls);
}
