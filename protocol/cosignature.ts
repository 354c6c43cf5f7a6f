import { concatBytes, readU64be, u64be, utf8Encode } from "./bytes.ts";
import type { VerifySignature } from "./crypto.ts";
import { isUnsigned } from "./decimal.ts";
import { FormatError } from "./format-error.ts";

/**
 * The signature of a witness, type 0x04 of C2SP tlog-cosignature v1.0.1: "as of `time`, this is the largest consistent
 * tree that I have seen of this origin". In the note it is 72 bytes, u64 time and Ed25519 signature; signed is
 *
 *     cosignature/v1
 *     time 1679315147
 *     example.com/behind-the-sofa
 *     20852163
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 */
export type Cosignature = {
  /** Whole seconds since 1970, by the cosigner's clock. */
  readonly time: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
};

const ED25519_SIGNATURE_SIZE = 64;
const TIME_SIZE = 8;

/** The bytes that a cosigner signs at `time` for the checkpoint whose note text is `checkpointText`. */
export function cosignedMessage(time: number, checkpointText: string): Uint8Array {
  if (!isUnsigned(time)) throw malformed("a time that is not a whole number of seconds");
  return utf8Encode(`cosignature/v1\ntime ${time}\n${checkpointText}`, "COSIGNATURE_MALFORMED");
}

/** Reads what stands after the key id of a signature line; `COSIGNATURE_MALFORMED` for another length or a time over 2^53 − 1. */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== TIME_SIZE + ED25519_SIGNATURE_SIZE) throw malformed("a cosignature has 72 bytes");
  return { time: readU64be(bytes, 0, "COSIGNATURE_MALFORMED"), signature: bytes.slice(TIME_SIZE) };
}

export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  if (!isUnsigned(time) || signature.length !== ED25519_SIGNATURE_SIZE) throw malformed("not a time and 64 bytes");
  return concatBytes(u64be(time), signature);
}

/** Whether `bytes`, as `parseCosignature` reads them, sign that checkpoint under `publicKey`. Never throws for what a peer sent. */
export function verifyCosignature(
  verify: VerifySignature,
  publicKey: Uint8Array,
  checkpointText: string,
  bytes: Uint8Array,
): boolean {
  try {
    const { time, signature } = parseCosignature(bytes);
    return verify(publicKey, cosignedMessage(time, checkpointText), signature);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function malformed(message: string): FormatError {
  return new FormatError("COSIGNATURE_MALFORMED", message);
}
