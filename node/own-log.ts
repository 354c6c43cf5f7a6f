import { toHex } from "../protocol/bytes.ts";
import { formatCheckpoint, parseCheckpoint } from "../protocol/checkpoint.ts";
import { formatLeaf, type Leaf } from "../protocol/leaf/leaf.ts";
import { MAX_LEAF_SIZE, MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { extendRange, rangeRoot } from "../protocol/merkle/compact-range.ts";
import { leafHasher } from "../protocol/merkle/hash.ts";
import { parseNote } from "../protocol/note.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { type Clock, seconds } from "./clock.ts";
import { DiskError, type DiskWrite } from "./disk.ts";
import type { HeadsFile } from "./heads-file.ts";
import { type Head, type LogStore, NODE_LEVEL_MIN, type Run, SMALL_PART_MAX } from "./log-store.ts";
import type { RunPart } from "./run.ts";

/** Entries of one run of our own: a tile, so that batches of full runs need no recomputed nodes. */
const RUN_ENTRIES_MAX = 2 ** NODE_LEVEL_MIN;
/** Bytes of parts in one run: what one frame can carry. */
const RUN_BYTES_MAX = 256 * 1024;
/** Entries committed together: bounds the latency of those that wait for the next commit. */
const COMMIT_ENTRIES_MAX = 1024;

/** An entry to append: its leaf once time and place are known, and the parts of one chunk that go with it. */
export type EntryDraft = {
  /** `first` is the index of the first entry of the same `append` call. */
  readonly leaf: (time: number, first: number) => Leaf;
  readonly parts: readonly { readonly part: number; readonly bytes: Uint8Array }[];
  /** Further writes that must happen with the entry or not at all. */
  readonly extra: (index: number) => readonly DiskWrite[];
};

type Waiting = {
  readonly drafts: readonly EntryDraft[];
  readonly resolve: (first: number) => void;
  readonly reject: (error: unknown) => void;
};

export type AppendErrorCode =
  /** The node may not sign now. */
  "NOT_READY" | "LEAF_TOO_LARGE";

/** Why entries were not appended; nothing of them is in the log. */
export class AppendError extends Error {
  readonly code: AppendErrorCode;
  constructor(code: AppendErrorCode, message: string) {
    super(message);
    this.name = "AppendError";
    this.code = code;
  }
}

/** What the node shows of its own log to others: never ahead of what the heads file says. */
export type Announced = { readonly size: number; readonly root: Uint8Array; readonly checkpoint: string };

export type OwnLogInit = {
  readonly store: LogStore;
  readonly origin: string;
  /** Signs checkpoint notes with the log key. */
  readonly sign: (noteText: string) => string;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly heads: HeadsFile;
  /** May the node sign? */
  readonly ready: () => boolean;
  /** Called when a new head may leave the node. */
  readonly onAnnounced: () => void;
  readonly onFailed: (error: unknown) => void;
};

/**
 * The authority's own log. Whoever appends while a commit is on its way to disk shares the next one: one signature and
 * one fsync for all of them.
 */
export class OwnLog {
  readonly #init: OwnLogInit;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #announcing: Promise<void> = Promise.resolve();
  #announced: Announced;
  #failure: Error | undefined;

  constructor(init: OwnLogInit) {
    this.#init = init;
    this.#announced = lastSigned(init.store);
  }

  get store(): LogStore {
    return this.#init.store;
  }

  get announced(): Announced {
    return this.#announced;
  }

  /** Name of the log in the heads file and in maps. */
  get key(): string {
    return `${toHex(this.store.id)}/${this.store.epoch}`;
  }

  /**
   * Appends entries next to each other; resolves with the index of the first when they are durable. Rejects with
   * `AppendError`, or with `DiskError`, after which the node cannot go on.
   */
  append(drafts: readonly EntryDraft[]): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ drafts, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  /** Resolves when all that was appended so far is durable and announced, or refused. */
  async idle(): Promise<void> {
    await this.#committing;
    await this.#announcing;
  }

  /** Makes a head known that was stored before this start, once the node may sign. */
  async reannounce(): Promise<void> {
    if (this.store.head.checkpointSize !== this.store.head.size) await this.store.inTurn(() => this.#signAnew());
    const { head, root } = this.store;
    if (head.size > 0) await this.#announce({ size: head.size, root, checkpoint: head.checkpoint });
  }

  /** Entries that were taken back from peers may stand under a checkpoint that goes further than they do. */
  async #signAnew(): Promise<void> {
    const { store } = this.#init;
    const { head } = store;
    const checkpoint = this.#checkpoint(head.size, store.root);
    const next = { ...head, checkpoint, checkpointSize: head.size, reached: checkpoint };
    await store.commit(head, next, [], []);
  }

  /** The signed note. Throws `AppendError` while the node may not sign. */
  #checkpoint(size: number, root: Uint8Array): string {
    const { origin, sign, ready } = this.#init;
    if (!ready()) throw new AppendError("NOT_READY", "the node may not sign now");
    const text = formatCheckpoint({ origin, size, root });
    return `${text}\n${sign(text)}\n`;
  }

  async #commitAll(): Promise<void> {
    // Lets everybody who appends in the same turn share the first commit too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#take();
      // What cannot be appended is refused by itself; the others do not suffer from it.
      if (!(await this.#tryCommit(taken))) for (const waiting of taken) await this.#tryCommit([waiting]);
    }
    // In the same turn as the last look at the line: who appends after it begins a new one.
    this.#committing = undefined;
  }

  /** False if one of several cannot be appended, and nothing was. */
  async #tryCommit(taken: readonly Waiting[]): Promise<boolean> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.store.inTurn(() => this.#commit(taken));
    } catch (error) {
      if (!(error instanceof DiskError) && taken.length > 1) return false;
      for (const waiting of taken) waiting.reject(error);
      if (error instanceof DiskError && this.#failure === undefined) this.#fail(error);
    }
    return true;
  }

  #take(): Waiting[] {
    let entries = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && entries + waiting.drafts.length > COMMIT_ENTRIES_MAX) break;
      entries += waiting.drafts.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(taken: readonly Waiting[]): Promise<void> {
    const { store, sha256, clock } = this.#init;
    const expected = store.head;
    const built = buildRuns(expected, taken, seconds(clock));
    const nodes: Run["nodes"][number][] = [];
    const range = extendRange(sha256, store.range, built.leaves.map(leafHasher(sha256)), (level, index, hash) => {
      if (level >= NODE_LEVEL_MIN) nodes.push({ level, index, hash });
    });
    const root = rangeRoot(sha256, range);
    const checkpoint = this.#checkpoint(range.end, root);
    const next: Head = {
      ...expected,
      size: range.end,
      frontier: range.hashes,
      checkpoint,
      checkpointSize: range.end,
      reached: checkpoint,
      followers: built.followers,
    };
    const runs = built.runs.map((run, i) => (i === 0 ? { ...run, nodes } : run));
    await store.commit(expected, next, runs, built.extra);
    let first = expected.size;
    for (const waiting of taken) {
      waiting.resolve(first);
      first += waiting.drafts.length;
    }
    // The acknowledgement needs the store's fsync only; what leaves the node waits for the heads file too.
    const before = this.#announcing;
    this.#announcing = this.#announce({ size: range.end, root, checkpoint })
      .catch((error: unknown) => this.#fail(error))
      .then(() => before);
  }

  async #announce(head: Announced): Promise<void> {
    await this.#init.heads.record(this.key, head);
    if (head.size < this.#announced.size) return;
    this.#announced = head;
    this.#init.onAnnounced();
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#init.onFailed(error);
  }
}

/** The newest head in a store that its checkpoint is of: while entries are taken back, that may not be the last one. */
function lastSigned({ head, root }: LogStore): Announced {
  if (head.checkpointSize === head.size) return { size: head.size, root, checkpoint: head.checkpoint };
  if (head.reached === "") return { size: 0, root, checkpoint: "" };
  const reached = parseCheckpoint(parseNote(head.reached, MAX_NOTE_SIGNATURES).text);
  return { size: reached.size, root: reached.root, checkpoint: head.reached };
}

type Built = {
  readonly leaves: Uint8Array[];
  readonly runs: Run[];
  readonly extra: DiskWrite[];
  readonly followers: number;
};

function buildRuns(head: Head, taken: readonly Waiting[], time: number): Built {
  const built: Built & { followers: number } = { leaves: [], runs: [], extra: [], followers: head.followers };
  let run: MutableRun | undefined;
  let index = head.size;
  for (const { drafts } of taken) {
    const first = index;
    for (const draft of drafts) {
      const leaf = draft.leaf(time, first);
      const bytes = formatLeaf(leaf);
      if (bytes.length > MAX_LEAF_SIZE)
        throw new RangeError(`an entry of ${bytes.length} bytes is over the limit of a leaf`);
      if (run === undefined || isFull(run, index)) {
        run = { from: index, leaves: [], parts: [], control: [], nodes: [], bytes: 0 };
        built.runs.push(run);
      }
      addEntry(run, bytes, leaf.kind !== "record", draft);
      built.leaves.push(bytes);
      built.extra.push(...draft.extra(index));
      if (leaf.kind === "followers") built.followers = index;
      index += 1;
    }
  }
  return built;
}

type MutableRun = { from: number; leaves: Uint8Array[]; parts: RunPart[]; control: number[]; nodes: []; bytes: number };

function isFull(run: MutableRun, index: number): boolean {
  return index % RUN_ENTRIES_MAX === 0 || run.bytes >= RUN_BYTES_MAX;
}

function addEntry(run: MutableRun, leaf: Uint8Array, control: boolean, draft: EntryDraft): void {
  const offset = run.leaves.length;
  run.leaves.push(leaf);
  if (control) run.control.push(offset);
  for (const { part, bytes } of draft.parts) {
    if (bytes.length > SMALL_PART_MAX) throw new RangeError("a part of several chunks does not lie in a run");
    run.parts.push({ offset, part, bytes });
    run.bytes += bytes.length;
  }
}
