/** What only the local API itself refuses; everything else is a `ServiceError`. */
export type ApiErrorCode =
  | "UNAUTHORISED"
  | "NO_SUCH_ROUTE"
  | "LENGTH_REQUIRED"
  | "BODY_TOO_LARGE"
  | "BODY_MALFORMED"
  | "INTERNAL";

/** `message` and `hint` as in `ServiceError`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly hint: string | null;

  constructor(code: ApiErrorCode, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
