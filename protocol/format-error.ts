/**
 * What may be wrong with bytes or text that somebody hands us, area first. `_MALFORMED`: these bytes are not of this
 * format. The others are well-formed, and refused for the reason that they name.
 */
export type FormatErrorCode =
  // Encoding
  | "BYTES_MALFORMED"
  | "TEXT_MALFORMED"
  | "NAME_MALFORMED"
  | "CBOR_MALFORMED"
  | "CBOR_NOT_CANONICAL"
  | "CBOR_LIMIT"
  // Signed notes and what is built of them
  | "VKEY_MALFORMED"
  | "NOTE_MALFORMED"
  | "NOTE_SIGNATURE_INVALID"
  | "NOTE_UNTRUSTED"
  | "NOTE_KEY_AMBIGUOUS"
  | "CHECKPOINT_MALFORMED"
  | "COSIGNATURE_MALFORMED"
  | "CHARTER_MALFORMED"
  | "CHAIN_MALFORMED"
  | "TRUST_MALFORMED"
  | "RECEIPT_MALFORMED"
  | "EVIDENCE_MALFORMED"
  // Tree
  | "PROOF_MALFORMED"
  | "PROOF_INVALID"
  | "TILE_MALFORMED"
  // Log
  | "LEAF_MALFORMED"
  | "AUDIENCE_MALFORMED"
  | "PART_MALFORMED"
  | "RECORD_MALFORMED"
  | "ENDORSEMENT_MALFORMED"
  | "APPROVAL_MALFORMED"
  // Settings
  | "POLICY_MALFORMED"
  // Exchange
  | "WIRE_MALFORMED";

/** What a program may want to know beside the code: positions, lengths, names. */
export type FormatErrorData = Readonly<Record<string, string | number | boolean>>;

/**
 * The one error of the formats: whatever bytes a peer sends, a parser returns a value or throws this.
 *
 *     throw new FormatError("CHECKPOINT_MALFORMED", "a checkpoint has three lines", { lines: 4 });
 */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly code: FormatErrorCode;
  readonly data?: FormatErrorData;

  constructor(code: FormatErrorCode, message: string, data?: FormatErrorData) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}
