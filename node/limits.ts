/**
 * Limits of the node itself, each with its reason. What peers may send is bounded in `protocol/limits.ts`, the
 * connections in `node/network/limits.ts`.
 */

// Erasure

/**
 * Between the storing of an erase leaf and the deletion of what it names: an authority whose log key was stolen notices it
 * and disavows what the thief wrote.
 */
export const ERASE_DELAY_MS = 7 * 86_400_000;

/** Parts moved out of sight in one write: the runs in which they lie are at most a frame each. */
export const ERASE_STEP_PARTS = 16;

/** Chunks deleted in one write: only their keys. */
export const ERASE_STEP_CHUNKS = 4_096;

/** Erasures of one log that are in memory, to be deleted or told of: far more than an authority makes in a week. */
export const ERASURES_OPEN_MAX = 10_000;

/** Erasures of one log that are listed, the newest: as many as a person looks through. */
export const ERASURES_LISTED_MAX = 1_000;

/**
 * A sweep rests so many times as long as it took: rewriting tables then takes a tenth of the disk's time, whatever is erased.
 */
export const ERASE_REST = 9;

/** How long a sweep is waited for without a look at the clock, which may be set; a timer of Node waits 24 days at most. */
export const ERASE_LOOK_MS = 86_400_000;

/** What could not be told or deleted is tried again after as long as a connection or a disk takes to recover. */
export const ERASE_RETRY_MS = 60_000;

/** Parts that one call erases: ten leaves full, and each is read to say who has it. */
export const ERASE_AT_ONCE_MAX = 10_240;

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

/** Of a file system on which the node is to write: what Linux takes. */
export const MAX_API_PATH = 4_096;

/** Characters of the reason that a person gives for a decision: a paragraph. */
export const MAX_API_REASON = 1_000;

/** A token is 64 hex digits or so; nothing longer is looked up. */
export const MAX_API_TOKEN = 256;

/** Bytes of a file in one line of a proof stream: 64 KiB of base64, which any reader of lines takes. */
export const API_DATA_BYTES = 48 * 1024;

/** Requests that wait for what arrives: a screen for each officer on duty, and no more memory than that. */
export const MAX_WATCHERS = 32;

/** Such a request is answered after this long though nothing has arrived: less than what proxies and scripts allow. */
export const ARRIVALS_WAIT_MS = 25_000;

/** Arrivals in one answer: a page of a screen or two. */
export const ARRIVALS_MAX = 100;

/** Entries looked at for one answer, most of which may be no records: some hundred milliseconds. */
export const ARRIVALS_LOOK_MAX = 1_000;

/** Between two lines of progress: as often as an eye can follow. */
export const API_PROGRESS_MS = 100;

// Exchange

/** Bytes of a batch frame besides leaves and parts: note (up to 16 signature lines), 53 hashes right of the range, heads. */
export const BATCH_FRAME_RESERVE = 6 * 1024;

/** CBOR head of a leaf of up to 64 KiB. */
export const LEAF_OVERHEAD = 3;

/** CBOR heads of a part: array, offset, number, bytes. */
export const PART_OVERHEAD = 12;

/** Entries looked through for one answer of parts: each is read by itself. */
export const PARTS_ENTRIES_MAX = 1_024;

/**
 * What one peer may ask of us, in bytes that we read and send. At once: a history of more than a million records, or
 * the largest attachment there can be, so that nobody who catches up is slowed. Then for each second: what a stream
 * to the other side of the world carries (`MAX_STREAM_WINDOW`), and a small part of what one core can serve.
 */
export const ANSWERED_AT_ONCE = 1024 * 1024 * 1024;
export const ANSWERED_PER_SECOND = 16 * 1024 * 1024;

/** What a request costs besides its bytes, and an entry or node that is read by itself: as much as a page of the disk. */
export const LOOK_COST = 4 * 1024;

/** Nodes read for a consistency proof: one a level of a tree that no log outgrows. */
export const PROOF_LOOKS = 64;

/** A request that is answered by a word, mostly by a refusal: honest nodes make few of those, floods consist of them. */
export const WORD_COST = 64 * 1024;

/** A signature that has to be verified: 512 of them, a tenth of a second of a core, then are a second of the budget. */
export const SIGNATURE_COST = 32 * 1024;

/**
 * Leaves and one-chunk parts of one log in a day: a hundred times what fifty alerts a day make in a year, and millions
 * of records for whoever takes a history anew. Large parts are bounded by `AUTO_FETCH_COUNT` and the disk.
 */
export const INTAKE_PER_DAY = 4 * 1024 * 1024 * 1024;

/** A hello must come this soon after a stream was opened, else a stranger holds a stream for nothing. */
export const HELLO_TIMEOUT_MS = 5_000;

/** How long a pull waits for news (docs/spec/exchange.md). */
export const PULL_WAIT_MS = 25_000;

/** No byte for this long although an answer is due: more than two waiting pulls; the connection is taken for dead. */
export const SILENCE_MS = 60_000;

/** A peer that could not read a part just now is asked again after as long as an overloaded disk takes to recover. */
export const BUSY_RETRY_MS = 30_000;

/**
 * A relay that had not a part yet is asked for it again: first after as long as a hop takes, then ever less often, since
 * most of what is missing for long is not coming.
 */
export const RELAY_RETRY_MIN_MS = 2_000;
export const RELAY_RETRY_MAX_MS = 300_000;

/** When none of our own lost parts came back for so long, those that did are told of. */
export const REPAIR_PAUSE_MS = 10_000;

/** Longest pause between two attempts to reach a peer: a line that is back is used within a minute. */
export const RECONNECT_MAX_MS = 60_000;

/** First pause after a failed attempt; doubled each time. */
export const RECONNECT_MIN_MS = 500;

/** A connection that held this long was a good one: the pauses before the next attempt begin anew. */
export const STEADY_MS = 60_000;

/**
 * A connection that held this long is made anew, with new keys: what one opens is a day, and Noise gives up after 2^32
 * messages, which no connection sends in that time (14 thousand a second would be a quarter of them).
 */
export const RENEW_MS = 86_400_000;

/** One attempt to reach a peer, handshake and stream included: slow lines need seconds, not more. */
export const DIAL_TIMEOUT_MS = 15_000;

/** Connections that may be open to strangers at a time; each costs a few buffers. */
export const STRANGERS_MAX = 32;

/** Connections with one node key at the other end: one, its twin, and what a cut line left open at either end. */
export const CONNECTIONS_PER_KEY_MAX = 4;

/** Chains other than the one held that a key which is known may show in a minute: each may take a third of a second. */
export const CHAINS_PER_MINUTE = 20;

/** A pull waits for news at the other end; one that is answered at once with none is not repeated at once. */
export const PULL_PAUSE_MS = 1_000;

/** Hellos of strangers judged in a second: each may cost a third of a second of verifying. */
export const HELLO_STRANGERS_PER_SECOND = 2;

/** A log of which more is known and nothing came for so long is asked from another: two slow round trips of a large frame. */
export const STALL_MS = 20_000;

/** Who has another history of a log is asked for it again after so long: a person may have mended it. */
export const OTHER_HISTORY_MS = 600_000;

/** If it was so often: once may be what a connection broke off, or an owner who mended it. */
export const OTHER_HISTORY_STRIKES = 3;

/** Evidence files that one peer is asked for in a minute: one whose chains are long takes seconds to judge. */
export const EVIDENCE_FILES_PER_MINUTE = 4;

/** Between two comparisons with one peer: a log that grows by the second is compared in strides. */
export const COMPARE_PAUSE_MS = 5_000;

/** And for logs that the peer was never shown: it may have nobody else to ask. */
export const COMPARE_NEW_PAUSE_MS = 250;

/** How often the owner renews the cosignature of its own head, so that silence can be told from withholding. */
export const OWN_COSIGNATURE_MS = 3_600_000;

/** Parts up to this size are fetched without being asked for: photographs are 60 to 210 kB, most reports under 4 MB. */
export const AUTO_FETCH_MAX = 4 * 1024 * 1024;

/** Bytes of one log's large parts that come so: twenty years of a busy authority's pictures; sixty logs fill half a terabyte. */
export const AUTO_FETCH_QUOTA = 8 * 1024 * 1024 * 1024;

/** Parts wanted at a time from one log without being asked for. */
export const AUTO_FETCH_COUNT = 4;

// Evidence

/** Evidence files kept of one log and epoch: the first proves that it broke its word, and more only say how often. */
export const EVIDENCE_PER_LOG_MAX = 16;

/** And of one authority, which opens epochs as it likes: four logs full, 256 MiB at the very worst. */
export const EVIDENCE_PER_AUTHORITY_MAX = 64;

/** Files remembered that were judged and not kept, so that they are not asked for at every comparison: 100 KiB. */
export const EVIDENCE_PASSED_OVER_MAX = 1_024;

/** And for how long: who was a stranger may be trusted by then, and the evidence against it wanted. */
export const EVIDENCE_AGAIN_MS = 3_600_000;

// Storage

/** Below this much free space a person should make room: ten of the largest attachments, or months of what is usual. */
export const DISK_LITTLE_BYTES = 10 * 1024 * 1024 * 1024;

/** Below this no attachments are taken in: the next one may be as large, and entries, which matter more, go on for years. */
export const DISK_LOW_BYTES = 1024 * 1024 * 1024;

/**
 * Below this no entries are taken in either. What was verified still comes to disk (a MiB of each log that is caught up
 * with at that moment), LevelDB writes a log and a table of 8 MiB each and, while it merges, 25 tables of 1 MiB twice; and
 * what a person decides (trust, charters, evidence) must find room for long.
 */
export const DISK_FULL_BYTES = 128 * 1024 * 1024;

/** Less than this LevelDB itself needs, see above. */
export const DISK_MARK_MIN = 32 * 1024 * 1024;

/** The room is measured this often, at the price of a system call: an outside writer of 50 MB/s takes half of the reserve. */
export const DISK_LOOK_MS = 1_000;

/** And after so many bytes were written, whatever the clock says. */
export const DISK_LOOK_BYTES = 8 * 1024 * 1024;

/** What was stopped for want of room begins again with so many times the room. */
export const DISK_RESUME_FACTOR = 1.125;

/** A part that was taken in and not published within a day belongs to a draft that nobody finished. */
export const STAGED_MS = 86_400_000;

/** Repairs of which none was done for so long are not waited for: what is asked for comes within a second, or later. */
export const SCRUB_WAIT_MS = 10_000;

// Health

/** A peer may be away for so long (an upgrade, a line that is repaired) before anybody is told. */
export const PEER_AWAY_S = 3_600;

/** Entries that are known and not here for so long do not come by themselves: catching up with years takes seconds. */
export const PEER_LAG_S = 600;

/** A connected peer cosigns within seconds; what it has not cosigned for so long it does not want to, or cannot. */
export const WITNESS_LAG_S = 3_600;

/** Clocks kept by a time service agree within a second; what differs by less than this nobody notices. */
export const CLOCK_OFFSET_S = 120;

/** After a start, peers are asked how far our log was: those that are there answer within seconds. */
export const SETTLING_S = 600;

/** The owner renews the cosignature of its head every hour: after three, silence may be withholding. */
export const HEAD_AGE_S = 3 * 3_600;

/** A connection that a peer made within this time shows that its side reaches ours. */
export const INBOUND_FRESH_S = 3_600;

/** Reads as late as this do not matter to people, and keep a node that takes in a thousand batches a second from counting. */
export const LAG_OBSERVE_MS = 1_000;

/** Connections at the metrics port: a collector or two, and a person. */
export const METRICS_CONNECTIONS_MAX = 8;

/** A collector on this machine asks in one packet. */
export const METRICS_TIMEOUT_MS = 5_000;

/** Files of the data directory that are searched for stray secrets; drafts of years are fewer. */
export const SEARCHED_FILES_MAX = 10_000;

/** Entries between one and the alert of its case: versions of an alert, follow-ups to follow-ups. More are no case of anybody. */
export const CASE_CLIMB_MAX = 1_000;

/** Entries whose cases are folded before the lists are written: a few thousand records in memory at the most. */
export const CASE_DIRTY_STEP = 256;

/** What others owe that a list keeps of one case; a question may name a thousand. Real cases have dozens; `case show` has all. */
export const CASE_ROW_DUTIES_MAX = 1_000;

/** How long cases are folded before what waits has its turn, an erasure or a list; usual ones take a third of it. */
export const CASE_STEP_MS = 1_000;

/** Entries of a case that are folded: what each had seen is a bit for every other, so that a peer who fills a case costs its readers a quarter of a second each time. */
export const CASE_ENTRIES_MAX = 2_000;

// Search

/** Characters of what is searched for: a long sentence. */
export const SEARCH_QUERY_MAX = 500;

/** Words of it: each is looked up for itself, in a few milliseconds where it stands in every entry. */
export const SEARCH_WORDS_MAX = 20;

/** Exact keys that one search asks for. */
export const SEARCH_KEYS_ASKED_MAX = 20;

/** Entries that one search shows: more nobody reads, and each is read from the store. */
export const SEARCH_RESULTS_MAX = 200;

/**
 * Of what is found, the newest so many are ranked: to rank a hundred thousand takes a third of a second, in which the node
 * does nothing else.
 */
export const SEARCH_RANKED_MAX = 2_000;

/** Tokens of one entry that are indexed: thirty times those of a usual alert, and fifteen milliseconds to write. */
export const SEARCH_TOKENS_MAX = 10_000;

/** Exact keys of one entry that are indexed: a recall of a whole range names hundreds of models. */
export const SEARCH_KEYS_MAX = 1_000;

/** How long the node reads for the index, or writes it, before others have their turn. */
export const INDEX_SLICE_MS = 8;

/** Entries of one transaction: more make the last one longer than others should wait. */
export const INDEX_SLICE_ENTRIES = 32;

/** Entries to be read anew that are taken at a time, while their log waits. */
export const INDEX_AGAIN_STEP = 8;

/** After a damaged value its log is left alone by the index: a scrub takes as long to mend it. */
export const INDEX_RETRY_MS = 60_000;

/** When nothing came for so long the node has nothing better to do than what goes on behind it. */
export const BACKGROUND_QUIET_MS = 1_000;

/** After a failure of the disk it is tried again: a person needs as long to make room. */
export const BACKGROUND_RETRY_MS = 60_000;

/** While there is anything else to do the search index takes half of the time. */
export const INDEX_REST_TIMES = 1;

/** And cases, for which nobody waits before he asks for them, a quarter. */
export const FOLDING_REST_TIMES = 3;

/** A key that more entries than this have in common joins none: it is a word such as "unknown", or a code of everybody. */
export const RELATED_COMMON_MAX = 1_000;

/** Entries that are named one by one when somebody leaves the area; how many there are is said as well. */
export const LEFT_AREA_LISTED_MAX = 100;
