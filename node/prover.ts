import { toHex, utf8Encode } from "../protocol/bytes.ts";
import { type Chain, type ChainEntry, chartersBelow, logKeyAt } from "../protocol/charter-chain.ts";
import { formatChainFile } from "../protocol/chain-file.ts";
import { parseCheckpoint } from "../protocol/checkpoint.ts";
import { CHUNK_SIZE, MAX_NOTE_SIGNATURES } from "../protocol/limits.ts";
import { proveInclusion } from "../protocol/merkle/proof.ts";
import { parseNote } from "../protocol/note.ts";
import { readLeaf } from "../protocol/leaf/leaf.ts";
import {
  encodeEntryBundle,
  entryBundlePath,
  TILE_WIDTH,
  tileCoordinates,
  tileLevels,
  tilePath,
} from "../protocol/tlog-tiles.ts";
import { formatTlogProof } from "../protocol/tlog-proof.ts";
import { chunkCount } from "../protocol/part.ts";
import { commitmentOf } from "../protocol/verify-batch.ts";
import { addressedParts } from "./answerer.ts";
import type { Core } from "./core.ts";
import { DiskError } from "./disk.ts";
import type { Entries, NamedLog } from "./entries.ts";
import { type EntryText, type ProofFile, ServiceError } from "./service.ts";
import { signedAlone } from "./witness.ts";

/**
 * Writes proof directories (docs/spec/proof-directory.md), file by file; a large file comes as several pieces with the
 * same path, in order.
 */
export class Prover {
  readonly #core: Core;
  readonly #entries: Entries;

  constructor(core: Core, entries: Entries) {
    this.#core = core;
    this.#entries = entries;
  }

  async *entry(entry: EntryText, parts: readonly number[] | null): AsyncGenerator<ProofFile> {
    const { log, index } = this.#entries.locate(entry);
    const leaf = await log.store.readLeaf(index);
    const head = this.#head(log);
    if (leaf === undefined || index >= head.size)
      throw new ServiceError("NOT_FOUND", `no checkpoint that is held here covers ${entry} yet`, "entente status");
    const lines = this.#cosignatures(log, head);
    const proof = await proveInclusion(this.#core.init.crypto.sha256, log.store, index, head.size);
    const chain = this.#chain(log);
    yield file("charters.txt", chainFileOf(chain, chain.entries, this.#core));
    yield file("entry.tlog-proof", formatTlogProof({ index, proof, note: withLines(this.#signed(log, head), lines) }));
    yield { path: "leaf.cbor", bytes: leaf };
    yield* this.#parts(log, index, leaf, parts, (part) => `parts/${part}.part`);
    yield* this.#witnesses(log, lines);
    yield file("README.txt", README);
  }

  async *log(name: string, withParts: boolean): AsyncGenerator<ProofFile> {
    const log = this.#entries.log(name);
    const head = this.#head(log);
    if (head.size === 0) throw new ServiceError("NOT_FOUND", `nothing of ${log.name} is here yet`, "entente status");
    const lines = this.#cosignatures(log, head);
    const chain = this.#chain(log);
    // A mirror may know of charters whose entries it does not hold yet: a proof of the whole log has no place for them.
    yield file("charters.txt", chainFileOf(chain, chartersBelow(chain, log.epoch, head.size), this.#core));
    yield file("checkpoint", withLines(this.#signed(log, head), lines));
    yield* this.#bundles(log, head.size);
    yield* this.#tiles(log, head.size);
    if (withParts) {
      for await (const run of log.store.entryRuns(0, head.size)) {
        for (const { index, leaf } of run)
          yield* this.#parts(log, index, leaf, null, (part) => `parts/${index}/${part}.part`);
      }
    }
    yield* this.#witnesses(log, lines);
    yield file("README.txt", README);
  }

  async *#bundles(log: NamedLog, size: number): AsyncGenerator<ProofFile> {
    for (let bundle = 0; bundle * TILE_WIDTH < size; bundle++) {
      const leaves = await log.store.readLeaves(bundle * TILE_WIDTH, Math.min(size, (bundle + 1) * TILE_WIDTH));
      yield { path: entryBundlePath(bundle, leaves.length), bytes: encodeEntryBundle(leaves) };
    }
  }

  async *#tiles(log: NamedLog, size: number): AsyncGenerator<ProofFile> {
    for (const { level, full, partial } of tileLevels(size)) {
      for (let index = 0; index < full + (partial > 0 ? 1 : 0); index++) {
        const width = index < full ? TILE_WIDTH : partial;
        const hashes = await log.store.readNodes(tileCoordinates(level, index, width));
        yield { path: tilePath(level, index, width), bytes: Buffer.concat(hashes) };
      }
    }
  }

  async *#parts(
    log: NamedLog,
    index: number,
    leaf: Uint8Array,
    chosen: readonly number[] | null,
    path: (part: number) => string,
  ): AsyncGenerator<ProofFile> {
    const reading = readLeaf(leaf);
    const all = addressedParts(index, reading).map(({ part }) => part);
    for (const part of chosen ?? all) {
      const commitment = commitmentOf(reading, part);
      if (commitment === undefined)
        throw new ServiceError("NOT_FOUND", `${this.#entries.entryText(log, index)} has no part ${part}`, null);
      let held = false;
      for await (const bytes of this.#partBytes(log, index, part, commitment.size)) {
        held = true;
        yield { path: path(part), bytes };
      }
      if (!held && chosen !== null) {
        throw new ServiceError(
          "PART_NOT_HELD",
          `part ${part} of ${this.#entries.entryText(log, index)} is not here`,
          `entente fetch ${this.#entries.entryText(log, index)} --part ${part}`,
        );
      }
    }
  }

  async *#partBytes(log: NamedLog, index: number, part: number, size: number): AsyncGenerator<Uint8Array> {
    if (size <= CHUNK_SIZE) {
      const bytes = await log.store.readSmallPart(index, part);
      if (bytes !== undefined) yield bytes;
      return;
    }
    const large = await this.#core.parts.large(log.store.number, index, part);
    if (large === undefined || large.held < chunkCount(size)) return;
    for (let chunk = 0; chunk < large.held; chunk++) yield await this.#core.parts.chunk(large, chunk);
  }

  #head(log: NamedLog): { readonly note: string; readonly size: number; readonly root: Uint8Array } {
    const note = log.mirror === undefined ? this.#core.ownLog.announced.checkpoint : (log.mirror.reached?.note ?? "");
    if (note === "") return { note, size: 0, root: new Uint8Array(0) };
    return { note, ...parseCheckpoint(parseNote(note, MAX_NOTE_SIGNATURES).text) };
  }

  /** With the line of the log alone. */
  #signed(log: NamedLog, head: { readonly note: string; readonly size: number }): string {
    const key = logKeyAt(this.#chain(log), log.epoch, head.size);
    const signed = key === undefined ? undefined : signedAlone(head.note, key);
    if (signed === undefined) throw new DiskError("CORRUPT", `the checkpoint of ${log.name} is not signed by its log`);
    return signed;
  }

  #chain(log: NamedLog): Chain {
    return log.mirror === undefined ? this.#core.ownChain : log.mirror.chain;
  }

  #cosignatures(log: NamedLog, head: { readonly size: number; readonly root: Uint8Array }): readonly string[] {
    const witnesses = log.mirror === undefined ? this.#core.ownWitnesses : this.#core.witnessesOf(log.mirror);
    return witnesses?.linesFor(head.size, head.root, log.id) ?? [];
  }

  /** Chain files of the authorities whose cosignatures are on the checkpoint; the owner's is charters.txt. */
  *#witnesses(log: NamedLog, lines: readonly string[]): Generator<ProofFile> {
    const { trust, ownChain } = this.#core;
    const chains = [ownChain, ...[...trust.peers(), ...trust.former()].map((peer) => peer.chain)];
    for (const chain of chains) {
      if (toHex(chain.id) !== log.id && lines.some((line) => line.startsWith(`— ${chain.name}/witness `)))
        yield file(`witnesses/${chain.name}.txt`, chainFileOf(chain, chain.entries, this.#core));
    }
  }
}

/** A chain file without checkpoint and addresses. */
function chainFileOf({ name, id }: Chain, entries: readonly ChainEntry[], core: Core): string {
  return formatChainFile({ name, id, entries, checkpoint: undefined, addresses: [] }, core.init.crypto.sha256);
}

/** The note and these cosignature lines, at most sixteen in all. */
function withLines(signed: string, lines: readonly string[]): string {
  return `${signed}${lines
    .slice(0, MAX_NOTE_SIGNATURES - 1)
    .map((line) => `${line}\n`)
    .join("")}`;
}

function file(path: string, text: string): ProofFile {
  return { path, bytes: utf8Encode(text) };
}

const README = `This directory proves what an authority published, to anybody, without a network and without trusting
who hands it over. It is verified against the authority's id, which you must have from a source of your
own: write it into a file, one line "authority <name> <id>" for each authority that you trust, and run

    entente verify DIRECTORY --trust FILE

or any other program that implements the format (docs/spec/proof-directory.md of Entente). This file itself
proves nothing: take the program, too, from a source of your own.
`;
