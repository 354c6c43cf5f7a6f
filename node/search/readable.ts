import { FormatError } from "../../protocol/format-error.ts";
import { type LeafReading, readLeaf } from "../../protocol/leaf/leaf.ts";
import { CHUNK_SIZE } from "../../protocol/limits.ts";
import { parsePart } from "../../protocol/part.ts";
import { readRecord } from "../../protocol/record/index.ts";
import { parseTraceability } from "../../protocol/record/traceability.ts";
import { type NamedLog, RECORD_PART_MAX } from "../entries.ts";
import type { StoredEntry } from "../log-store.ts";
import type { PartStore } from "../part-store.ts";
import type { Readable } from "./entry-words.ts";

/** Reads for the search index what is here of an entry. */
export class ReadableEntries {
  readonly #parts: PartStore;

  constructor(parts: PartStore) {
    this.#parts = parts;
  }

  /** An entry read by itself; `undefined` where it is no record that can be read here. */
  async at({ store }: NamedLog, index: number): Promise<Readable | undefined> {
    const leaf = await store.readLeaf(index);
    return leaf === undefined
      ? undefined
      : this.#read(readLeaf(leaf), store.id, async (part, size) =>
          size <= CHUNK_SIZE ? store.readSmallPart(index, part) : this.#large(store.number, index, part, size),
        );
  }

  /** The same of an entry with the parts that came with it at hand. */
  of({ store }: NamedLog, { index, leaf, parts }: StoredEntry): Promise<Readable | undefined> {
    return this.#read(readLeaf(leaf), store.id, async (part, size) => {
      const found = parts.find((one) => one.part === part);
      if (found !== undefined) return found.bytes;
      return size <= CHUNK_SIZE ? store.readLatePart(index, part) : this.#large(store.number, index, part, size);
    });
  }

  async #read(
    reading: LeafReading,
    owner: Uint8Array,
    bytesOf: (part: number, size: number) => Promise<Uint8Array | undefined>,
  ): Promise<Readable | undefined> {
    if (reading.status !== "known" || reading.leaf.kind !== "record") return undefined;
    const { parts } = reading.leaf;
    const content = async (part: number): Promise<Uint8Array | undefined> => {
      const size = parts[part]?.size;
      const bytes = size === undefined ? undefined : await bytesOf(part, size);
      return bytes === undefined ? undefined : unlessMalformed(() => parsePart(bytes, owner).content);
    };
    const body = await content(0);
    const record = body === undefined ? undefined : unlessMalformed(() => readRecord(body, parts.length));
    if (record === undefined) return undefined;
    const section = await content(record.partKinds.indexOf("traceability") + 1 || Infinity);
    const traceability = section === undefined ? undefined : unlessMalformed(() => parseTraceability(section).body);
    return { record, traceability };
  }

  async #large(log: number, index: number, part: number, size: number): Promise<Uint8Array | undefined> {
    return size > RECORD_PART_MAX ? undefined : this.#parts.whole(log, index, part);
  }
}

/** One bad record is set aside; the index goes on. */
function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
