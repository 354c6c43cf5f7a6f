import { type LogAccess, mayFollow, mayReadGranted, mayReadPart } from "../protocol/access.ts";
import { fromHex, toHex } from "../protocol/bytes.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import {
  CHUNK_SIZE,
  MAX_BATCH_LEAVES,
  MAX_COMPARE_CHECKPOINTS,
  MAX_COMPARE_EVIDENCE,
  MAX_FRAME_SIZE,
} from "../protocol/limits.ts";
import { coverCoordinates } from "../protocol/merkle/compact-range.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import type { AnswerPlan, LogName } from "../protocol/serve.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import type { HeldEvidence } from "./held-evidence.ts";
import { explicitConsistency } from "./explicit-consistency.ts";
import { BATCH_FRAME_RESERVE, LEAF_OVERHEAD, PART_OVERHEAD, PARTS_ENTRIES_MAX } from "./limits.ts";
import type { Answer } from "../protocol/wire/frame.ts";
import type { Batch } from "../protocol/wire/batch.ts";
import type { ChainEntry } from "../protocol/charter-chain.ts";
import { chunkCount } from "../protocol/part.ts";
import type { Grants } from "./grants.ts";
import { type LogStore, NODE_LEVEL_MIN, type StoredEntry } from "./log-store.ts";
import type { PartStore } from "./part-store.ts";

/** A log as it may leave the node now. */
export type LogSource = {
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly store: LogStore;
  /** Size and note of the newest checkpoint of which we hold every leaf and may speak. */
  readonly size: number;
  readonly checkpoint: string;
  readonly access: LogAccess;
  /** The log is our own. */
  readonly isOwner: boolean;
  readonly grants: Grants;
  /** Listed members of an audience, where we hold a valid list. */
  members(audience: number): Promise<ReadonlySet<string> | undefined>;
  /** Cosignature lines for `checkpoint`, the owner's first. */
  cosignatures(): readonly string[];
};

export type AnswererInit = {
  readonly sha256: Sha256;
  readonly parts: PartStore;
  source(id: Uint8Array, epoch: number): LogSource | undefined;
  chain(id: Uint8Array): readonly ChainEntry[] | undefined;
  /** Name of our own log. */
  own(): LogName;
  /** What evidence this authority may have, the newest first. */
  evidenceFor(asker: string): readonly HeldEvidence[];
  /** A piece of the file of a digest in hex. */
  evidencePiece(digest: string, offset: number): Promise<Uint8Array | undefined>;
};

type Request<K> = Extract<Extract<AnswerPlan, { kind: "request" }>["request"], { kind: K }>;

const BLOCK = 2 ** NODE_LEVEL_MIN;

/** Performs answer plans: reads from disk what the serve machine allowed, and judges every part by the access rule. */
export class Answerer {
  readonly #init: AnswererInit;

  constructor(init: AnswererInit) {
    this.#init = init;
  }

  /** The answer's frames, in order. An answer without a frame means: not found. */
  answers(asker: string, plan: AnswerPlan): AsyncGenerator<Answer> {
    switch (plan.kind) {
      case "charters":
        return this.#charters(plan.id, plan.from);
      case "pull":
        return this.#pull(asker, plan);
      case "request":
        return this.#request(asker, plan.request);
    }
  }

  #request(asker: string, request: Extract<AnswerPlan, { kind: "request" }>["request"]): AsyncGenerator<Answer> {
    switch (request.kind) {
      case "range":
        return this.#range(asker, request);
      case "parts":
        return this.#parts(asker, request);
      case "chunk":
        return this.#chunk(asker, request);
      case "compare":
        return this.#compare(asker, request);
      case "consistency":
        return this.#consistency(asker, request);
      case "evidence":
        return this.#evidence(asker, request);
    }
  }

  async *#charters(id: Uint8Array, from: number): AsyncGenerator<Answer> {
    const chain = this.#init.chain(id);
    if (chain === undefined) return;
    let at = from;
    for (let frames = 0; at < chain.length && frames < CHARTER_FRAMES_MAX; frames++) {
      const page = fitting(chain.slice(at));
      at += page.length;
      yield { kind: "charters", id, charters: chain.length, chain: page };
    }
    if (from >= chain.length) yield { kind: "charters", id, charters: chain.length, chain: [] };
  }

  async *#pull(asker: string, plan: Extract<AnswerPlan, { kind: "pull" }>): AsyncGenerator<Answer> {
    for (const { id, from } of plan.charters) yield* this.#charters(id, from);
    yield* this.#roundRobin(asker, plan);
    for (const { id, epoch } of plan.checkpoints) {
      const source = this.#allowed(asker, id, epoch);
      if (source !== undefined)
        yield { kind: "checkpoint", id, epoch, checkpoint: source.checkpoint, cosignatures: source.cosignatures() };
    }
  }

  /** One frame of each log in turn, so that a long log does not delay a short one. */
  async *#roundRobin(asker: string, plan: Extract<AnswerPlan, { kind: "pull" }>): AsyncGenerator<Answer> {
    let left = plan.budget;
    let open = plan.batches.flatMap(({ id, epoch, from, to }) => {
      const source = this.#allowed(asker, id, epoch);
      return source === undefined ? [] : [this.#batches(asker, source, from, to)];
    });
    try {
      while (open.length > 0 && left > 0) {
        const still: typeof open = [];
        for (const frames of open) {
          const next = await frames.next();
          if (next.done === true) continue;
          yield { kind: "batch", ...next.value };
          left -= bytesOf(next.value);
          still.push(frames);
        }
        open = still;
      }
    } finally {
      // What reads the store ends: until it does, what was deleted since it began stays in the files.
      await Promise.all(open.map((frames) => frames.return(undefined)));
    }
  }

  async *#range(asker: string, { id, epoch, from, to, budget }: Request<"range">): AsyncGenerator<Answer> {
    const source = this.#allowed(asker, id, epoch);
    if (source === undefined || from >= source.size) return;
    let left = budget;
    for await (const batch of this.#batches(asker, source, from, Math.min(to, source.size))) {
      yield { kind: "batch", ...batch };
      left -= bytesOf(batch);
      if (left <= 0) return;
    }
  }

  /** Entries `from ≤ index < to` cut into frames, with those of their small parts that the asker may have. */
  async *#batches(asker: string, source: LogSource, from: number, to: number): AsyncGenerator<Batch> {
    const mayRead = this.#reader(asker, source);
    let frame = new FrameFiller(from);
    for await (const run of source.store.entryRuns(from, to)) {
      for (const entry of run) {
        const parts = await readableParts(entry, mayRead);
        // What is left after a cut at a tile's boundary may itself be too full for the next entry.
        while (frame.isFullFor(entry.leaf, parts)) {
          const { batch, rest } = frame.cut();
          yield await this.#complete(source, batch);
          frame = rest;
        }
        frame.add(entry.leaf, parts);
      }
    }
    if (frame.count > 0) yield await this.#complete(source, frame.all());
  }

  async #complete(source: LogSource, batch: FrameContent): Promise<Batch> {
    const right = await source.store.readNodes(coverCoordinates(batch.from + batch.leaves.length, source.size));
    return { id: source.id, epoch: source.epoch, ...batch, right, checkpoint: source.checkpoint };
  }

  async *#parts(asker: string, { id, epoch, from, to, budget }: Request<"parts">): AsyncGenerator<Answer> {
    const source = this.#allowed(asker, id, epoch);
    if (source === undefined || from >= source.size) return;
    const mayRead = this.#readerWithGrants(asker, source);
    const end = Math.min(to, source.size, from + PARTS_ENTRIES_MAX);
    let left = budget;
    let parts: { index: number; part: number; bytes: Uint8Array }[] = [];
    let filled = 0;
    for (let index = from; index < end; index++) {
      for (const part of await this.#smallParts(source, index, mayRead)) {
        if (filled + part.bytes.length + PART_OVERHEAD > MAX_FRAME_SIZE - BATCH_FRAME_RESERVE) {
          yield { kind: "parts", id, epoch, next: index, parts };
          left -= filled;
          parts = [];
          filled = 0;
          if (left <= 0) return;
        }
        parts.push({ index, ...part });
        filled += part.bytes.length + PART_OVERHEAD;
      }
    }
    yield { kind: "parts", id, epoch, next: end, parts };
  }

  async #smallParts(
    source: LogSource,
    index: number,
    mayRead: MayRead,
  ): Promise<{ part: number; bytes: Uint8Array }[]> {
    const leaf = await source.store.readLeaf(index);
    if (leaf === undefined) return [];
    const reading = readLeaf(leaf);
    const found: { part: number; bytes: Uint8Array }[] = [];
    for (const { part, audience } of addressedParts(index, reading)) {
      const commitment = commitmentOf(reading, part);
      if (commitment === undefined || commitment.size > CHUNK_SIZE || !(await mayRead(audience, index))) continue;
      const bytes = await source.store.readSmallPart(index, part);
      if (bytes !== undefined) found.push({ part, bytes });
    }
    return found;
  }

  async *#chunk(asker: string, { id, epoch, index, part, chunk }: Request<"chunk">): AsyncGenerator<Answer> {
    const source = this.#allowed(asker, id, epoch);
    const leaf = source === undefined || index >= source.size ? undefined : await source.store.readLeaf(index);
    if (source === undefined || leaf === undefined) return yield DENIED;
    const reading = readLeaf(leaf);
    const commitment = commitmentOf(reading, part);
    const addressed = addressedParts(index, reading).find((one) => one.part === part);
    // SPEC: `denied` otherwise, also where the answerer does not know the part.
    if (commitment === undefined || addressed === undefined || chunk >= chunkCount(commitment.size))
      return yield DENIED;
    if (!(await this.#readerWithGrants(asker, source)(addressed.audience, index))) return yield DENIED;
    if (commitment.size <= CHUNK_SIZE) {
      const bytes = await source.store.readSmallPart(index, part);
      if (bytes !== undefined) yield { kind: "chunk", bytes, proof: [] };
      return;
    }
    const large = await this.#init.parts.large(source.store.number, index, part);
    if (large === undefined || large.hashes.length === 0) return;
    yield {
      kind: "chunk",
      bytes: await this.#init.parts.chunk(large, chunk),
      proof: this.#init.parts.proveChunk(large, chunk),
    };
  }

  async *#compare(asker: string, { checkpoints }: Request<"compare">): AsyncGenerator<Answer> {
    const own = this.#init.own();
    const names: LogName[] = [own, ...checkpoints];
    const shown = new Map<LogSource, { id: Uint8Array; epoch: number; note: string }>();
    for (const { id, epoch } of names) {
      const source = this.#allowed(asker, id, epoch);
      if (source !== undefined && source.checkpoint !== "") shown.set(source, { id, epoch, note: source.checkpoint });
    }
    const held = this.#init.evidenceFor(asker).slice(0, MAX_COMPARE_EVIDENCE);
    yield {
      kind: "compare",
      checkpoints: [...shown.values()].slice(0, MAX_COMPARE_CHECKPOINTS),
      evidence: held.map(({ digest }) => fromHex(digest)),
    };
  }

  async *#consistency(asker: string, { id, epoch, first, second }: Request<"consistency">): AsyncGenerator<Answer> {
    const source = this.#allowed(asker, id, epoch);
    if (source === undefined || second > source.size) return;
    if (first === second) return yield { kind: "consistency", hashes: [] };
    const hashes = await explicitConsistency(this.#init.sha256, source.store, first, second);
    yield { kind: "consistency", hashes };
  }

  async *#evidence(asker: string, { digest, offset }: Request<"evidence">): AsyncGenerator<Answer> {
    const name = toHex(digest);
    // SPEC: not-found where the asker may not follow that authority's log and is not that authority.
    const held = this.#init.evidenceFor(asker).find((one) => one.digest === name);
    const bytes = held === undefined ? undefined : await this.#init.evidencePiece(name, offset);
    if (held !== undefined && bytes !== undefined) yield { kind: "evidence", size: held.size, bytes };
  }

  #allowed(asker: string, id: Uint8Array, epoch: number): LogSource | undefined {
    const source = this.#init.source(id, epoch);
    return source !== undefined && mayFollow(asker, source.access) ? source : undefined;
  }

  /** As `#reader`, and what grants open: that is asked for by itself, when the grant is known there. */
  #readerWithGrants(asker: string, source: LogSource): MayRead {
    const read = this.#reader(asker, source);
    return async (audience, index) => {
      if (await read(audience, index)) return true;
      if (audience > index) return false;
      for (const grant of source.grants.opening(audience, index)) {
        const [past, further] = [await source.members(audience), await source.members(grant.audience)];
        if (mayReadGranted(asker, source.access, grant, { isOwner: source.isOwner, past, further })) return true;
      }
      return false;
    };
  }

  /** The access rule for one asker and log; member lists are looked up once per answer. */
  #reader(asker: string, source: LogSource): MayRead {
    const known = new Map<number, boolean>();
    return async (audience, index) => {
      const cached = known.get(audience);
      if (cached !== undefined) return cached;
      // SPEC: a part whose audience is not a known audience leaf before it is the owner's alone.
      const members = audience > index ? undefined : await source.members(audience);
      const allowed = mayReadPart(asker, source.access, members);
      known.set(audience, allowed);
      return allowed;
    };
  }
}

type MayRead = (audience: number, index: number) => Promise<boolean>;
type ReadablePart = { readonly part: number; readonly bytes: Uint8Array };
type FrameContent = Pick<Batch, "from" | "leaves" | "parts">;

/** The parts of an entry and the audience leaf that opens each; an audience's member list is opened by itself. */
export function addressedParts(
  index: number,
  reading: ReturnType<typeof readLeaf>,
): readonly { readonly part: number; readonly audience: number }[] {
  if (reading.status !== "known") return [];
  if (reading.leaf.kind === "audience") return [{ part: 0, audience: index }];
  if (reading.leaf.kind !== "record") return [];
  return reading.leaf.parts.map(({ audience }, part) => ({
    part,
    audience: audience < index ? audience : Number.MAX_SAFE_INTEGER,
  }));
}

async function readableParts(entry: StoredEntry, mayRead: MayRead): Promise<readonly ReadablePart[]> {
  if (entry.parts.length === 0) return entry.parts;
  const addressed = addressedParts(entry.index, readLeaf(entry.leaf));
  const readable: ReadablePart[] = [];
  for (const part of entry.parts) {
    const audience = addressed[part.part]?.audience;
    if (audience !== undefined && (await mayRead(audience, entry.index))) readable.push(part);
  }
  return readable;
}

/** Fills one batch frame with entries; a frame that is cut ends at a tile boundary where it can. */
class FrameFiller {
  readonly #from: number;
  #leaves: Uint8Array[] = [];
  #parts: Batch["parts"][number][] = [];
  #bytes = BATCH_FRAME_RESERVE;
  /** Leaves, parts and bytes up to the last tile boundary inside. */
  #boundary: { leaves: number; parts: number } | undefined;

  constructor(from: number) {
    this.#from = from;
  }

  get count(): number {
    return this.#leaves.length;
  }

  isFullFor(leaf: Uint8Array, parts: readonly ReadablePart[]): boolean {
    return this.count > 0 && (this.#bytes + entryBytes(leaf, parts) > MAX_FRAME_SIZE || this.count >= MAX_BATCH_LEAVES);
  }

  add(leaf: Uint8Array, parts: readonly ReadablePart[]): void {
    const offset = this.#leaves.length;
    if (offset > 0 && (this.#from + offset) % BLOCK === 0)
      this.#boundary = { leaves: offset, parts: this.#parts.length };
    this.#leaves.push(leaf);
    this.#bytes += leaf.length + LEAF_OVERHEAD;
    for (const { part, bytes } of parts) {
      // The parts of one entry may be more than a frame holds; the asker asks for what is left out.
      if (this.#bytes + bytes.length + PART_OVERHEAD > MAX_FRAME_SIZE) continue;
      this.#parts.push({ offset, part, bytes });
      this.#bytes += bytes.length + PART_OVERHEAD;
    }
  }

  all(): FrameContent {
    return { from: this.#from, leaves: this.#leaves, parts: this.#parts };
  }

  cut(): { readonly batch: FrameContent; readonly rest: FrameFiller } {
    const at = this.#boundary ?? { leaves: this.#leaves.length, parts: this.#parts.length };
    const rest = new FrameFiller(this.#from + at.leaves);
    let next = at.parts;
    this.#leaves.slice(at.leaves).forEach((leaf, offset) => {
      const own: ReadablePart[] = [];
      for (
        let part = this.#parts[next];
        part !== undefined && part.offset === at.leaves + offset;
        part = this.#parts[++next]
      )
        own.push(part);
      rest.add(leaf, own);
    });
    return {
      batch: { from: this.#from, leaves: this.#leaves.slice(0, at.leaves), parts: this.#parts.slice(0, at.parts) },
      rest,
    };
  }
}

function entryBytes(leaf: Uint8Array, parts: readonly ReadablePart[]): number {
  let bytes = leaf.length + LEAF_OVERHEAD;
  for (const part of parts) bytes += part.bytes.length + PART_OVERHEAD;
  return bytes;
}

function bytesOf(batch: Batch): number {
  let bytes = 0;
  for (const leaf of batch.leaves) bytes += leaf.length + LEAF_OVERHEAD;
  for (const part of batch.parts) bytes += part.bytes.length + PART_OVERHEAD;
  return bytes;
}

/** As many charters as one frame holds; a charter is at most 60 000 bytes. */
function fitting(chain: readonly ChainEntry[]): readonly ChainEntry[] {
  let bytes = BATCH_FRAME_RESERVE;
  const count = chain.findIndex((entry) => {
    bytes += 4 * entry.note.length;
    return bytes > MAX_FRAME_SIZE;
  });
  return count < 0 ? chain : chain.slice(0, Math.max(1, count));
}

const CHARTER_FRAMES_MAX = 4;
const DENIED: Answer = { kind: "error", code: "denied", reason: "not for you, or not here" };
