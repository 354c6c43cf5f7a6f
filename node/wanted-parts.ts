import { toHex } from "../protocol/bytes.ts";
import { logText } from "../protocol/serve.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import type { Clock } from "./clock.ts";
import { AUTO_FETCH_COUNT, AUTO_FETCH_MAX, STALL_MS } from "./limits.ts";
import type { Mirror } from "./mirror.ts";

/** Chunks that one look at what is wanted lists: more than may be asked for at a time. */
const CHUNKS_LISTED = 64;

export type WantedPartsInit = {
  readonly ownId: string;
  readonly clock: Clock;
  /** Whether this peer can be asked now. */
  readonly isHere: (peer: string) => boolean;
  /** Who may be asked for parts of this log, in order. */
  readonly peersOf: (mirror: Mirror) => readonly string[];
  /** Called when there is something new to ask for of this log. */
  readonly onWanted: (mirror: Mirror) => void;
};

/** The connection over which a part comes. */
type Line = { readonly closed: boolean };

/** Who gives a part now, and when its last chunk came, in milliseconds. */
type Giver = { readonly peer: string; readonly line: Line; readonly at: number };

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
  /** By part. One at a time, so that no chunk is fetched twice. */
  readonly #givers = new Map<string, Giver>();
  /** By part and peer: why it was not given; asked for again on the next connection or when a person asks. */
  readonly #refused = new Map<string, Map<string, string>>();
  /** By log and peer: below this there is nothing more to be had from it. */
  readonly #looked = new Map<string, { readonly restarts: number; readonly from: number }>();

  constructor(init: WantedPartsInit) {
    this.#init = init;
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  async want(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): Promise<void> {
    this.#refused.delete(partText(mirror.key, index, part));
    await this.#begin(mirror, index, part, chunk, chunks);
  }

  async #begin(mirror: Mirror, index: number, part: number, next: number, chunks: number): Promise<Want> {
    const { id, epoch } = mirror.store;
    const readers = await mirror.parts.readersOf(mirror.chain, index, part);
    const want: Want = { id, epoch, index, part, next, chunks, readers };
    this.#wants.set(partText(mirror.key, index, part), want);
    this.#init.onWanted(mirror);
    return want;
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#drop(partText(mirror.key, index, part));
  }

  #drop(key: string): void {
    this.#wants.delete(key);
    this.#givers.delete(key);
  }

  /**
   * Photographs and ordinary reports come by themselves; what is larger comes when somebody wants it. Of our own log
   * everything comes back.
   */
  async wantSmallEnough(mirror: Mirror): Promise<void> {
    for (const peer of this.#init.peersOf(mirror)) {
      if (mirror.store.head.missing === 0) return;
      await this.#wantFrom(mirror, peer);
    }
  }

  async #wantFrom(mirror: Mirror, peer: string): Promise<void> {
    const owner = toHex(mirror.store.id);
    const sizeMax = owner === this.#init.ownId ? Infinity : AUTO_FETCH_MAX;
    const isWanted = ({ index, part }: { readonly index: number; readonly part: number }): boolean =>
      this.#refused.get(partText(mirror.key, index, part))?.has(peer) !== true;
    for (;;) {
      const { restarts } = mirror.parts;
      const { size } = mirror.store.head;
      const looked = this.#looked.get(`${mirror.key} ${peer}`);
      const from = looked?.restarts === restarts ? looked.from : 0;
      const found = await mirror.parts.missingLarge(from, sizeMax, AUTO_FETCH_COUNT, isWanted);
      this.#looked.set(`${mirror.key} ${peer}`, { restarts, from: found[0]?.index ?? size });
      let passed = 0;
      for (const { index, part, held, chunks } of found) {
        const key = partText(mirror.key, index, part);
        // Who its readers are may have come after it was wanted first.
        const known = this.#wants.get(key);
        const want =
          known !== undefined && known.readers.size > 0
            ? known
            : await this.#begin(mirror, index, part, known?.next ?? held, chunks);
        if (owner === peer || owner === this.#init.ownId || want.readers.has(peer)) continue;
        // It cannot have this one: on to those that it may.
        this.#refuse(key, peer, "not one of its readers");
        passed += 1;
      }
      if (passed === 0) return;
    }
  }

  /** The next chunks that this peer is to be asked for over this connection, in the order wanted. */
  chunksOf(peer: string, line: Line): readonly ChunkRequest[] {
    const listed: ChunkRequest[] = [];
    for (const [key, { next, chunks, readers, ...want }] of this.#wants) {
      if (!this.#mayAsk(peer, key, toHex(want.id), readers)) continue;
      if (!this.#isGiver(key, toHex(want.id), readers, peer, line)) continue;
      for (let chunk = next; chunk < chunks; chunk++) {
        if (listed.length === CHUNKS_LISTED) return listed;
        listed.push({ ...want, chunk });
      }
    }
    return listed;
  }

  /** Who is asked first gives the part, until the connection ends, another is to be asked, or nothing comes any more. */
  #isGiver(key: string, owner: string, readers: ReadonlySet<string>, peer: string, line: Line): boolean {
    const now = this.#init.clock.now();
    const giver = this.#givers.get(key);
    if (giver?.line === line) return true;
    const gives =
      giver !== undefined &&
      !giver.line.closed &&
      now - giver.at < STALL_MS &&
      this.#mayAsk(giver.peer, key, owner, readers);
    if (!gives) this.#givers.set(key, { peer, line, at: now });
    return !gives;
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
    if (held === want.chunks) return this.#drop(key);
    this.#wants.set(key, { ...want, next: held });
    const giver = this.#givers.get(key);
    if (giver !== undefined) this.#givers.set(key, { ...giver, at: this.#init.clock.now() });
  }

  refused(peer: string, { id, epoch, index, part }: ChunkRequest, reason: string): void {
    const key = partText(logText(id, epoch), index, part);
    const want = this.#wants.get(key);
    const others = [...(want?.readers ?? [])].some((reader) => reader !== peer && this.#init.isHere(reader));
    if (toHex(id) === peer && !others) this.#drop(key);
    this.#refuse(key, peer, reason);
  }

  #refuse(key: string, peer: string, reason: string): void {
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

  /** What this peer would not give, of one log or of all, it may give now. */
  forgetRefusals(peer: string, log = ""): void {
    for (const key of this.#looked.keys()) if (key.startsWith(log) && key.endsWith(peer)) this.#looked.delete(key);
    for (const [key, reasons] of this.#refused)
      if (key.startsWith(log) && reasons.delete(peer) && reasons.size === 0) this.#refused.delete(key);
  }
}

function partText(log: string, index: number, part: number): string {
  return `${log}/${index}/${part}`;
}
