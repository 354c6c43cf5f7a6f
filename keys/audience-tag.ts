import { createHmac } from "node:crypto";
import { concatBytes, u64be, utf8Encode } from "../protocol/bytes.ts";
import { KeyError } from "./key-error.ts";

const NAMESPACE = utf8Encode("entente/audience/1");
const ID_LENGTH = 32;
const NONCE_LENGTH = 16;
const TAG_LENGTH = 16;

/**
 * The tag by which a member recognises itself in an audience, and nobody else does: the first 16 bytes of HMAC-SHA-256
 * under the X25519 secret of owner and member over `entente/audience/1` ‖ owner id ‖ member id ‖ epoch (u64, big-endian) ‖
 * nonce (docs/spec/audience-tag.md). Ids 32 bytes, nonce 16, `secret` from `sharedSecret`. Throws KEY_MALFORMED for
 * another length.
 */
export function audienceTag(
  secret: Uint8Array,
  ownerId: Uint8Array,
  memberId: Uint8Array,
  epoch: number,
  nonce: Uint8Array,
): Uint8Array {
  assertLength("shared secret", secret, ID_LENGTH);
  assertLength("owner id", ownerId, ID_LENGTH);
  assertLength("member id", memberId, ID_LENGTH);
  assertLength("nonce", nonce, NONCE_LENGTH);
  const message = concatBytes(NAMESPACE, ownerId, memberId, u64be(epoch), nonce);
  return Uint8Array.from(createHmac("sha256", secret).update(message).digest().subarray(0, TAG_LENGTH));
}

// The fields of the message are told apart by their lengths alone, so a wrong one must not get through.
function assertLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new KeyError("KEY_MALFORMED", `the ${what} of an audience tag has ${length} bytes`);
}
