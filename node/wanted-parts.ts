import { toHex } from "../protocol/bytes.ts";
import { CHUNK_SIZE } from "../protocol/limits.ts";
import { logText } from "../protocol/serve.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import type { Clock } from "./clock.ts";
import { FetchPolicy, type FetchSettings } from "./fetch-policy.ts";
import { AUTO_FETCH_COUNT, AUTO_FETCH_MAX, STALL_MS } from "./limits.ts";
import type { Mirror } from "./mirror.ts";
import type { MissingLarge } from "./mirror-parts.ts";

/** Chunks that one look at what is wanted lists: more than may be asked for at a time. */
const CHUNKS_LISTED = 64;

export type WantedPartsInit = {
  readonly ownId: string;
  readonly clock: Clock;
  readonly fetch: FetchSettings;
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

/** Why a part does not come by itself: it is larger than its type may be, or so much of its log came so already. */
export type Waits = "size" | "quota";

/** A part of which the chunks from `next` on are wanted, of `chunks`. */
type Want = Pick<ChunkRequest, "id" | "epoch" | "index" | "part"> & {
  readonly next: number;
  readonly chunks: number;
  /** Chunks to have for now: where the type decides, the first one says it. */
  readonly until: number;
  /** By a person, or of our own log. */
  readonly isAsked: boolean;
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
  readonly #policy: FetchPolicy;
  readonly #wants = new Map<string, Want>();
  /** By part. One at a time, so that no chunk is fetched twice. */
  readonly #givers = new Map<string, Giver>();
  /** By part and peer: why it was not given; asked for again on the next connection or when a person asks. */
  readonly #refused = new Map<string, Map<string, string>>();
  /** By log and peer: below this there is nothing more to be had from it. */
  readonly #looked = new Map<string, { readonly restarts: number; readonly from: number }>();

  constructor(init: WantedPartsInit) {
    this.#init = init;
    this.#policy = new FetchPolicy(init.fetch);
  }

  /** Wants a large part; chunks are asked for one after the other until it is here. */
  async want(mirror: Mirror, index: number, part: number, chunk: number, chunks: number): Promise<void> {
    this.#refused.delete(partText(mirror.key, index, part));
    await this.#begin(mirror, { index, part, next: chunk, chunks, until: chunks, isAsked: true });
  }

  async #begin(mirror: Mirror, wish: Omit<Want, "id" | "epoch" | "readers">): Promise<Want> {
    const { index, part } = wish;
    const { id, epoch } = mirror.store;
    const readers = await mirror.parts.readersOf(mirror.chain, index, part);
    const want: Want = { ...wish, id, epoch, readers };
    this.#wants.set(partText(mirror.key, index, part), want);
    this.#init.onWanted(mirror);
    return want;
  }

  /** What was erased is not asked for any more. */
  async dropErased(mirror: Mirror): Promise<void> {
    for (const [key, { index, part }] of this.#wants)
      if (key.startsWith(`${mirror.key}/`) && (await mirror.erased.mark(index, part)) !== undefined) this.#drop(key);
  }

  stopWanting(mirror: Mirror, index: number, part: number): void {
    this.#drop(partText(mirror.key, index, part));
  }

  #drop(key: string): void {
    this.#wants.delete(key);
    this.#givers.delete(key);
  }

  /**
   * Photographs and ordinary reports come by themselves, as the settings say; the rest when somebody wants it. Of our own
   * log everything comes back.
   */
  async wantSmallEnough(mirror: Mirror): Promise<void> {
    for (const peer of this.#init.peersOf(mirror)) {
      if (mirror.store.head.missing === 0) return;
      await this.#wantFrom(mirror, peer);
    }
  }

  async #wantFrom(mirror: Mirror, peer: string): Promise<void> {
    const owner = mirror.owner;
    for (;;) {
      const untils = new Map<string, number>();
      let planned = 0;
      const isWanted = async (missing: MissingLarge): Promise<boolean> => {
        const key = partText(mirror.key, missing.index, missing.part);
        if (this.#refused.get(key)?.has(peer) === true) return false;
        if (this.#wants.has(key)) return true;
        const until = await this.#untilOf(mirror, missing, planned);
        if (typeof until === "string") return false;
        planned += (until - missing.held) * CHUNK_SIZE;
        untils.set(key, until);
        return true;
      };
      const { restarts } = mirror.parts;
      const { size } = mirror.store.head;
      const looked = this.#looked.get(`${mirror.key} ${peer}`);
      const from = looked?.restarts === restarts ? looked.from : 0;
      const found = await mirror.parts.missingLarge(from, AUTO_FETCH_COUNT, isWanted);
      this.#looked.set(`${mirror.key} ${peer}`, { restarts, from: found[0]?.index ?? size });
      let passed = 0;
      for (const { index, part, held, chunks } of found) {
        const key = partText(mirror.key, index, part);
        // Who its readers are may have come after it was wanted first.
        const known = this.#wants.get(key);
        const want =
          known !== undefined && known.readers.size > 0
            ? known
            : await this.#begin(mirror, {
                index,
                part,
                next: known?.next ?? held,
                chunks,
                until: known?.until ?? untils.get(key) ?? chunks,
                isAsked: known?.isAsked ?? owner === this.#init.ownId,
              });
        if (owner === peer || owner === this.#init.ownId || want.readers.has(peer)) continue;
        // It cannot have this one: on to those that it may.
        this.#refuse(key, peer, "not one of its readers");
        passed += 1;
      }
      if (passed === 0) return;
    }
  }

  /** How many chunks of a part come by themselves now, or why none; `planned` bytes of its log will come before it. */
  async #untilOf(mirror: Mirror, missing: MissingLarge, planned: number): Promise<number | Waits> {
    const { index, part, size, held, chunks } = missing;
    if (mirror.owner === this.#init.ownId) return chunks;
    const until = await this.#untilBySize(mirror, missing);
    if (until === undefined || until <= held) return "size";
    let used = planned + (await mirror.parts.autoFetched());
    for (const [key, want] of this.#wants)
      if (key.startsWith(`${mirror.key}/`) && !want.isAsked && key !== partText(mirror.key, index, part))
        used += (want.until - want.next) * CHUNK_SIZE;
    return used + Math.min(size, until * CHUNK_SIZE) - held * CHUNK_SIZE > this.#policy.quota ? "quota" : until;
  }

  async #untilBySize(mirror: Mirror, { index, part, size, held, chunks }: MissingLarge): Promise<number | undefined> {
    // Without its record nobody can judge an entry, whatever the settings say of attachments.
    if (part === 0 && size <= AUTO_FETCH_MAX) return chunks;
    if (size > this.#policy.largest) return undefined;
    if (size <= this.#policy.smallest) return chunks;
    if (held === 0) return 1;
    const header = await mirror.parts.headerOf(index, part);
    return header !== undefined && size <= this.#policy.limitOf(header.type) ? chunks : undefined;
  }

  /** Why a missing part of several chunks waits until a person wants it; undefined where it does not. */
  async waits(mirror: Mirror, missing: MissingLarge): Promise<Waits | undefined> {
    if (this.isWanted(mirror, missing)) return undefined;
    const until = await this.#untilOf(mirror, missing, 0);
    return typeof until === "string" ? until : undefined;
  }

  isWanted(mirror: Mirror, { index, part }: Pick<Want, "index" | "part">): boolean {
    return this.#wants.has(partText(mirror.key, index, part));
  }

  /** Whether chunks of this part come because a person wants them, or because it is ours. */
  isAsked(mirror: Mirror, { index, part }: Pick<Want, "index" | "part">): boolean {
    return this.#wants.get(partText(mirror.key, index, part))?.isAsked !== false;
  }

  /** The next chunks that this peer is to be asked for over this connection, in the order wanted. */
  chunksOf(peer: string, line: Line): readonly ChunkRequest[] {
    const listed: ChunkRequest[] = [];
    for (const [key, { id, epoch, index, part, next, until, readers }] of this.#wants) {
      if (!this.#mayAsk(peer, key, toHex(id), readers)) continue;
      if (!this.#isGiver(key, toHex(id), readers, peer, line)) continue;
      for (let chunk = next; chunk < until; chunk++) {
        if (listed.length === CHUNKS_LISTED) return listed;
        listed.push({ id, epoch, index, part, chunk });
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

  /** A chunk came: the part now has its first `held` chunks. Returns whether that is all that was wanted for now. */
  arrived(mirror: Mirror, { index, part }: ChunkRequest, held: number): boolean {
    const key = partText(mirror.key, index, part);
    const want = this.#wants.get(key);
    if (want === undefined) return false;
    if (held >= want.until) {
      this.#drop(key);
      return true;
    }
    this.#wants.set(key, { ...want, next: held });
    const giver = this.#givers.get(key);
    if (giver !== undefined) this.#givers.set(key, { ...giver, at: this.#init.clock.now() });
    return false;
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

  /** Why the owner did not give a part, if it was asked and did not. That others may not have it says nothing of that. */
  refusedReason(mirror: Mirror, index: number, part: number): string | undefined {
    return this.#refused.get(partText(mirror.key, index, part))?.get(mirror.owner);
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
