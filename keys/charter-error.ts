import type { CharterRefusal } from "../protocol/charter-chain.ts";

/**
 * Why no charter was built: the rule that it would break, a next root key that could never follow, or lines of a newer
 * version in the charter before it.
 */
export type CharterErrorCode = CharterRefusal["code"] | "CHARTER_NEXT_UNUSABLE" | "CHARTER_OF_NEWER_VERSION";

/** Thrown by charter-builder.ts. The message is a sentence for the operator. */
export class CharterError extends Error {
  override readonly name = "CharterError";
  readonly code: CharterErrorCode;

  constructor(code: CharterErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
