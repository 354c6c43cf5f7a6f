import { isApproverKeyName } from "./authority-key.ts";
import { concatBytes, u64be, utf8Encode } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import type { CborValue } from "./cbor.ts";
import { charterAtLeaf } from "./charter-chain.ts";
import type { Chain } from "./charter-chain.ts";
import type { Primitives } from "./crypto.ts";
import { FormatError } from "./format-error.ts";
import { ID_SIZE } from "./name.ts";
import { formatSignatureLine, parseSignatureLine } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import type { Vkey } from "./vkey.ts";

// A second key's word on a grant or an erasure, docs/spec/approval.md. In the leaf it is the last element, empty or
//
//     — nvwa.nl/approver/1 Vx0…

/** A grant or erase leaf at its place. */
export type ApprovableLeaf = {
  readonly epoch: number;
  readonly index: number;
  /** As it stands in the log. */
  readonly leaf: Uint8Array;
};

export type ApprovalVerdict =
  | { readonly kind: "none" }
  | { readonly kind: "approved"; readonly key: Vkey }
  | {
      readonly kind: "refused";
      readonly code: "APPROVAL_MALFORMED" | "APPROVAL_KEY_UNKNOWN" | "APPROVAL_SIGNATURE_INVALID";
    };

/** The text in the leaf: `undefined` for none. Throws `APPROVAL_MALFORMED`. */
export function parseApproval(text: string): NoteSignature | undefined {
  if (text === "") return undefined;
  try {
    return parseSignatureLine(text);
  } catch (error) {
    if (error instanceof FormatError) throw malformed("neither empty nor a signature line");
    throw error;
  }
}

export function formatApproval(approval: NoteSignature | undefined): string {
  return approval === undefined ? "" : formatSignatureLine(approval);
}

/**
 * What an approver signs. `owner`: id of the log's owner; `leaf` with or without an approval in it. Throws
 * `APPROVAL_MALFORMED` for what is neither a grant nor an erase leaf.
 *
 * SPEC: "the 18 bytes of `entente/approval/1` in ASCII ‖ id of the log's owner (32 bytes) ‖ epoch as u64 big-endian ‖ the
 * leaf's bytes with the approval field empty (the same canonical CBOR array, its last element the empty text)"
 */
export function approvedBytes(owner: Uint8Array, epoch: number, leaf: Uint8Array): Uint8Array {
  if (owner.length !== ID_SIZE) throw malformed("an id that is not 32 bytes");
  const fields = readFields(leaf);
  return concatBytes(utf8Encode("entente/approval/1"), owner, u64be(epoch), encodeCbor([...fields.slice(0, -1), ""]));
}

/** Whether a leaf of the chain's owner is approved. Throws `APPROVAL_MALFORMED` for what is no grant or erase leaf. */
export function verifyApproval(
  chain: Chain,
  { epoch, index, leaf }: ApprovableLeaf,
  { verify }: Primitives,
): ApprovalVerdict {
  const text = readFields(leaf).at(-1);
  const approval = readApproval(typeof text === "string" ? text : "?");
  if (approval === undefined) return { kind: "none" };
  if (approval === "malformed") return { kind: "refused", code: "APPROVAL_MALFORMED" };
  // SPEC: "by a role key `<name>/approver/<n>` of the charter in force at that leaf's index"
  const roles = charterAtLeaf(chain, epoch, index)?.roles ?? [];
  const key = roles.find(
    ({ name, keyId }) => name === approval.name && keyId === approval.keyId && isApproverKeyName(chain.name, name),
  );
  if (key === undefined) return { kind: "refused", code: "APPROVAL_KEY_UNKNOWN" };
  const valid = verify(key.publicKey, approvedBytes(chain.id, epoch, leaf), approval.signature);
  return valid ? { kind: "approved", key } : { kind: "refused", code: "APPROVAL_SIGNATURE_INVALID" };
}

function readApproval(text: string): NoteSignature | "malformed" | undefined {
  try {
    return parseApproval(text);
  } catch (error) {
    if (error instanceof FormatError) return "malformed";
    throw error;
  }
}

/** The leaf's array, if it is a grant or an erasure and ends in a text. */
function readFields(leaf: Uint8Array): readonly CborValue[] {
  const fields = decodeLeaf(leaf);
  if (!Array.isArray(fields) || (fields[0] !== "grant" && fields[0] !== "erase") || typeof fields.at(-1) !== "string") {
    throw malformed("neither a grant nor an erase leaf");
  }
  return fields;
}

function decodeLeaf(leaf: Uint8Array): CborValue {
  try {
    return decodeCbor(leaf);
  } catch (error) {
    if (error instanceof FormatError) throw malformed("a leaf that is not canonical CBOR");
    throw error;
  }
}

function malformed(message: string): FormatError {
  return new FormatError("APPROVAL_MALFORMED", message);
}
