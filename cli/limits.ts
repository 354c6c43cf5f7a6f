/** Limits of the command, most of them of what it takes from files, each with its reason. */

/** A record of 1 MiB in JSON, escaped and indented. */
export const MAX_RECORD_FILE = 8 * 1024 * 1024;

/** A chain file of a hundred large charters. */
export const MAX_CHAIN_FILE = 8 * 1024 * 1024;

/** Thousands of authorities, with remarks. */
export const MAX_TRUST_FILE = 1024 * 1024;

/** A token is one short line. */
export const MAX_TOKEN_FILE = 4096;

/** Content of a part that the formats can hold. */
export const MAX_PART_FILE = 1_073_741_824;

/** Rows of an import that are on their way at once: enough that the node commits them together. */
export const MAX_IN_FLIGHT = 16;

/** Folders in folders of a proof directory: `tile/entries/x001/x234/x567/x890/x123/456.p/1` is as deep as any. */
export const MAX_PROOF_DEPTH = 12;

/** Files of a proof directory: a million entries take 8 000, their parts are the rest. */
export const MAX_PROOF_FILES = 2_000_000;

/** A notification in JSON: a record of 1 MiB twice, and JSON escapes. */
export const MAX_NOTIFICATION_FILE = 8 * 1024 * 1024;

/** All alerts since 2005 as XML or JSON are half of it; a wrong file does not keep the machine busy for long. */
export const MAX_IMPORT_FILE = 268_435_456;

/** Elements in elements: a weekly report has four. */
export const MAX_XML_DEPTH = 16;

/** Characters of one text, comment or tag, which the parser holds in memory: ten times what a record may hold of it. */
export const MAX_XML_TOKEN = 1_048_576;

/** Text of a confidential part that an export takes in; a larger one is a file for `fetch`. */
export const MAX_EXPORTED_PART = 1_048_576;

/**
 * The process of a node that has stopped ends after so long, whatever still keeps it: the store is closed and the peers
 * have had their goodbye, so that nothing is waited for but sockets that a library forgot.
 */
export const LINGER_MS = 2_000;

/** What another node printed of a case: 200 bytes an entry, as many entries as a case may have. */
export const MAX_DIGEST_FILE = 16 * 1024 ** 2;

/** Files of a drop folder that are looked at in one scan: a scan takes less than a second, and the next one goes on. */
export const MAX_DROP_SCAN = 1_000;

/** Files of one dropped directory: a record has at most 63 parts beside it. */
export const MAX_DROPPED_FILES = 64;

/** All files of one dropped directory, which are copied before they are published: two films of the largest size. */
export const MAX_DROPPED_BYTES = 2 * MAX_PART_FILE;
