import { randomBytes } from "node:crypto";
import { audienceTag } from "../../keys/audience-tag.ts";
import { sha256 } from "../../keys/sha256.ts";
import type { Ed25519KeyPair } from "../../keys/ed25519.ts";
import { createNoteSigner } from "../../keys/signer.ts";
import { sharedSecret } from "../../keys/x25519.ts";
import {
  buildAudienceTags,
  formatMemberList,
  MEMBER_LIST_MEDIA_TYPE,
  paddedTagCount,
} from "../../protocol/audience.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { forkProofCoordinates } from "../../protocol/fork-proof.ts";
import { formatLeaf, type Leaf } from "../../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../../protocol/limits.ts";
import {
  coverCoordinates,
  emptyRange,
  extendRange,
  type NodeCoordinate,
  rangeRoot,
} from "../../protocol/merkle/compact-range.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { foldProof } from "../../protocol/merkle/proof.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart } from "../../protocol/part.ts";
import { formatRecord } from "../../protocol/record/index.ts";
import type { Batch } from "../../protocol/wire/batch.ts";
import type { ChunkAnswer } from "../../protocol/wire/chunk.ts";
import type { Answer, Request } from "../../protocol/wire/frame.ts";
import type { PartsAnswer } from "../../protocol/wire/parts.ts";
import type { Authority } from "../simulation/authority.ts";

const TIME = 1_800_000_000;
/** Small ones fit in a frame. */
const FRAME_ENTRIES = 500;

/** An entry with all its parts, whoever may have them. */
export type HandMadeEntry = { readonly leaf: Uint8Array; readonly parts: readonly Uint8Array[] };

export type SignedAs = { readonly origin?: string; readonly key?: Ed25519KeyPair };

/** A log that is as a test wants it, under its owner's true key: what an owner could serve who follows no rules. */
export class HandMadeLog {
  readonly owner: Authority;
  readonly entries: HandMadeEntry[] = [];

  /** With its first charter as entry 0. */
  constructor(owner: Authority) {
    this.owner = owner;
    this.add({ kind: "charter", time: TIME, note: owner.charter });
  }

  get id(): Uint8Array {
    return this.owner.chain.id;
  }

  get size(): number {
    return this.entries.length;
  }

  /** Appends an entry; gives its index. */
  add(leaf: Leaf, parts: readonly Uint8Array[] = []): number {
    return this.entries.push({ leaf: formatLeaf(leaf), parts }) - 1;
  }

  /** An entry without parts, different from every other. */
  addPlain(): number {
    return this.add({ kind: "followers", time: TIME + this.size, ids: [] });
  }

  addAudience(...members: readonly Authority[]): number {
    const nonce = randomOf(16);
    const tagged = members.map(({ chain: { id }, keys }) => {
      const secret = sharedSecret(this.owner.keys.members[0], keys.members[0].publicKey);
      return { id, tag: audienceTag(secret, this.id, id, 0, nonce) };
    });
    const filler = Array.from({ length: paddedTagCount(tagged.length) - tagged.length }, () => randomOf(16));
    const list = this.#part(MEMBER_LIST_MEDIA_TYPE, "", formatMemberList(tagged));
    const tags = buildAudienceTags(tagged, filler);
    return this.add(
      { kind: "audience", time: TIME, nonce, tags, digest: partDigest(sha256, list), size: list.length },
      [list],
    );
  }

  /** A follow-up to entry 0 that says `text`, with attachments for the same audience. */
  addRecord(audience: number, text: string, ...attachments: readonly Uint8Array[]): number {
    const sections = attachments.map((content) => ({ kind: "attachment", type: "application/octet-stream", content }));
    return this.addWithSections(audience, text, sections);
  }

  /** The same with sections of any kind. */
  addWithSections(
    audience: number,
    text: string,
    sections: readonly { readonly kind: string; readonly type: string; readonly content: Uint8Array }[],
  ): number {
    const record = formatRecord({
      type: "follow-up",
      refs: [{ id: this.id, epoch: 0, index: 0, leafHash: new Uint8Array(32) }],
      partKinds: sections.map(({ kind }) => kind),
      body: { answers: 0, outcome: "not-found", text: { en: text } },
    });
    const parts = [
      this.#part("application/vnd.entente.record+cbor", "", record),
      ...sections.map(({ type, content }) => this.#part(type, "file.bin", content)),
    ];
    const committed = parts.map((bytes) => ({ audience, digest: partDigest(sha256, bytes), size: bytes.length }));
    return this.add({ kind: "record", time: TIME, parts: committed }, parts);
  }

  /** Another log of the same owner that begins alike. */
  branch(size: number): HandMadeLog {
    const branch = new HandMadeLog(this.owner);
    branch.entries.splice(0, 1, ...this.entries.slice(0, size));
    return branch;
  }

  /** The note that an honest owner would sign, or, under another key or name, that nobody would. */
  checkpoint({ origin = this.owner.name, key = this.owner.keys.log }: SignedAs = {}): string {
    const root = rootOf(this.entries.map(({ leaf }) => leaf));
    const text = formatCheckpoint({ origin, size: this.size, root });
    return `${text}\n${createNoteSigner(origin, key).sign(text)}\n`;
  }

  /** What shows that this tree continues one of `size` entries, its first element explicit. */
  proofFrom(size: number): readonly Uint8Array[] {
    const all = this.entries.map(({ leaf }) => leaf);
    return foldProof(sha256, forkProofCoordinates(size, this.size), (at) => rootOf(below(all, at)));
  }

  /** Entries from ≤ index < to with all their parts of one chunk, under the checkpoint at the log's size. */
  batch(from: number, to: number, change: Partial<Batch> = {}): Batch & { readonly kind: "batch" } {
    const taken = this.entries.slice(from, to);
    const parts = taken.flatMap((entry, offset) =>
      entry.parts.flatMap((bytes, part) => (bytes.length > CHUNK_SIZE ? [] : [{ offset, part, bytes }])),
    );
    const leaves = taken.map(({ leaf }) => leaf);
    const all = this.entries.map(({ leaf }) => leaf);
    const right = coverCoordinates(to, this.size).map((at) => rootOf(below(all, at)));
    return {
      kind: "batch",
      id: this.id,
      epoch: 0,
      from,
      leaves,
      parts,
      right,
      checkpoint: this.checkpoint(),
      ...change,
    };
  }

  /** One chunk of a part, with its proof. */
  chunk(index: number, part: number, chunk: number): ChunkAnswer {
    const bytes = this.entries[index]?.parts[part] ?? new Uint8Array();
    const count = Math.ceil(bytes.length / CHUNK_SIZE);
    const chunks = Array.from({ length: count }, (_, at) => bytes.subarray(at * CHUNK_SIZE, (at + 1) * CHUNK_SIZE));
    return { bytes: chunks[chunk] ?? new Uint8Array(), proof: proofOf(chunks, chunk) };
  }

  /** What an honest owner answers to its only reader, by one frame; a pull without news waits. */
  answer(request: Request): Answer | undefined {
    switch (request.kind) {
      case "pull": {
        const from = request.logs.find(({ id }) => Buffer.from(id).equals(this.id))?.from ?? this.size;
        return from < this.size ? this.batch(from, Math.min(this.size, from + FRAME_ENTRIES)) : undefined;
      }
      case "range":
        return this.batch(request.from, Math.min(request.to, request.from + FRAME_ENTRIES));
      case "parts":
        return { kind: "parts", id: this.id, epoch: 0, next: request.to, parts: this.#parts(request) };
      case "chunk":
        return { kind: "chunk", ...this.chunk(request.index, request.part, request.chunk) };
      case "hello":
      case "charters":
      case "compare":
      case "consistency":
      case "evidence":
        return undefined;
    }
  }

  #parts({ from, to }: { readonly from: number; readonly to: number }): PartsAnswer["parts"] {
    const taken = this.entries.slice(from, to);
    const all = taken.flatMap(({ parts }, at) => parts.map((bytes, part) => ({ index: from + at, part, bytes })));
    return all.filter(({ bytes }) => bytes.length <= CHUNK_SIZE);
  }

  #part(type: string, name: string, content: Uint8Array): Uint8Array {
    return formatPart({ ownerId: this.id, salt: randomOf(32), name, type, content });
  }
}

/** RFC 6962's inclusion proof, from the leaf up, by its definition. */
function proofOf(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...proofOf(left, index), rootOf(right)] : [...proofOf(right, index - split), rootOf(left)];
}

function below(leaves: readonly Uint8Array[], { level, index }: NodeCoordinate): readonly Uint8Array[] {
  return leaves.slice(index * 2 ** level, (index + 1) * 2 ** level);
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  return rangeRoot(
    sha256,
    extendRange(
      sha256,
      emptyRange(0),
      leaves.map((leaf) => leafHash(sha256, leaf)),
    ),
  );
}

function randomOf(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
