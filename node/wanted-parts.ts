import { toHex } from "../protocol/bytes.ts";
import { logText } from "../protocol/serve.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import { AUTO_FETCH_COUNT, AUTO_FETCH_MAX } from "./limits.ts";
import type { Mirror } from "./mirror.ts";

/** Chunks that one look at what is wanted lists: more than may be asked for at a time. */
const CHUNKS_LISTED = 64;

export type WantedPartsInit = {
  readonly ownId: string;
  /** Whether this peer can be asked now. */
  readonly isHere: (peer: string) => boolean;
  /** Called when there is something new to ask for of this log. */
  readonly onWanted: (mirror: Mirror) => void;
};

/** A part of which the chunks from `next` on are wanted, of `chunks`. */
type Want = Pick<ChunkRequest, "id" | "epoch" | "index" | "part"> & {
  readonly next: number;
  readonly chunks: number;
  /** Listed members of its audience: besides the owner they alone may hold it. */
  readonly readers: ReadonlySet<string>;
};

/**
 * Large parts that are to be fetched, by people's wish or because they are small enough, and who would not give them. What
 * others own is asked from its owner, or while he is not here, from its readers; parts of our own log, lost with a store,
 * from everybody.
 */
export class WantedParts {
  readonly #init: WantedPartsInit;
  readonly #wants = new Map<string, Want>();
  /** By part and peer: why it was not given; asked for again on the next connection or when a person asks. */
  readonly #refused = new Map<string, Map<string, string>>();

  constructor(init: WantedPartsInit) {
    this.#init = init;
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  async want(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): Promise<void> {
    const { id, epoch } = mirror.store;
    const readers = await mirror.parts.readersOf(mirror.chain, index, part);
    const key = partText(mirror.key, index, part);
    this.#refused.delete(key);
    this.#wants.set(key, { id, epoch, index, part, next: chunk, chunks, readers });
    this.#init.onWanted(mirror);
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#wants.delete(partText(mirror.key, index, part));
  }

  /**
   * Photographs and ordinary reports come by themselves; what is larger comes when somebody wants it. Of our own log
   * everything comes back.
   */
  async wantSmallEnough(mirror: Mirror, peer: string): Promise<void> {
    if (mirror.store.head.missing === 0) return;
    const isWanted = ({ index, part }: { readonly index: number; readonly part: number }): boolean =>
      this.#refused.get(partText(mirror.key, index, part))?.has(peer) !== true;
    const sizeMax = toHex(mirror.store.id) === this.#init.ownId ? Infinity : AUTO_FETCH_MAX;
    for (const found of await mirror.parts.missingLarge(sizeMax, AUTO_FETCH_COUNT, isWanted)) {
      const { index, part, held, chunks } = found;
      if (!this.#wants.has(partText(mirror.key, index, part))) await this.want(mirror, index, part, held, chunks);
    }
  }

  /** The next chunks that this peer may be asked for, in the order wanted. */
  chunksOf(peer: string | undefined): readonly ChunkRequest[] {
    const listed: ChunkRequest[] = [];
    if (peer === undefined) return listed;
    for (const [key, { next, chunks, readers, ...want }] of this.#wants) {
      if (!this.#mayAsk(peer, key, toHex(want.id), readers)) continue;
      for (let chunk = next; chunk < chunks; chunk++) {
        if (listed.length === CHUNKS_LISTED) return listed;
        listed.push({ ...want, chunk });
      }
    }
    return listed;
  }

  #mayAsk(peer: string, key: string, owner: string, readers: ReadonlySet<string>): boolean {
    const refused = this.#refused.get(key);
    if (refused?.has(peer) === true) return false;
    if (owner === peer || owner === this.#init.ownId) return true;
    // SPEC: Only the owner and listed members are asked for one part's chunks.
    return readers.has(peer) && (!this.#init.isHere(owner) || refused?.has(owner) === true);
  }

  /** A chunk came: the part now has its first `held` chunks. */
  arrived(mirror: Mirror, { index, part }: ChunkRequest, held: number): void {
    const key = partText(mirror.key, index, part);
    const want = this.#wants.get(key);
    if (want === undefined) return;
    if (held < want.chunks) this.#wants.set(key, { ...want, next: held });
    else this.#wants.delete(key);
  }

  refused(peer: string, { id, epoch, index, part }: ChunkRequest, reason: string): void {
    const key = partText(logText(id, epoch), index, part);
    const want = this.#wants.get(key);
    const others = [...(want?.readers ?? [])].some((reader) => reader !== peer && this.#init.isHere(reader));
    if (toHex(id) === peer && !others) this.#wants.delete(key);
    const reasons = this.#refused.get(key) ?? new Map<string, string>();
    this.#refused.set(key, reasons.set(peer, reason));
  }

  /** Why the last wish for a part came to nothing, if it did. */
  refusedReason(mirror: Mirror, index: number, part: number): string | undefined {
    return this.#refused
      .get(partText(mirror.key, index, part))
      ?.values()
      .next().value;
  }

  /** What this peer would not give it may give now. */
  forgetRefusals(peer: string): void {
    for (const [key, reasons] of this.#refused)
      if (reasons.delete(peer) && reasons.size === 0) this.#refused.delete(key);
  }
}

function partText(log: string, index: number, part: number): string {
  return `${log}/${index}/${part}`;
}
