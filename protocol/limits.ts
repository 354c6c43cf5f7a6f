/**
 * Every limit of the formats and of the exchange, with its reason. What a peer can make grow has one.
 * Limits of the node itself (timers, budgets, disk) stand in `node/limits.ts`.
 */

// Encoding

/** Nesting of arrays and maps in canonical CBOR: ours need 6; deeper input only exists to exhaust a stack. */
export const MAX_CBOR_DEPTH = 16;

/** Integers are exact in every language's double: |n| ≤ 2^53 − 1. */
export const MAX_SAFE_INTEGER = 9_007_199_254_740_991;

// Notes and checkpoints

/** Signature lines that we write or send on one note: C2SP signed-note asks verifiers to take at least 16. */
export const MAX_NOTE_SIGNATURES = 16;

/** Signature lines of a charter: up to 16 old and 16 new roots, online keys and roles. */
export const MAX_CHARTER_SIGNATURES = 64;

// Log

/** A leaf fits the u16 length prefix of a tlog-tiles entry bundle. */
export const MAX_LEAF_SIZE = 65_535;

/** Hashes of an inclusion or consistency proof: one a level and one more, of a tree of up to 2^62 entries. */
export const MAX_PROOF_HASHES = 63;

/** Parts of a chunk: RFC 6962 leaves of a part's own tree. */
export const CHUNK_SIZE = 65_536;

// Records

/** Content of part 0: a record of 1 000 determinations is a third of it, and one read never exhausts memory. */
export const MAX_RECORD_SIZE = 1_048_576;

/** Parts of a record, the record itself included. */
export const MAX_RECORD_PARTS = 64;

/** References of a record: the heads of one case as its author saw it; more than a few means a case badly split. */
export const MAX_RECORD_REFERENCES = 64;

/** Bytes of UTF-8 in a name, number, address or URL. The longest model cell of the portal has 676. */
export const MAX_RECORD_LABEL = 2_000;

/** Bytes of UTF-8 in a free text: a cell of Excel holds 32 767 UTF-16 units, which take at most three bytes each. */
export const MAX_RECORD_TEXT = 98_301;

/** Items of a list in a record. The longest list seen in real alerts has 44 models. */
export const MAX_RECORD_LIST = 1_000;

/** Languages of one text: the official ones of the Union are 24. */
export const MAX_RECORD_LANGUAGES = 32;

/** Columns kept of the file from which a record was imported: the portal's export has 28. */
export const MAX_RECORD_COLUMNS = 256;

/** Characters of a measured decimal: more digits than any instrument gives, few enough for exact arithmetic. */
export const MAX_RECORD_DECIMAL = 40;

// Exchange

/** One frame on the wire, length prefix not counted: bounds what a peer can make us buffer before we can judge it. */
export const MAX_FRAME_SIZE = 262_144;

// Key files

/**
 * The greatest scrypt work factor that we read, as a power of two: what plain `age` reads. It takes 4 GiB of memory and
 * half a minute; one more would let a file that somebody slipped in stop the machine.
 */
export const MAX_WORK_FACTOR = 22;

/** An encrypted key file: thousands of keys fit, and a wrong file name does not fill the memory. */
export const MAX_KEY_FILE_SIZE = 1_048_576;

/** A passphrase file, its final newline included: a sentence fits, and a wrong file name does not. */
export const MAX_PASSPHRASE_FILE_SIZE = 1024;

/** Requests that may be unanswered on one stream: six ranges, a waiting pull and some chunks, with room to spare. */
export const MAX_UNANSWERED_REQUESTS = 16;

/** Ranges in flight while catching up: enough to keep both ends busy over a long line (docs/spec/exchange.md). */
export const MAX_RANGES_IN_FLIGHT = 6;

/** Entries asked for by one range while catching up: four full frames of ordinary records. */
export const RANGE_ENTRIES = 1024;

/** Below this many missing entries a waiting pull brings them; above, ranges do. */
export const CATCH_UP_MIN = 512;

/** What one request may bring: bounds what one peer makes us hold before we have judged it. */
export const MAX_BUDGET = 8_388_608;

/** Logs named by one waiting pull. */
export const MAX_PULL_LOGS = 512;
