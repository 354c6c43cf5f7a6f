/**
 * Limits of the node itself, each with its reason. What peers may send is bounded in `protocol/limits.ts`, the
 * connections in `node/network/limits.ts`.
 */

// Local API

/** JSON body of one request: a record of 1 MiB whose text JSON escapes, or a chain file of a hundred large charters. */
export const MAX_API_BODY = 8 * 1024 * 1024;

/** Content of one part on its way in: as much as a part's size can be (`docs/spec/part.md`). */
export const MAX_API_PART_LENGTH = 1_073_741_824;

/** Idempotency keys that one request asks about: an import asks for a page of its rows at a time. */
export const MAX_API_KEYS = 1_000;

/** Entries of one page of a list: what one screen or one script step takes, read in a few milliseconds. */
export const MAX_API_LIST = 1_000;

/** One path element: the longest is an entry of a late epoch, a name of 64 characters and two numbers of 16, escaped. */
export const MAX_API_PATH_ELEMENT = 256;

/** A token is 64 hex digits or so; nothing longer is looked up. */
export const MAX_API_TOKEN = 256;

/** Bytes of a file in one line of a proof stream: 64 KiB of base64, which any reader of lines takes. */
export const API_DATA_BYTES = 48 * 1024;

/** Between two lines of progress: as often as an eye can follow. */
export const API_PROGRESS_MS = 100;
