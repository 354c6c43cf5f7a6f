/**
 * What a running node offers to the people of its authority. The local API (`api/`) exposes exactly this over the
 * node's socket and adds nothing; every method is authorised there by an operator's token. All values are plain JSON
 * values (hashes and ids as lower-case hex, times as ISO 8601 in UTC), except where a method streams bytes.
 */

import type { CaseService, OwedDuty } from "./case-types.ts";
import type { DisclosedBy } from "../protocol/policy/disclose.ts";
import type { Section, TransferGround } from "../protocol/policy/section.ts";
import type { ErasureService } from "./erasure-types.ts";
import type { PolicyService } from "./policy-types.ts";

/** How an entry is named in text: `nvwa.nl:12`. */
export type EntryText = string;

export type LogStatus = {
  readonly name: string;
  readonly id: string;
  readonly epoch: number;
  readonly own: boolean;
  /** Whether its entries are still asked for: trust was not withdrawn, and no newer epoch began. */
  readonly followed: boolean;
  /** Contiguous entries held here. */
  readonly size: number;
  /** Size of the largest valid checkpoint seen. */
  readonly seenSize: number;
  readonly root: string;
  /** Parts addressed to us below `size` that are not here yet. */
  readonly missingParts: number;
  /** Names of the authorities whose cosignature of this log we hold, with the size that each cosigned. */
  readonly witnesses: readonly { readonly name: string; readonly size: number; readonly time: string }[];
  /** Receipts for our own log, by authority. */
  readonly receipts: readonly { readonly name: string; readonly size: number; readonly exceptions: number }[];
  /** Alarms that concern this log, in words. */
  readonly alarms: readonly string[];
  /** Whether there is evidence against this log that nobody decided to pass over. */
  readonly contested: boolean;
};

export type PeerStatus = {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly country: string;
  readonly fingerprint: string;
  readonly addresses: readonly string[];
  readonly state: "connected" | "connecting" | "unreachable" | "not-admitted" | "no-address";
  /** Why not connected, in words. */
  readonly reason: string | null;
  /** Whether it had added this authority at some time: then `not-admitted` means that it removed it. */
  readonly addedUsBefore: boolean;
  readonly lastSeen: string | null;
  /** Entries of their log that we hold / that they were seen to have. */
  readonly held: number;
  readonly seen: number;
  /** As of its log. */
  readonly contested: boolean;
  /** How far this node is behind their log: entries seen and not held; seconds, by our clock, for which it has been so. */
  readonly lag: Lag;
  /** How far they are behind ours, by their newest cosignature; seconds since the first entry that it does not cover. */
  readonly witnessed: Lag & { readonly size: number };
  /** Since when it has not been connected, at the earliest since this node runs; null where it is. */
  readonly downSince: string | null;
  /** Seconds, by both clocks, since the owner last cosigned the head of its own log that is held; null: none is held. */
  readonly headAge: number | null;
  /** Seconds by which its clock is ahead of ours, at least (negative: behind), as its cosignatures show; 0: none does. */
  readonly clockOffset: number;
  /** When a connection that it made was last open, since this node runs; null: none was. */
  readonly lastInbound: string | null;
};

export type Lag = { readonly entries: number; readonly seconds: number };

/**
 * Of the file system of the data directory, in bytes. `little`: look for room; `low`: attachments are not taken in;
 * `full`: neither are entries.
 */
export type DiskSpace = {
  readonly free: number;
  readonly total: number;
  readonly state: "ok" | "little" | "low" | "full";
};

/** From what is well to what a person must do now. A note is worth knowing and wants nothing. */
export type FindingLevel = "ok" | "note" | "warning" | "alarm";

/** One thing that was looked at: what is so and why, and what mends it. */
export type Finding = {
  /** Which it is, for programs: docs/operations.md lists them. */
  readonly code: string;
  readonly level: FindingLevel;
  /** An authority, a log or a file; null: the node. */
  readonly subject: string | null;
  readonly cause: string;
  /** Null where nothing is to be mended. */
  readonly fix: string | null;
  /** What to type next. */
  readonly command: string | null;
};

export type Health = {
  /** The worst of the findings; notes are well. */
  readonly state: "ok" | "warning" | "alarm";
  /** The worst first, without what is well. */
  readonly findings: readonly Finding[];
};

/** Somebody shows more of our own log than the store holds. */
export type Ahead = { readonly peer: string; readonly size: number };

/**
 * `alone`: signs, although not enough peers have answered. `take-back`: the directory was put back from a backup, and what
 * peers hold of our log is ours. `fork`: signs a second history beside the one that somebody holds.
 */
export type SigningDecision = "alone" | "take-back" | "fork";

/** The search index, which follows the logs. */
export type IndexStatus = {
  /** Entries that are found in it. */
  readonly entries: number;
  /** Entries that are here and were not looked through yet. */
  readonly behind: number;
  /** Why it does not go on, if so. */
  readonly problem: string | null;
};

export type Status = {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly fingerprint: string;
  readonly version: string;
  readonly startedAt: string;
  readonly listening: readonly string[];
  /** Addresses that `charter export` tells others. */
  readonly announced: readonly string[];
  readonly disk: DiskSpace;
  readonly index: IndexStatus;
  readonly health: Health;
  /**
   * `ready`: signs. `asking`: published records are queued durably until enough peers have said how far our log was.
   * `held`: a person must decide (`reason` says what); nothing is signed.
   */
  readonly signing: {
    readonly state: "ready" | "asking" | "held";
    readonly reason: string | null;
    readonly queued: number;
    readonly ahead: Ahead | null;
  };
  readonly log: LogStatus;
  readonly peers: readonly PeerStatus[];
  readonly pending: number;
};

/** An authority that contacted us and whom we do not trust: `peer pending`. */
export type PendingPeer = {
  readonly name: string;
  readonly id: string;
  readonly fingerprint: string;
  readonly address: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly attempts: number;
  /** Whether this authority trusted it and removed it. */
  readonly trustedBefore: boolean;
};

/** What `peer add` shows before it asks: nothing is changed yet. */
export type PeerPreview = {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly country: string;
  readonly fingerprint: string;
  readonly serial: number;
  readonly checkpointSize: number | null;
  readonly addresses: readonly string[];
  /** `new`, `known` (already trusted, same id), or why it cannot be added. */
  readonly verdict: "new" | "known" | "name-taken" | "self";
};

export type PartInput = {
  /** Coded kind of the part, e.g. `picture`, `traceability` (docs/spec/records.md). */
  readonly kind: string;
  /** Names of its readers; those of the policy for its section when left out. */
  readonly to?: readonly string[];
  /** Identifier that `stage` returned. */
  readonly staged: string;
};

export type PublishInput = {
  readonly type: string;
  readonly version: number;
  readonly body: unknown;
  /** Entries this record refers to. */
  readonly refs: readonly EntryText[];
  /** Names of the authorities who may read the record; those of the policy when empty. */
  readonly to: readonly string[];
  readonly parts: readonly PartInput[];
  /** Codes of `transfer-ground`, on which personal data may go to those of their readers who are outside the area. */
  readonly grounds?: readonly string[];
  /**
   * Makes a repeated publication harmless: if an entry was already published under this key with the same digest, it is
   * returned and nothing is appended. With another digest the call is refused with `KEY_CHANGED` unless `replaces` is
   * that digest.
   */
  readonly key?: { readonly key: string; readonly digest: string; readonly replaces?: string };
};

export type Published = {
  readonly state: "appended" | "queued" | "already";
  /** Absent while queued. */
  readonly entry: EntryText | null;
};

/** Who will be able to read what, computed by the function that serves. */
export type PublishPreview = {
  readonly parts: readonly {
    readonly part: number;
    readonly kind: string;
    readonly name: string;
    readonly size: number;
    readonly readers: readonly string[];
    /** By whom it is needed, and by what its readers are its readers: docs/spec/policy.md. */
    readonly section: Section;
    readonly by: DisclosedBy;
    /** Readers of personal data outside the area, and on which ground. */
    readonly grounds: readonly { readonly name: string; readonly ground: TransferGround }[];
    /** Not readers of personal data, though the policy would have it, since they are outside the area. */
    readonly outside: readonly string[];
  }[];
  /** The area, in words. */
  readonly area: string;
  /** Trusted authorities that will see that something was appended (time, padded sizes) and no content. */
  readonly seeOnlyThatItExists: readonly string[];
  readonly warnings: readonly string[];
};

export type StagedPart = { readonly staged: string; readonly length: number; readonly size: number };

export type PartState = "held" | "withheld" | "missing" | "erased" | "fetching";

export type EntrySummary = {
  readonly entry: EntryText;
  readonly log: string;
  readonly kind: string;
  /** Claimed by its owner; orders nothing. */
  readonly time: string | null;
  /** Of a readable record, else null. */
  readonly type: string | null;
  readonly summary: string | null;
  readonly parts: readonly PartState[];
  /** As of its log. */
  readonly contested: boolean;
};

/** What somebody who waits has seen, as an earlier answer said it. */
export type ArrivalQuery = {
  readonly after?: readonly string[];
  /** Of the summaries, as in BCP 47; without it English. */
  readonly lang?: string;
};

/** A record of another authority, and what this one owes about it. */
export type Arrival = { readonly entry: EntrySummary; readonly duties: readonly OwedDuty[] };

export type Arrivals = { readonly entries: readonly Arrival[]; readonly after: readonly string[] };

export type EntryPart = {
  readonly part: number;
  readonly kind: string;
  readonly state: PartState;
  readonly name: string | null;
  readonly type: string | null;
  /** Content bytes where held; else null. */
  readonly length: number | null;
  readonly size: number;
  readonly digest: string;
  /** Names where we know them (own log, or we read the audience), else null. */
  readonly readers: readonly string[] | null;
  /** Why a missing one waits until somebody fetches it: its size, or the quota of its log; null where it does not. */
  readonly waits: "size" | "quota" | null;
  /** The media type that its content shows, where that contradicts `type`; else null, which proves nothing. */
  readonly looksLike: string | null;
  /** On which its owner lets it be read outside its area: codes of `transfer-ground`. */
  readonly grounds: readonly string[];
};

export type EntryDetail = EntrySummary & {
  readonly leafHash: string;
  readonly size: number;
  readonly refs: readonly EntryText[];
  /** The record's body as JSON, or null where it is not readable here. */
  readonly body: unknown;
  readonly recordStatus: "known" | "unknown-type" | "newer-version" | "malformed" | "withheld" | "erased" | "none";
  readonly unknownKeys: readonly string[];
  readonly details: readonly EntryPart[];
  /** Names of witnesses whose cosignature covers this entry. */
  readonly witnessedBy: readonly string[];
};

export type BackupReport = {
  readonly directory: string;
  /** Values of the store, and their bytes. */
  readonly values: number;
  readonly bytes: number;
  /** Files of the data directory that are not in it, since they must not lie there. */
  readonly leftOut: readonly string[];
};

/**
 * Something that was damaged. `mended`: from its copy; `fetched`: from a peer; `wanted`: asked for, and to come when a peer
 * that has it is connected; `lost`: nobody can be asked.
 */
export type ScrubFinding = { readonly what: string; readonly state: "mended" | "fetched" | "wanted" | "lost" };

export type ScrubReport = {
  /** Values with checksums, and entries, that were read. */
  readonly values: number;
  readonly entries: number;
  readonly findings: readonly ScrubFinding[];
};

export type Progress = { readonly done: number; readonly total: number; readonly what: string };

export type VerifyReport = {
  readonly log: string;
  readonly size: number;
  readonly root: string;
  readonly charters: number;
  readonly parts: number;
  readonly withheld: number;
  readonly problems: readonly string[];
  /** As of the log: what is verified here is one of two histories. */
  readonly contested: boolean;
};

/** An authority that may have a missing part. */
export type AskedAuthority = {
  readonly name: string;
  /** `answered`: asked, and did not give it. `waiting`: connected; asked now, or when its turn comes. */
  readonly state: "answered" | "waiting" | "not-connected";
  /** Its answer, or why there is no connection. */
  readonly says: string | null;
  /** When it answered. */
  readonly at: string | null;
};

/** A part that is addressed to us and not here. */
export type MissingPart = {
  readonly entry: EntryText;
  readonly part: number;
  /** Bytes, padded; and how many of them are here. */
  readonly size: number;
  readonly here: number;
  /** Why nobody is asked for it until somebody fetches it: its size, or the quota of its log; null where it comes. */
  readonly waits: "size" | "quota" | null;
  readonly asked: readonly AskedAuthority[];
};

/** Whether everything of one log that is addressed to us is here. */
export type Completeness = {
  readonly log: string;
  readonly id: string;
  readonly own: boolean;
  /** Whether its entries are still asked for: trust was not withdrawn, and no newer epoch began. */
  readonly followed: boolean;
  /** The newest checkpoint of which every entry is here; null where there is none. */
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
  /** Size of the largest valid checkpoint seen. */
  readonly seenSize: number;
  /** Who cosigned this log up to which size, its owner first, then the furthest. */
  readonly confirmedBy: readonly { readonly name: string; readonly size: number; readonly time: string }[];
  /** Parts addressed to us below the checkpoint, as its leaves say, and how many of them are not here. */
  readonly addressed: number;
  readonly missing: number;
  /** Addressed to us and erased by their owner: not missing. */
  readonly erased: number;
  /** The first of the missing. */
  readonly listed: readonly MissingPart[];
  /**
   * `complete`: all of it is here up to the checkpoint, which its owner confirmed and who is in contact. `so-far`: all that is
   * known of is here, and there may be more (`doubt` says why). `incomplete`: entries or parts are missing. `unknown`:
   * nothing of it has come.
   */
  readonly state: "complete" | "so-far" | "incomplete" | "unknown";
  /** Who confirmed the checkpoint, the owner if he did, and how many seconds ago by both clocks; null where nobody did. */
  readonly confirmed: {
    readonly name: string;
    readonly size: number;
    readonly time: string;
    readonly age: number;
  } | null;
  /** Why it is not called complete although nothing is known to be missing; else null. */
  readonly doubt: string | null;
  /** Whether `state` is `complete`. */
  readonly complete: boolean;
  readonly contested: boolean;
};

export type DeliveryStep = {
  readonly step: "appended" | "addressed" | "follows" | "connected" | "entry-received" | "parts-received" | "answered";
  /** `unknown`: nothing that is here says so or otherwise. */
  readonly state: "yes" | "no" | "partly" | "unknown";
  /** What happened, in words. */
  readonly says: string;
  /** Since when, or when it was said. */
  readonly time: string | null;
  /** By which statement: an entry, a cosignature, a receipt. */
  readonly evidence: string | null;
};

/** Whether a part is for an authority. */
export type DeliverySection = {
  readonly part: number;
  readonly kind: string;
  /** By whom it is needed: docs/spec/policy.md; null of a kind that is not known here. */
  readonly section: Section | null;
  readonly reads: "yes" | "no" | "unknown";
  /** By what its readers were chosen; null where that was not here. */
  readonly by: DisclosedBy | null;
  /** The grant by which it reads, if so. */
  readonly grant: EntryText | null;
  /** As of the part. */
  readonly grounds: readonly string[];
};

/** What happened to an entry on its way to an authority, as far as the evidence that is here tells. */
export type Delivery = {
  readonly entry: EntryText;
  readonly authority: string;
  /** The step at which it stands, or null where everything arrived. */
  readonly stopsAt: Exclude<DeliveryStep["step"], "answered"> | null;
  readonly steps: readonly DeliveryStep[];
  /** Part by part, what it may read and why; none of an entry that is not here. */
  readonly sections: readonly DeliverySection[];
  /** The next command to run, if one helps. */
  readonly next: string | null;
};

/** One file of a proof directory, path relative and as in docs/spec/proof-directory.md. */
export type ProofFile = { readonly path: string; readonly bytes: Uint8Array };

export type ListQuery = {
  /** Name of a log, or all. */
  readonly log?: string;
  readonly type?: string;
  readonly limit: number;
  /** Continue below this entry (from `next`). */
  readonly before?: string;
  /** Language of the summaries, as in BCP 47; without it English. */
  readonly lang?: string;
};

export type SearchQuery = {
  /** Words that must all be there, "several next to each other", and the beginning of a word with a star: docs/spec/search.md. */
  readonly q: string;
  readonly type?: string;
  /** Name or id of an authority: only its entries. */
  readonly from?: string;
  /** Exact keys that must all be there, each `KIND=VALUE`. */
  readonly kind: readonly string[];
  readonly limit: number;
  /** Language of the summaries, as in BCP 47; without it English. */
  readonly lang?: string;
};

export type Found = {
  /** The best first. */
  readonly entries: readonly EntrySummary[];
  /** Whether there are more. */
  readonly more: boolean;
  /** Entries that are here and were not looked through for the index yet. */
  readonly behind: number;
};

/** What entries have in common, in the order in which it says that they are about the same: docs/spec/search.md. */
export type Tie =
  | "barcode"
  | "batch-model-brand"
  | "case"
  | "consignment"
  | "report"
  | "operator"
  | "model-brand"
  | "batch-brand"
  | "batch-model"
  | "recall-code"
  | "batch"
  | "model"
  | "customs-code";

/** A key that two entries share, and how many entries here have it; null where these are too many to say anything. */
export type SharedKey = { readonly kind: string; readonly value: string; readonly entries: number | null };

export type RelatedEntry = {
  /** The strongest. */
  readonly tie: Tie;
  readonly shared: readonly SharedKey[];
  readonly entry: EntrySummary;
};

export type Related = {
  /** The strongest ties first, and of one tie the newest. */
  readonly entries: readonly RelatedEntry[];
  readonly more: boolean;
  /** As of `Found`. */
  readonly behind: number;
};

/** A file that proves that an authority broke its word: docs/spec/evidence.md. */
export type EvidenceStatus = {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** Whom it is about. */
  readonly name: string;
  readonly id: string;
  readonly kind: "checkpoints" | "charters";
  /** Of the log; of charters, the first that either governs. */
  readonly epoch: number;
  /** Of the two checkpoints. */
  readonly sizes: readonly number[] | null;
  /** Of the two charters. */
  readonly serial: number | null;
  /** Under a log key that the authority has replaced: contests nothing. */
  readonly historic: boolean;
  /** Whether the log is contested by it. */
  readonly contests: boolean;
  /** Name of who gave it; our own where this node found it. */
  readonly from: string;
  readonly receivedAt: string;
  /** Bytes. */
  readonly size: number;
  readonly decision: {
    readonly decision: "resume" | "hold";
    readonly why: string;
    readonly by: string;
    readonly at: string;
  } | null;
};

export type EvidenceVote = { readonly decision: "resume" | "hold"; readonly why: string };

export type GrantInput = {
  /** Names or ids. */
  readonly to: readonly string[];
  readonly like: string;
  /** With an approver's signature: relays serve it too. */
  readonly approved: boolean;
  /** Nothing is granted. */
  readonly preview: boolean;
};

export type GrantReport = {
  readonly to: readonly string[];
  readonly like: string;
  /** How many earlier audiences, and records that have something for them. */
  readonly audiences: number;
  readonly entries: number;
  readonly approved: boolean;
  /** Entries that stay closed, since they have personal data and somebody is outside the area. */
  readonly leftOut: readonly EntryText[];
  /** None for a preview, or where there was nothing to open. */
  readonly granted: readonly EntryText[];
};

export interface NodeService extends CaseService, ErasureService, PolicyService {
  status(): Promise<Status>;
  logs(): Promise<readonly LogStatus[]>;
  /** The authority's own chain file, with the present checkpoint and announced addresses. */
  exportCharter(): Promise<string>;
  /** The text of the charter in force. */
  showCharter(): Promise<{
    readonly name: string;
    readonly id: string;
    readonly fingerprint: string;
    readonly text: string;
    readonly serial: number;
  }>;

  previewPeer(chainFile: string): Promise<PeerPreview>;
  /** Trusts the authority and appends the followers leaf. */
  addPeer(
    chainFile: string,
    addresses: readonly string[],
    operator: string,
  ): Promise<{ readonly peer: PeerStatus; readonly followers: Published }>;
  /** Trusts no longer, closes its connections at once and appends the followers leaf. */
  removePeer(nameOrId: string, operator: string): Promise<{ readonly followers: Published }>;
  setPeerAddresses(nameOrId: string, addresses: readonly string[]): Promise<PeerStatus>;
  peers(): Promise<readonly PeerStatus[]>;
  peer(nameOrId: string): Promise<PeerStatus & { readonly charter: string; readonly chainFile: string }>;
  pendingPeers(): Promise<readonly PendingPeer[]>;
  /** Everything that stands between this node and a peer, also what is well. */
  examinePeer(nameOrId: string): Promise<readonly Finding[]>;
  /** The numbers of `status` and `logs` in the text format of Prometheus. */
  metrics(): Promise<string>;

  /** Takes one part's content as a stream of `length` bytes and keeps it until it is published (or a day has passed). */
  stage(
    input: { readonly name: string; readonly type: string; readonly length: number },
    content: AsyncIterable<Uint8Array>,
  ): Promise<StagedPart>;
  publish(input: PublishInput, operator: string): Promise<Published>;
  preview(input: PublishInput): Promise<PublishPreview>;
  /** What is known under idempotency keys: for imports. */
  keyState(
    keys: readonly string[],
  ): Promise<
    readonly { readonly key: string; readonly first: EntryText; readonly latest: EntryText; readonly digest: string }[]
  >;

  /** Opens what was addressed so far to `like` to further authorities. */
  grant(input: GrantInput, operator: string): Promise<GrantReport>;

  /**
   * Records of other authorities that arrived after what was seen; waits for some, not longer than a proxy would, and not
   * beyond `signal`. Without `after` it only says how far things are now.
   */
  arrivals(query: ArrivalQuery, signal: AbortSignal): Promise<Arrivals>;

  list(query: ListQuery): Promise<{ readonly entries: readonly EntrySummary[]; readonly next: string | null }>;
  /** Here and below, summaries are in `language` (BCP 47), else in English. */
  show(entry: EntryText, language?: string): Promise<EntryDetail>;
  /** The entry that starts the thread and everything held that refers to it, directly or not, in causal order. */
  thread(
    entry: EntryText,
    language?: string,
  ): Promise<readonly { readonly depth: number; readonly entry: EntrySummary }[]>;
  /** The content (without framing and padding) of a held part. */
  readPart(
    entry: EntryText,
    part: number,
  ): Promise<{
    readonly name: string;
    readonly type: string;
    readonly length: number;
    readonly content: AsyncIterable<Uint8Array>;
  }>;
  /** Entries whose record is here, by their words and exact keys. */
  search(query: SearchQuery): Promise<Found>;
  /** Entries, whoever's, that share exact keys with this one. */
  related(entry: EntryText, query: { readonly limit: number; readonly lang?: string }): Promise<Related>;
  /** Gets a part that is addressed to us and not here, reporting progress in bytes. */
  fetchPart(
    entry: EntryText,
    part: number,
    onProgress: (progress: Progress) => void,
  ): Promise<{ readonly state: PartState }>;

  /** Counts, from the leaves of a log, what is addressed to us, and says what is missing and who was asked for it. */
  completeness(log: string, onProgress: (progress: Progress) => void): Promise<Completeness>;
  /** What happened to an entry on its way to an authority that it may be for. */
  explain(entry: EntryText, authority: string): Promise<Delivery>;

  /** Re-verifies a whole log as stored: every leaf, node, part, charter, the signature. */
  verifyLog(name: string, onProgress: (progress: Progress) => void): Promise<VerifyReport>;
  /** Files of the proof directory of one entry, with the chosen parts (all held ones when left out). */
  proveEntry(entry: EntryText, parts: readonly number[] | null): AsyncIterable<ProofFile>;
  /** Files of the proof directory of a whole log. */
  proveLog(name: string, withParts: boolean): AsyncIterable<ProofFile>;

  /** The newest first. */
  evidence(): Promise<readonly EvidenceStatus[]>;
  /** By at least 8 digits of its digest. */
  evidenceOf(digest: string): Promise<EvidenceStatus>;
  evidenceFile(digest: string): Promise<Uint8Array>;
  decideEvidence(digest: string, vote: EvidenceVote, operator: string): Promise<EvidenceStatus>;

  /** Re-verifies all that is stored, and mends what is damaged. */
  scrub(onProgress: (progress: Progress) => void): Promise<ScrubReport>;
  /** Copies the store, as of one moment, and what belongs to it into a directory that does not exist yet. */
  backUp(directory: string, onProgress: (progress: Progress) => void): Promise<BackupReport>;
  /** A person decides how a node goes on that does not sign. */
  settle(decision: SigningDecision, operator: string): Promise<Status>;
  addOperator(name: string): Promise<{ readonly name: string; readonly token: string }>;
  /** The operator a token belongs to, or undefined. */
  operatorOf(token: string): Promise<string | undefined>;
}

export type ServiceErrorCode =
  | "NOT_FOUND"
  | "REFUSED"
  | "INVALID"
  | "AMBIGUOUS"
  | "KEY_CHANGED"
  | "NOT_TRUSTED"
  | "EMPTY_AUDIENCE"
  | "PART_NOT_HELD"
  | "NOT_ADDRESSED"
  | "NO_PEER"
  | "DISK_LOW"
  | "DISK_FULL";

/** `message` is one sentence in lower case without a full stop; `hint` is what to do next, often a command. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly hint: string | null;
  constructor(code: ServiceErrorCode, message: string, hint: string | null = null) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.hint = hint;
  }
}
