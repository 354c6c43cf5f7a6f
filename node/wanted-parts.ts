import { toHex } from "../protocol/bytes.ts";
import { logText } from "../protocol/serve.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import { AUTO_FETCH_COUNT, AUTO_FETCH_MAX } from "./limits.ts";
import type { Mirror } from "./mirror.ts";

/** Chunks that one look at what is wanted lists: more than may be asked for at a time. */
const CHUNKS_LISTED = 64;

export type WantedPartsInit = {
  /** Called when there is something new to ask from the owner of this log. */
  readonly onWanted: (mirror: Mirror) => void;
};

/** Large parts that are to be fetched, by people's wish or because they are small enough, and those that were refused. */
export class WantedParts {
  readonly #init: WantedPartsInit;
  readonly #chunks = new Map<string, readonly ChunkRequest[]>();
  /** Parts that a peer would not give, and why; asked for again on the next connection or when a person asks. */
  readonly #refused = new Map<string, string>();

  constructor(init: WantedPartsInit) {
    this.#init = init;
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  want(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): void {
    const { id, epoch } = mirror.store;
    const key = partText(mirror.key, index, part);
    this.#refused.delete(key);
    const wants: ChunkRequest[] = [];
    for (let at = chunk; at < chunks; at++) wants.push({ id, epoch, index, part, chunk: at });
    this.#chunks.set(key, wants);
    this.#init.onWanted(mirror);
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#chunks.delete(partText(mirror.key, index, part));
  }

  /** Photographs and ordinary reports come by themselves; what is larger comes when somebody wants it. */
  async wantSmallEnough(mirror: Mirror): Promise<void> {
    if (mirror.store.head.missing === 0) return;
    const isWanted = ({ index, part }: { readonly index: number; readonly part: number }): boolean =>
      !this.#refused.has(partText(mirror.key, index, part));
    for (const found of await mirror.parts.missingLarge(AUTO_FETCH_MAX, AUTO_FETCH_COUNT, isWanted)) {
      const { index, part, held, chunks } = found;
      if (!this.#chunks.has(partText(mirror.key, index, part))) this.want(mirror, index, part, held, chunks);
    }
  }

  /** The next chunks wanted of logs of one authority, in the order wanted. */
  chunksOf(id: string | undefined): readonly ChunkRequest[] {
    return [...this.#chunks.values()]
      .flat()
      .filter((want) => id !== undefined && toHex(want.id) === id)
      .slice(0, CHUNKS_LISTED);
  }

  /** A chunk came: the part now has its first `held` chunks. */
  arrived(mirror: Mirror, { index, part }: ChunkRequest, held: number): void {
    const key = partText(mirror.key, index, part);
    const left = (this.#chunks.get(key) ?? []).filter((other) => other.chunk >= held);
    if (left.length > 0) this.#chunks.set(key, left);
    else this.#chunks.delete(key);
  }

  refused({ id, epoch, index, part }: ChunkRequest, reason: string): void {
    const key = partText(logText(id, epoch), index, part);
    this.#chunks.delete(key);
    this.#refused.set(key, reason);
  }

  /** Why the last wish for a part came to nothing, if it did. */
  refusedReason(mirror: Mirror, index: number, part: number): string | undefined {
    return this.#refused.get(partText(mirror.key, index, part));
  }

  forgetRefusals(): void {
    this.#refused.clear();
  }
}

function partText(log: string, index: number, part: number): string {
  return `${log}/${index}/${part}`;
}
