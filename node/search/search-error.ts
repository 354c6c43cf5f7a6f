/** `DAMAGED`: the file is not what was written, and is to be made anew. `FAILED`: it cannot be read or written now. */
export type SearchErrorCode = "DAMAGED" | "FAILED";

export class SearchError extends Error {
  readonly code: SearchErrorCode;
  constructor(code: SearchErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = "SearchError";
    this.code = code;
  }
}
