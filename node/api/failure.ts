import { randomBytes } from "node:crypto";
import { DiskError } from "../disk.ts";
import type { Logger } from "../logger.ts";
import { ServiceError } from "../service.ts";
import type { ServiceErrorCode } from "../service.ts";
import { ApiError } from "./api-error.ts";
import type { ApiErrorCode } from "./api-error.ts";

/** What a client is told, as JSON: `{"code": "NOT_FOUND", "message": "no entry nvwa.nl:12 here", "hint": null}`. */
export type Failure = {
  readonly code: ServiceErrorCode | ApiErrorCode;
  readonly message: string;
  readonly hint: string | null;
};

/** Nobody is shown the inside of an unexpected error: it goes to the log, under the id that the client is told. */
export function toFailure(error: unknown, log: Logger): Failure {
  if (error instanceof ServiceError || error instanceof ApiError) return failure(error.code, error.message, error.hint);
  if (error instanceof DiskError && error.code === "FULL")
    return failure("DISK_FULL", "the disk is full, and the node stops", "make room on the disk, then: entente start");
  const refused = refusedByFastify(error);
  if (refused !== undefined) return refused;
  const id = randomBytes(6).toString("hex");
  log.error({ err: error, id }, "unexpected error in the local API");
  return failure("INTERNAL", "the node met an unexpected error", `look for ${id} in its log`);
}

/** The one place where an error becomes an HTTP status. */
export function httpStatus(code: Failure["code"]): number {
  switch (code) {
    case "INVALID":
    case "BODY_MALFORMED":
      return 400;
    case "UNAUTHORISED":
      return 401;
    case "REFUSED":
    case "NOT_TRUSTED":
    case "NOT_ADDRESSED":
      return 403;
    case "NOT_FOUND":
    case "NO_SUCH_ROUTE":
      return 404;
    case "AMBIGUOUS":
    case "KEY_CHANGED":
    case "PART_NOT_HELD":
      return 409;
    case "LENGTH_REQUIRED":
      return 411;
    case "BODY_TOO_LARGE":
      return 413;
    case "EMPTY_AUDIENCE":
      return 422;
    case "INTERNAL":
      return 500;
    case "NO_PEER":
      return 503;
    case "DISK_LOW":
    case "DISK_FULL":
      return 507;
  }
}

/** Bodies that are no JSON, too large, or of another media type never reach a route. */
function refusedByFastify(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  if (error.statusCode === 413) return failure("BODY_TOO_LARGE", "the request is larger than the node takes", null);
  const isClients = typeof error.statusCode === "number" && error.statusCode >= 400 && error.statusCode < 500;
  return isClients ? failure("BODY_MALFORMED", "the request is not JSON of the local API", null) : undefined;
}

function failure(code: Failure["code"], message: string, hint: string | null): Failure {
  return { code, message, hint };
}
