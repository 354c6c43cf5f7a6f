import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";

/** Beside those of the node's local API (docs/spec/local-api.md), what the command itself may say. */
export const CLI_ERROR_CODES = [
  // Said by the command
  "USAGE",
  "NODE_DOWN",
  "KEYS",
  "FILE",
  // Said by the node
  "NOT_FOUND",
  "REFUSED",
  "INVALID",
  "AMBIGUOUS",
  "KEY_CHANGED",
  "NOT_TRUSTED",
  "EMPTY_AUDIENCE",
  "PART_NOT_HELD",
  "NOT_ADDRESSED",
  "NO_PEER",
  "DISK_LOW",
  "DISK_FULL",
  "UNAUTHORISED",
  "NO_SUCH_ROUTE",
  "LENGTH_REQUIRED",
  "BODY_TOO_LARGE",
  "BODY_MALFORMED",
  "INTERNAL",
] as const;

export type CliErrorCode = (typeof CLI_ERROR_CODES)[number];

/** What a program may want to know beside the code. */
export type CliErrorData = Readonly<Record<string, string | number>>;

/**
 * What ends a command. `message`: one sentence in lower case, without full stop. `hint`: what to do next, mostly a
 * command.
 *
 *     throw new CliError("NODE_DOWN", "no node answers in /srv/entente", "entente start");
 */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly hint: string | null;
  readonly data: CliErrorData;

  constructor(code: CliErrorCode, message: string, hint: string | null = null, data: CliErrorData = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.data = data;
  }
}

/** The one place where an error becomes an exit code. */
export function exitCodeOf(code: CliErrorCode): ExitCode {
  switch (code) {
    case "USAGE":
    case "AMBIGUOUS":
      return EXIT.usage;
    case "NOT_FOUND":
      return EXIT.notFound;
    case "NODE_DOWN":
      return EXIT.nodeDown;
    case "NO_SUCH_ROUTE":
    case "LENGTH_REQUIRED":
    case "BODY_MALFORMED":
    case "INTERNAL":
      return EXIT.internal;
    case "KEYS":
    case "FILE":
    case "REFUSED":
    case "INVALID":
    case "KEY_CHANGED":
    case "NOT_TRUSTED":
    case "EMPTY_AUDIENCE":
    case "PART_NOT_HELD":
    case "NOT_ADDRESSED":
    case "NO_PEER":
    case "DISK_LOW":
    case "DISK_FULL":
    case "UNAUTHORISED":
    case "BODY_TOO_LARGE":
      return EXIT.refused;
  }
}

export function isCliErrorCode(code: unknown): code is CliErrorCode {
  return CLI_ERROR_CODES.some((known) => known === code);
}
