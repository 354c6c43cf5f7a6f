import { type CborMap, decodeCbor, encodeCbor } from "../protocol/cbor.ts";
import { concatBytes } from "../protocol/bytes.ts";
import type { Sha256 } from "../protocol/crypto.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { leafHash, nodeHash } from "../protocol/merkle/hash.ts";
import { createPartDigest } from "../protocol/part-digest.ts";
import { isMap } from "../protocol/record/body.ts";
import { chunkCount, partHeader, startPart } from "../protocol/part.ts";
import { type Disk, DiskError, type DiskWrite } from "./disk.ts";
import { bytesKey, logKey, numberKey, numberOfKey, prefixRange, u48 } from "./keyspace.ts";
import { Turns } from "./turns.ts";

/** Chunks written per durable step while a large part streams in: 1 MiB, the most that a crash makes us take in again. */
const CHUNKS_PER_WRITE = 16;
/** Large parts that are here whole and whose chunk hashes stay in memory, to prove their chunks: 1.5 MiB each at the largest. */
const WHOLE_CACHE_MAX = 4;

/** A part taken in by `stage`: its commitment, and its bytes or where they lie. */
export type StagedContent = {
  /** As in the part's header. */
  readonly name: string;
  readonly digest: Uint8Array;
  readonly size: number;
  readonly length: number;
  /** Whole bytes of a one-chunk part; else `large` numbers its chunks. */
  readonly small: Uint8Array | undefined;
  readonly large: number | undefined;
  readonly hashes: Uint8Array;
  /** Seconds since 1970. */
  readonly since: number;
};

export type StageInput = {
  readonly ownerId: Uint8Array;
  /** As in the part's header. */
  readonly name: string;
  readonly type: string;
  readonly length: number;
  /** Seconds since 1970. */
  readonly since: number;
};

/** A large part: where its chunks lie and how many of them, from the first on, are here. */
export type LargePart = {
  readonly number: number;
  readonly size: number;
  readonly held: number;
  /** Chunk hashes, 32 bytes each, once all are here; else empty. */
  readonly hashes: Uint8Array;
};

export type PartContent = {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly content: AsyncIterable<Uint8Array>;
};

const EMPTY = new Uint8Array(0);

const COUNT_KEY = bytesKey("meta", Buffer.from("large-parts"));

/** Parts that do not lie in a run: staged ones, and those of more than one chunk. */
export class PartStore {
  /**
   * What is made from records, and what puts records out of sight, have their turns here, the second within those of a log:
   * else something would be made from a record while it goes, and stay.
   */
  readonly sight = new Turns();
  readonly #disk: Disk;
  readonly #sha256: Sha256;
  readonly #random: (length: number) => Uint8Array;
  readonly #trees = new Map<number, readonly (readonly Uint8Array[])[]>();
  /** By key in hex. Who gives a part away reads its chunks one by one, and half a MiB of hashes with each is most of the work. */
  readonly #whole = new Map<string, LargePart>();
  /** How often something was forgotten. */
  #forgotten = 0;
  #next: number | undefined;

  constructor(disk: Disk, sha256: Sha256, random: (length: number) => Uint8Array) {
    this.#disk = disk;
    this.#sha256 = sha256;
    this.#random = random;
  }

  /** Streams a part in: frames, pads, chunks and hashes it, holding one chunk in memory. Returns its staging number. */
  async stage(
    input: StageInput,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly number: number; readonly staged: StagedContent }> {
    const number = await this.allocate();
    try {
      return { number, staged: await this.#takeIn(number, input, content) };
    } catch (error) {
      // What came of it takes room that may be the very reason. A disk that failed takes no more writes.
      if (!(error instanceof DiskError)) await this.#drop(number);
      throw error;
    }
  }

  async #takeIn(number: number, input: StageInput, content: AsyncIterable<Uint8Array>): Promise<StagedContent> {
    const { prefix, size, padding } = startPart({ ...input, salt: this.#random(32) });
    const digest = createPartDigest(this.#sha256);
    // Stands for the chunks to come, so that a crash in between leaves nothing that nobody would sweep.
    const begun: StagedContent = {
      name: input.name,
      digest: EMPTY,
      size: 0,
      length: 0,
      small: undefined,
      large: number,
      hashes: EMPTY,
      since: input.since,
    };
    await this.#disk.write([{ key: numberKey("staged", number), value: formatStaged(begun) }], false);
    const chunks = chunked(framed(prefix, content, input.length, padding));
    const single = chunkCount(size) === 1;
    let small: Uint8Array | undefined;
    let at = 0;
    let batch: DiskWrite[] = [];
    for await (const chunk of chunks) {
      digest.addChunk(chunk);
      if (single) small = chunk;
      else batch.push({ key: numberKey("chunk", number, at), value: chunk });
      at += 1;
      if (batch.length === CHUNKS_PER_WRITE) {
        await this.#disk.write(batch, false);
        batch = [];
      }
    }
    const staged: StagedContent = {
      name: input.name,
      digest: digest.digest(),
      size,
      length: input.length,
      small,
      large: single ? undefined : number,
      hashes: single ? EMPTY : concatBytes(...digest.chunkHashes),
      since: input.since,
    };
    await this.#disk.write([...batch, { key: numberKey("staged", number), value: formatStaged(staged) }], true);
    return staged;
  }

  /** A part that was taken in whole. */
  async staged(number: number): Promise<StagedContent | undefined> {
    const value = await this.#disk.get(numberKey("staged", number));
    const staged = value === undefined ? undefined : parseStaged(value);
    return staged?.size === 0 ? undefined : staged;
  }

  /** The write by which a staged part counts as taken in at `since`, seconds since 1970; for ever, where that is left out. */
  async keep(number: number, since: number = Number.MAX_SAFE_INTEGER): Promise<DiskWrite[]> {
    const staged = await this.staged(number);
    return staged === undefined
      ? []
      : [{ key: numberKey("staged", number), value: formatStaged({ ...staged, since }) }];
  }

  /** Drops staged parts that nobody published since `before` (seconds since 1970), with their chunks. */
  async sweep(before: number): Promise<number> {
    let dropped = 0;
    for await (const [key, value] of this.#disk.scan(prefixRange(bytesKey("staged")))) {
      const staged = parseStaged(value);
      if (staged.since >= before) continue;
      await this.#drop(numberOfKey(key));
      dropped += 1;
    }
    return dropped;
  }

  /** Writes that turn a staged part of several chunks into part `part` of entry `index`. */
  adopt(log: number, index: number, part: number, staged: StagedContent): DiskWrite[] {
    if (staged.large === undefined) return [];
    const large: LargePart = {
      number: staged.large,
      size: staged.size,
      held: chunkCount(staged.size),
      hashes: staged.hashes,
    };
    return [{ key: logKey("largePart", log, index, part), value: formatLarge(large) }];
  }

  unstage(number: number): DiskWrite {
    return { key: numberKey("staged", number), value: undefined };
  }

  async large(log: number, index: number, part: number): Promise<LargePart | undefined> {
    const key = logKey("largePart", log, index, part);
    const text = Buffer.from(key).toString("hex");
    const known = this.#whole.get(text);
    if (known !== undefined) return known;
    const forgotten = this.#forgotten;
    const value = await this.#disk.get(key);
    const large = value === undefined ? undefined : parseLarge(value);
    // What is whole does not change any more, unless it was erased or found damaged while it was read.
    if (large !== undefined && large.hashes.length > 0 && forgotten === this.#forgotten)
      keepNewest(this.#whole, text, large);
    return large;
  }

  /** What is stored of a large part may be other than what is remembered of it. */
  forget(log: number, index: number, part: number): void {
    const text = Buffer.from(logKey("largePart", log, index, part)).toString("hex");
    const known = this.#whole.get(text);
    this.#forgotten += 1;
    this.#whole.delete(text);
    if (known !== undefined) this.#trees.delete(known.number);
  }

  /** What is in a large part that is here whole. Throws `FormatError`. */
  async content(large: LargePart, ownerId: Uint8Array): Promise<PartContent> {
    const { start, name, type, length } = partHeader(await this.chunk(large, 0), large.size, ownerId);
    return { name, type, length, content: this.#contentOf(large, start, length) };
  }

  async *#contentOf(large: LargePart, start: number, length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    let skip = start;
    for (let chunk = 0; left > 0; chunk++) {
      const bytes = (await this.chunk(large, chunk)).subarray(skip, skip + left);
      skip = 0;
      left -= bytes.length;
      yield bytes;
    }
  }

  writeLarge(log: number, index: number, part: number, large: LargePart): DiskWrite {
    return { key: logKey("largePart", log, index, part), value: formatLarge(large) };
  }

  chunkWrite(number: number, chunk: number, bytes: Uint8Array): DiskWrite {
    return { key: numberKey("chunk", number, chunk), value: bytes };
  }

  async chunk(large: LargePart, chunk: number): Promise<Uint8Array> {
    const bytes = await this.#disk.get(numberKey("chunk", large.number, chunk));
    if (bytes === undefined) throw new DiskError("CORRUPT", `chunk ${chunk} of a stored part is missing`);
    return bytes;
  }

  /** A part of several chunks that is here whole, in one piece; only for parts known to be small enough for memory. */
  async whole(log: number, index: number, part: number): Promise<Uint8Array | undefined> {
    const large = await this.large(log, index, part);
    if (large === undefined || large.held < chunkCount(large.size)) return undefined;
    const chunks: Uint8Array[] = [];
    for (let chunk = 0; chunk < large.held; chunk++) chunks.push(await this.chunk(large, chunk));
    return concatBytes(...chunks);
  }

  /** Inclusion proof of a chunk of a part that is here whole. */
  proveChunk(large: LargePart, chunk: number): Uint8Array[] {
    const tree = this.#tree(large);
    const proof: Uint8Array[] = [];
    for (let level = 0, at = chunk; level < tree.length - 1; level++, at = Math.floor(at / 2)) {
      const sibling = tree[level]?.[at % 2 === 0 ? at + 1 : at - 1];
      if (sibling !== undefined) proof.push(sibling);
    }
    return proof;
  }

  /** Hashes of the chunks that are here, read again: for going on with a part after a restart. */
  async chunkHashes(large: LargePart): Promise<Uint8Array[]> {
    const hashes: Uint8Array[] = [];
    for (let chunk = 0; chunk < large.held; chunk++)
      hashes.push(leafHash(this.#sha256, await this.chunk(large, chunk)));
    return hashes;
  }

  async allocate(): Promise<number> {
    if (this.#next === undefined) {
      const stored = await this.#disk.get(COUNT_KEY);
      this.#next ??= stored === undefined ? 1 : Buffer.from(stored).readUIntBE(0, 6);
    }
    const number = this.#next;
    this.#next = number + 1;
    await this.#disk.write([{ key: COUNT_KEY, value: u48(number + 1) }], false);
    return number;
  }

  /** Levels of the tree over the chunk hashes; a row's odd last node moves up unchanged, which is RFC 6962's split. */
  #tree(large: LargePart): readonly (readonly Uint8Array[])[] {
    const cached = this.#trees.get(large.number);
    if (cached !== undefined) return cached;
    let row: Uint8Array[] = [];
    for (let at = 0; at < large.hashes.length; at += 32) row.push(large.hashes.subarray(at, at + 32));
    const tree = [row];
    while (row.length > 1) {
      const below = row;
      row = [];
      for (let i = 0; i < below.length; i += 2) {
        const [left, right] = [below[i], below[i + 1]];
        if (left !== undefined) row.push(right === undefined ? left : nodeHash(this.#sha256, left, right));
      }
      tree.push(row);
    }
    keepNewest(this.#trees, large.number, tree);
    return tree;
  }

  /** Forgets a staged part that nobody published, with its chunks. */
  async #drop(number: number): Promise<void> {
    const writes: DiskWrite[] = [this.unstage(number)];
    for await (const [key] of this.#disk.scan(prefixRange(numberKey("chunk", number))))
      writes.push({ key, value: undefined });
    await this.#disk.write(writes, true);
  }
}

function keepNewest<K, V>(cache: Map<K, V>, key: K, value: V): void {
  cache.set(key, value);
  const [oldest] = cache.keys();
  if (cache.size > WHOLE_CACHE_MAX && oldest !== undefined) cache.delete(oldest);
}

async function* framed(
  prefix: Uint8Array,
  content: AsyncIterable<Uint8Array>,
  length: number,
  padding: number,
): AsyncGenerator<Uint8Array> {
  yield prefix;
  let seen = 0;
  for await (const piece of content) {
    seen += piece.length;
    if (seen > length) break;
    yield piece;
  }
  if (seen !== length) throw new PartLengthError(length, seen);
  for (let left = padding; left > 0; left -= CHUNK_SIZE) yield new Uint8Array(Math.min(left, CHUNK_SIZE));
}

/** The content announced was longer or shorter than what came. */
export class PartLengthError extends Error {
  readonly announced: number;
  constructor(announced: number, seen: number) {
    super(
      seen > announced ? `more than the announced ${announced} bytes came` : `only ${seen} of ${announced} bytes came`,
    );
    this.name = "PartLengthError";
    this.announced = announced;
  }
}

/** Regroups a stream into whole chunks; each is a fresh buffer. */
async function* chunked(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_SIZE);
  let filled = 0;
  for await (const piece of stream) {
    for (let at = 0; at < piece.length;) {
      const take = Math.min(piece.length - at, CHUNK_SIZE - filled);
      chunk.set(piece.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled < CHUNK_SIZE) continue;
      yield chunk;
      chunk = new Uint8Array(CHUNK_SIZE);
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.slice(0, filled);
}

function formatStaged(staged: StagedContent): Uint8Array {
  return encodeCbor({
    name: staged.name,
    digest: staged.digest,
    size: staged.size,
    length: staged.length,
    small: staged.small ?? null,
    large: staged.large ?? null,
    hashes: staged.hashes,
    since: staged.since,
  });
}

function parseStaged(bytes: Uint8Array): StagedContent {
  const fields = fieldsOf(bytes);
  const small = fields["small"];
  const large = fields["large"];
  const name = fields["name"];
  return {
    name: typeof name === "string" ? name : "",
    digest: bytesField(fields, "digest"),
    size: numberField(fields, "size"),
    length: numberField(fields, "length"),
    small: small instanceof Uint8Array ? small : undefined,
    large: typeof large === "number" ? large : undefined,
    hashes: bytesField(fields, "hashes"),
    since: numberField(fields, "since"),
  };
}

/** A large part as it is stored under its key. */
export function formatLarge(large: LargePart): Uint8Array {
  return encodeCbor({ ...large });
}

/** What `formatLarge` wrote. */
export function parseLarge(bytes: Uint8Array): LargePart {
  const fields = fieldsOf(bytes);
  return {
    number: numberField(fields, "number"),
    size: numberField(fields, "size"),
    held: numberField(fields, "held"),
    hashes: bytesField(fields, "hashes"),
  };
}

function fieldsOf(bytes: Uint8Array): CborMap {
  const value = decodeCbor(bytes);
  if (!isMap(value)) throw new DiskError("CORRUPT", "a stored part record is not readable");
  return value;
}

function numberField(fields: { readonly [key: string]: unknown }, name: string): number {
  const value = fields[name];
  if (typeof value !== "number") throw new DiskError("CORRUPT", `a stored part record lacks ${name}`);
  return value;
}

function bytesField(fields: { readonly [key: string]: unknown }, name: string): Uint8Array {
  const value = fields[name];
  if (!(value instanceof Uint8Array)) throw new DiskError("CORRUPT", `a stored part record lacks ${name}`);
  return value;
}
