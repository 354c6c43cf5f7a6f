import { concatBytes, equalBytes, utf8Encode } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import type { CborMap, CborValue } from "./cbor.ts";
import { CborShape } from "./cbor-shape.ts";
import { charterAtLeaf } from "./charter-chain.ts";
import type { Chain } from "./charter-chain.ts";
import type { Primitives } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { MAX_ENDORSED_PARTS } from "./limits.ts";
import { HASH_SIZE } from "./merkle/hash.ts";
import { ID_SIZE } from "./name.ts";
import { formatSignatureLine, parseSignatureLine } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import { isPartSize } from "./part.ts";
import type { Vkey } from "./vkey.ts";

/**
 * A role key's word on other parts of the same record, docs/spec/endorsement.md: canonical CBOR, content of a part.
 *
 *     {"parts": [[h'9f64…32 bytes', 1152]], "signature": "— nvwa.nl/lab/1 3q2+7w…"}
 */
export type Endorsement = {
  /** In the order signed. */
  readonly parts: readonly EndorsedPart[];
  readonly signature: NoteSignature;
  /** Keys that this version does not know; they are kept. */
  readonly unknown: CborMap;
};

/** A part as a record leaf commits to it. */
export type EndorsedPart = { readonly digest: Uint8Array; readonly size: number };

/** Where an endorsement stands: an entry, the parts of its leaf in order, and which of them the endorsement is. */
export type EndorsementPlace = {
  readonly epoch: number;
  readonly index: number;
  readonly parts: readonly EndorsedPart[];
  readonly part: number;
};

export type EndorsementVerdict =
  | { readonly kind: "vouches"; readonly key: Vkey }
  | {
      readonly kind: "refused";
      readonly code: "ENDORSEMENT_PART_UNKNOWN" | "ENDORSEMENT_KEY_UNKNOWN" | "ENDORSEMENT_SIGNATURE_INVALID";
    };

const shape = new CborShape("ENDORSEMENT_MALFORMED");

/** Reads the content of an endorsement part. Throws the errors of `decodeCbor`, and `ENDORSEMENT_MALFORMED`. */
export function parseEndorsement(content: Uint8Array): Endorsement {
  const { parts, signature, ...unknown } = shape.map(decodeCbor(content), "an endorsement");
  const endorsement = {
    parts: shape.array(parts, "parts", 1, MAX_ENDORSED_PARTS).map(readPart),
    signature: readSignature(shape.text(signature, "signature")),
    unknown,
  };
  assertParts(endorsement.parts);
  return endorsement;
}

export function formatEndorsement({ parts, signature, unknown }: Endorsement): Uint8Array {
  assertParts(parts);
  return encodeCbor({ ...unknown, parts: pairs(parts), signature: formatSignatureLine(signature) });
}

/**
 * What the role key signs. `owner`: id of the log's owner.
 *
 * SPEC: "`entente/endorsement/1` in ASCII ‖ owner id (32 bytes) ‖ canonical CBOR of the `parts` array."
 */
export function endorsedBytes(owner: Uint8Array, parts: readonly EndorsedPart[]): Uint8Array {
  if (owner.length !== ID_SIZE) throw malformed("an id that is not 32 bytes");
  assertParts(parts);
  return concatBytes(utf8Encode("entente/endorsement/1"), owner, encodeCbor(pairs(parts)));
}

/** Whether the endorsement, in an entry of the chain's owner, vouches for the parts that it names. */
export function verifyEndorsement(
  endorsement: Endorsement,
  chain: Chain,
  place: EndorsementPlace,
  { verify }: Primitives,
): EndorsementVerdict {
  const { parts, signature } = endorsement;
  // SPEC: "each of which must be a pair of the leaf in which the endorsement stands (other than its own)"
  const others = place.parts.filter((_, part) => part !== place.part);
  if (!parts.every((part) => others.some((other) => isSamePart(part, other))))
    return { kind: "refused", code: "ENDORSEMENT_PART_UNKNOWN" };
  // SPEC: "by a role key of the charter in force at the entry's index"
  const roles = charterAtLeaf(chain, place.epoch, place.index)?.roles ?? [];
  const key = roles.find(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
  if (key === undefined) return { kind: "refused", code: "ENDORSEMENT_KEY_UNKNOWN" };
  const valid = verify(key.publicKey, endorsedBytes(chain.id, parts), signature.signature);
  return valid ? { kind: "vouches", key } : { kind: "refused", code: "ENDORSEMENT_SIGNATURE_INVALID" };
}

function readPart(item: CborValue): EndorsedPart {
  const [digest, size] = shape.array(item, "a part", 2, 2);
  return { digest: shape.bytes(digest, "a digest", HASH_SIZE), size: shape.integer(size, "a size") };
}

function readSignature(text: string): NoteSignature {
  try {
    return parseSignatureLine(text);
  } catch (error) {
    if (error instanceof FormatError) throw malformed("signature is not a signature line");
    throw error;
  }
}

/** SPEC: "`parts`: 1 to 63 pairs as in the record leaf" */
function assertParts(parts: readonly EndorsedPart[]): void {
  if (parts.length < 1 || parts.length > MAX_ENDORSED_PARTS) throw malformed(`not 1 to ${MAX_ENDORSED_PARTS} parts`);
  if (parts.some(({ digest, size }) => digest.length !== HASH_SIZE || !isPartSize(size)))
    throw malformed("not a digest of 32 bytes and a size that a part can have");
}

function pairs(parts: readonly EndorsedPart[]): CborValue {
  return parts.map(({ digest, size }) => [digest, size]);
}

function isSamePart(a: EndorsedPart, b: EndorsedPart): boolean {
  return a.size === b.size && equalBytes(a.digest, b.digest);
}

function malformed(message: string): FormatError {
  return new FormatError("ENDORSEMENT_MALFORMED", message);
}
