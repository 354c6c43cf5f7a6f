/**
 * Every limit of the formats and of the exchange, with its reason. What a peer can make grow has one.
 * Limits of the node itself (timers, budgets, disk) stand in `node/limits.ts`.
 */

// Encoding

/** Nesting of arrays and maps in canonical CBOR: ours need 6; deeper input only exists to exhaust a stack. */
export const MAX_CBOR_DEPTH = 16;

/** Integers are exact in every language's double: |n| ≤ 2^53 − 1. */
export const MAX_SAFE_INTEGER = 9_007_199_254_740_991;

// Names

/** Characters of an authority's name: the shortest two labels with a dot; what fits a line of a table. */
export const MIN_NAME_LENGTH = 3;
export const MAX_NAME_LENGTH = 64;

// Notes and checkpoints

/** Signature lines that we write or send on one note: C2SP signed-note asks verifiers to take at least 16. */
export const MAX_NOTE_SIGNATURES = 16;

/** Signature lines of a charter: up to 16 old and 16 new roots, online keys and roles. */
export const MAX_CHARTER_SIGNATURES = 64;

// Charters and what is told by them

/** Bytes of a charter note: with the kind and the time around it, it fits a leaf. */
export const MAX_CHARTER_SIZE = 60_000;

/** Characters (code points) of an authority's title: one line of a page. */
export const MAX_CHARTER_TITLE = 128;

/** Root lines, and next lines, of a charter: more keepers than an authority finds, and each signature costs a check. */
export const MAX_CHARTER_ROOTS = 16;

/** Lines of log, witness and node keys together: three count, the others are of types to come. */
export const MAX_CHARTER_ONLINE_KEYS = 16;

/** Role keys of a charter: laboratories and approvers of one authority. */
export const MAX_CHARTER_ROLES = 32;

/** Lines of a charter that we do not know and keep. */
export const MAX_CHARTER_UNKNOWN_LINES = 64;

/** Addresses in a chain file: hints, of which a few are enough. */
export const MAX_CHAIN_ADDRESSES = 8;

/** Parts that one endorsement vouches for: all 64 of a record but its own. */
export const MAX_ENDORSED_PARTS = 63;

/** An evidence file: two chains of hundreds of charters fit, and one read never exhausts memory. */
export const MAX_EVIDENCE_SIZE = 4_194_304;

// Log

/** A leaf fits the u16 length prefix of a tlog-tiles entry bundle. */
export const MAX_LEAF_SIZE = 65_535;

/** Hashes of an inclusion or consistency proof: one a level and one more, of a tree of up to 2^62 entries. */
export const MAX_PROOF_HASHES = 63;

/** Parts of a chunk: RFC 6962 leaves of a part's own tree. */
export const CHUNK_SIZE = 65_536;

/** Leaf times, in seconds since 1970: 2020 to 2099. Outside of it a clock is wrong, and a date would need five digits. */
export const MIN_LEAF_TIME = 1_577_836_800;
export const MAX_LEAF_TIME = 4_102_444_799;

/** Followers of a log: more authorities than the Union and its partners have. */
export const MAX_FOLLOWERS = 512;

/** Members of an audience; its tags are filled up to a power of two, from 4 to this. */
export const MAX_AUDIENCE_MEMBERS = 512;
export const MIN_AUDIENCE_TAGS = 4;

/** Bytes of an audience tag: two of them are never equal by chance, and no more are needed. */
export const AUDIENCE_TAG_SIZE = 16;

/** Ranges of one grant: of a few bytes each, so that a grant is a small leaf; what needs more takes two. */
export const MAX_GRANT_ITEMS = 256;

/** Parts that one erase leaf names: at most 27 bytes each, so it is under half of what a leaf may be. */
export const MAX_ERASE_ITEMS = 1024;

/** The smallest part: 66 bytes of framing and a header of 24, padded. */
export const MIN_PART_SIZE = 96;

/** The largest part: 16 384 chunks, whose hashes are half a MiB in memory. */
export const MAX_PART_SIZE = 1_073_741_824;

/** Header of a part: a name and a type of full length and room for keys to come. */
export const MAX_PART_HEADER_SIZE = 1024;

/** Bytes of UTF-8 in the name of a part: what file systems take. */
export const MAX_PART_NAME = 255;

/** Characters of a media type: what RFC 6838 §4.2 allows for each half. */
export const MAX_PART_TYPE = 127;

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

// Statistics

/** Laboratories of one comparison, samples of one homogeneity test: the largest rounds have some hundreds. */
export const MAX_COMPARED = 512;

/** Results about one analyte in one material: each with each is 4 950 pairs. A case has a handful. */
export const MAX_COMPARED_PAIRWISE = 100;

// Exchange

/** One frame on the wire, length prefix not counted: bounds what a peer can make us buffer before we can judge it. */
export const MAX_FRAME_SIZE = 262_144;

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

/** A hello: what a stranger may make us read. */
export const MAX_HELLO_SIZE = 65_536;

/** Features that a hello names, and characters of each: additions are few, and strangers send them. */
export const MAX_FEATURES = 32;
export const MAX_FEATURE_NAME = 32;

/** Cosignatures that come with one pull, and receipts: one of each a log. */
export const MAX_PULL_STATEMENTS = 512;

/** Exceptions that a receipt is explained with; the first ones are enough to see what is wrong. */
export const MAX_RECEIPT_EXCEPTIONS = 1024;

/** Leaves of one batch: bounds what is hashed before its root is known to be signed. */
export const MAX_BATCH_LEAVES = 1024;

/** Cosignature lines beside a checkpoint: with the log's own line they make one note of 16. */
export const MAX_COSIGNATURE_LINES = 15;

/** Checkpoints of one page of a comparison: notes of 16 lines fill half of a frame. */
export const MAX_COMPARE_CHECKPOINTS = 128;

/** Digests of evidence that come with one page of a comparison: 8 KiB, and more than a federation at peace ever holds. */
export const MAX_COMPARE_EVIDENCE = 256;

/** Bytes of one piece of an evidence file: half of a frame, so that other answers get their turn. */
export const MAX_EVIDENCE_PIECE = 131_072;

/** Characters of the reason of an error: a sentence. */
export const MAX_ERROR_REASON = 256;

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

// Proof directories

/** A checkpoint note: sixteen lines of keys to come fit, and a wrong file does not fill the memory. */
export const MAX_PROOF_CHECKPOINT = 65_536;

/** A tlog-proof: the checkpoint note after a page of hashes. */
export const MAX_PROOF_FILE = MAX_PROOF_CHECKPOINT + 4096;

/** A chain file: as many of the largest charters as a chain may have, and the lines between them. */
export const MAX_PROOF_CHAIN = 33_554_432;

/** The largest number of a part: a record has 64. */
export const MAX_PART_NUMBER = 63;

/** Charters of one chain: a rotation every month for forty years. A chain is judged before its owner is known. */
export const MAX_CHAIN_CHARTERS = 512;

/** Counted signing keys that a chain may name before it ends: admitting one costs 3 ms, all of them three seconds. */
export const MAX_CHAIN_KEYS = 1024;
