import { equalBytes, toHex } from "../protocol/bytes.ts";
import { type Chain, charterInForce, judgeCharterLeaf, placedCharters } from "../protocol/charter-chain.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { FormatError } from "../protocol/format-error.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import { CHUNK_SIZE, MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { type CompactRange, emptyRange, extendRange, rangeRoot } from "../protocol/merkle/compact-range.ts";
import { leafHasher } from "../protocol/merkle/hash.ts";
import { openNote, parseNote } from "../protocol/note.ts";
import { createPartDigest, partDigest } from "../protocol/part-digest.ts";
import { chunkCount } from "../protocol/part.ts";
import { origin } from "../protocol/name.ts";
import { type BatchCrypto, commitmentOf } from "../protocol/verify-batch.ts";
import { type LogStore, NODE_LEVEL_MIN, type StoredEntry } from "./log-store.ts";
import type { PartStore } from "./part-store.ts";
import type { VerifyReport } from "./service.ts";

/** Problems listed in a report; a damaged store has thousands of the same. */
const PROBLEMS_MAX = 100;

/**
 * Re-verifies a log as it is stored: every leaf, part, node and charter, and that they lead to the root that the key in
 * force signed. Reads each byte once; memory does not grow with the log.
 */
export class StoredLogVerifier {
  readonly #crypto: BatchCrypto;
  readonly #store: LogStore;
  readonly #parts: PartStore;
  readonly #chain: Chain;
  readonly #problems: string[] = [];
  #range: CompactRange = emptyRange(0);
  #charters = 0;
  #held = 0;
  #withheld = 0;

  constructor(crypto: BatchCrypto, store: LogStore, parts: PartStore, chain: Chain) {
    this.#crypto = crypto;
    this.#store = store;
    this.#parts = parts;
    this.#chain = chain;
  }

  /** `note`: the checkpoint to which the entries must lead; those after it are not looked at. */
  async verify(
    note: string,
    onEntries: (done: number, total: number) => void,
  ): Promise<Omit<VerifyReport, "contested">> {
    const { size, root, name } = this.#checkpoint(note);
    const placed = new Map(placedCharters(this.#chain, this.#store.epoch));
    for await (const run of this.#store.entryRuns(0, size)) {
      await this.#verifyRun(run, placed);
      onEntries(this.#range.end, size);
    }
    for (const [index] of placed) if (index < size) this.#problem(`the charter that belongs at ${index} is not there`);
    const computed = rangeRoot(this.#crypto.sha256, this.#range);
    if (this.#range.end !== size)
      this.#problem(`${this.#range.end} entries are here, the checkpoint speaks of ${size}`);
    else if (!equalBytes(computed, root)) this.#problem("the entries do not lead to the root that was signed");
    return {
      log: name,
      size,
      root: toHex(root),
      charters: this.#charters,
      parts: this.#held,
      withheld: this.#withheld,
      problems: this.#problems,
    };
  }

  #checkpoint(text: string): { size: number; root: Uint8Array; name: string } {
    const name = origin(this.#chain.name, this.#store.epoch);
    const note = parseNote(text, MAX_NOTE_SIGNATURES);
    const checkpoint = parseCheckpoint(note.text);
    const key = charterInForce(this.#chain, this.#store.epoch, checkpoint.size)?.log;
    if (checkpoint.origin !== name || key === undefined)
      this.#problem("the checkpoint is of another log, or no key is in force at its size");
    else this.#attempt("the checkpoint's signature", () => openNote(note, [key], this.#crypto));
    return { ...checkpoint, name };
  }

  async #verifyRun(run: readonly StoredEntry[], placed: Map<number, string>): Promise<void> {
    const { sha256 } = this.#crypto;
    const hashLeaf = leafHasher(sha256);
    const nodes: { level: number; index: number; hash: Uint8Array }[] = [];
    this.#range = extendRange(
      sha256,
      this.#range,
      run.map((entry) => hashLeaf(entry.leaf)),
      (level, index, hash) => {
        if (level >= NODE_LEVEL_MIN) nodes.push({ level, index, hash });
      },
    );
    for (const entry of run)
      for (const late of this.#verifyEntry(entry, placed)) await this.#verifyLate(entry.index, late);
    if (nodes.length === 0) return;
    const stored = await this.#store.readNodes(nodes);
    nodes.forEach(({ level, index, hash }, i) => {
      if (!equalBytes(hash, stored[i] ?? EMPTY))
        this.#problem(`the stored node ${level}/${index} is not the hash of what is below it`);
    });
  }

  /** Returns the parts that do not lie in the run: reading those takes a while, and most entries have none. */
  #verifyEntry(entry: StoredEntry, placed: Map<number, string>): readonly LatePart[] {
    const reading = readLeaf(entry.leaf);
    if (reading.status !== "known") return NONE;
    if (reading.leaf.kind === "charter") {
      this.#verifyCharter(entry.index, reading.leaf.note, placed);
      return NONE;
    }
    const count = reading.leaf.kind === "record" ? reading.leaf.parts.length : reading.leaf.kind === "audience" ? 1 : 0;
    let late: LatePart[] | undefined;
    for (let part = 0; part < count; part++) {
      const commitment = commitmentOf(reading, part);
      if (commitment === undefined) continue;
      const held = entry.parts.find((one) => one.part === part)?.bytes;
      if (held === undefined) (late ??= []).push({ part, ...commitment });
      else this.#judge(entry.index, part, commitment.digest, partDigest(this.#crypto.sha256, held));
    }
    return late ?? NONE;
  }

  /** SPEC: at each place in the chain stands a charter leaf with that text, and no other valid charter in the tree. */
  #verifyCharter(index: number, note: string, placed: Map<number, string>): void {
    this.#charters += 1;
    const { kind } = judgeCharterLeaf(this.#chain, { epoch: this.#store.epoch, index, note }, this.#crypto);
    if (kind === "placed") placed.delete(index);
    if (kind === "next" || kind === "contradicts")
      this.#problem(`a valid charter at ${index} is not in the chain there`);
  }

  async #verifyLate(index: number, { part, digest, size }: LatePart): Promise<void> {
    const held = await this.#lateDigest(index, part, size);
    if (held === undefined) this.#withheld += 1;
    else this.#judge(index, part, digest, held);
  }

  #judge(index: number, part: number, committed: Uint8Array, held: Uint8Array): void {
    this.#held += 1;
    if (!equalBytes(held, committed)) this.#problem(`part ${part} of entry ${index} is not what its leaf says`);
  }

  async #lateDigest(index: number, part: number, size: number): Promise<Uint8Array | undefined> {
    if (size <= CHUNK_SIZE) {
      const late = await this.#store.readLatePart(index, part);
      return late === undefined ? undefined : partDigest(this.#crypto.sha256, late);
    }
    const large = await this.#parts.large(this.#store.number, index, part);
    if (large === undefined || large.held < chunkCount(size)) return undefined;
    const digest = createPartDigest(this.#crypto.sha256);
    for (let chunk = 0; chunk < large.held; chunk++) digest.addChunk(await this.#parts.chunk(large, chunk));
    return digest.digest();
  }

  #attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#problem(`${what}: ${error.message}`);
    }
  }

  #problem(text: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(text);
  }
}

type LatePart = { readonly part: number; readonly digest: Uint8Array; readonly size: number };

const NONE: readonly LatePart[] = [];
const EMPTY = new Uint8Array(0);
