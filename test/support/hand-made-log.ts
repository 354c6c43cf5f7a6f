import { randomBytes } from "node:crypto";
import { audienceTag } from "../../keys/audience-tag.ts";
import { sha256 } from "../../keys/sha256.ts";
import { createNoteSigner, type NoteSigner } from "../../keys/signer.ts";
import { sharedSecret } from "../../keys/x25519.ts";
import { buildAudienceTags, formatMemberList, MEMBER_LIST_MEDIA_TYPE, paddedTagCount } from "../../protocol/audience.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { formatLeaf, type Leaf } from "../../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../../protocol/limits.ts";
import { coverCoordinates, emptyRange, extendRange, rangeRoot } from "../../protocol/merkle/compact-range.ts";
import { leafHash } from "../../protocol/merkle/hash.ts";
import { partDigest } from "../../protocol/part-digest.ts";
import { formatPart } from "../../protocol/part.ts";
import { formatRecord } from "../../protocol/record/index.ts";
import type { Batch } from "../../protocol/wire/batch.ts";
import type { Authority } from "../simulation/authority.ts";

const TIME = 1_800_000_000;

/** An entry with all its parts, whoever may have them. */
export type HandMadeEntry = { readonly leaf: Uint8Array; readonly parts: readonly Uint8Array[] };

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
    return this.add({ kind: "audience", time: TIME, nonce, tags, digest: partDigest(sha256, list), size: list.length }, [list]);
  }

  /** A follow-up to entry 0 that says `text`, with attachments for the same audience. */
  addRecord(audience: number, text: string, ...attachments: readonly Uint8Array[]): number {
    const record = formatRecord({
      type: "follow-up",
      refs: [{ id: this.id, epoch: 0, index: 0, leafHash: new Uint8Array(32) }],
      partKinds: attachments.map(() => "attachment"),
      body: { answers: 0, outcome: "not-found", text: { en: text } },
    });
    const parts = [
      this.#part("application/vnd.entente.record+cbor", "", record),
      ...attachments.map((content) => this.#part("application/octet-stream", "file.bin", content)),
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

  /** The note that an honest owner would sign at a size. */
  checkpoint(size = this.size, signer: NoteSigner = createNoteSigner(this.owner.name, this.owner.keys.log)): string {
    const text = formatCheckpoint({ origin: signer.vkey.name, size, root: rootOf(this.entries.slice(0, size)) });
    return `${text}\n${signer.sign(text)}\n`;
  }

  /** Entries from ≤ index < to with all their parts of one chunk, under the checkpoint at the log's size. */
  batch(from: number, to: number, change: Partial<Batch> = {}): Batch & { readonly kind: "batch" } {
    const taken = this.entries.slice(from, to);
    const parts = taken.flatMap((entry, offset) =>
      entry.parts.flatMap((bytes, part) => (bytes.length > CHUNK_SIZE ? [] : [{ offset, part, bytes }])),
    );
    const right = coverCoordinates(to, this.size).map(({ level, index }) =>
      rootOf(this.entries.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );
    const leaves = taken.map(({ leaf }) => leaf);
    return { kind: "batch", id: this.id, epoch: 0, from, leaves, parts, right, checkpoint: this.checkpoint(), ...change };
  }

  #part(type: string, name: string, content: Uint8Array): Uint8Array {
    return formatPart({ ownerId: this.id, salt: randomOf(32), name, type, content });
  }
}

function rootOf(entries: readonly HandMadeEntry[]): Uint8Array {
  const hashes = entries.map(({ leaf }) => leafHash(sha256, leaf));
  return rangeRoot(sha256, extendRange(sha256, emptyRange(0), hashes));
}

function randomOf(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
