import type { CborMap, CborValue } from "../cbor.ts";
import { MAX_ERROR_REASON } from "../limits.ts";
import { wireShape } from "./fields.ts";
import { tagged } from "./message.ts";

/** Why a request is not answered: `{"code": "not-found", "reason": "entry 1031 is not here"}`. Always the last frame. */
export type WireError = {
  readonly code: WireErrorCode;
  /** For people; at most 256 characters. From a peer: to be printed with care. */
  readonly reason: string;
};

const CODES = ["unsupported", "malformed", "not-admitted", "denied", "not-found", "busy"] as const;

const KIND = /^[a-z][a-z-]{0,31}$/;

export type WireErrorCode = (typeof CODES)[number];

export const error = {
  kind: "error",
  answer: tagged("error", {
    read: (body: CborMap): WireError => ({ code: readCode(body["code"]), reason: readReason(body["reason"]) }),
    format: ({ code, reason }: WireError): CborMap => ({ code, reason }),
  }),
} as const;

function readCode(value: CborValue | undefined): WireErrorCode {
  const text = wireShape.text(value, "the code");
  if (!KIND.test(text)) return wireShape.fail("not a code of an error");
  // SPEC: "An error code that the asker does not know is treated like `busy`, so that codes can be added"
  return CODES.find((code) => code === text) ?? "busy";
}

function readReason(value: CborValue | undefined): string {
  const reason = wireShape.text(value, "the reason");
  const isShort = [...reason].length <= MAX_ERROR_REASON;
  return isShort ? reason : wireShape.fail(`a reason of more than ${MAX_ERROR_REASON} characters`);
}
