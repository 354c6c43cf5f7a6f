import { type Disk, DiskError, type DiskRange, type DiskWrite } from "../../node/disk.ts";
import type { ReplacedFile } from "../../node/heads-file.ts";
import type { Prng } from "./prng.ts";
import { SortedMap } from "./sorted-map.ts";
import type { Timeline } from "./virtual-clock.ts";

/** How a machine went down: `kill` ends the process and the system keeps what it was given; `power` loses that too. */
export type CrashKind = "kill" | "power";

/** A copy of a store, as a backup has it. */
export type DriveImage = ReadonlyMap<string, Uint8Array>;

/** Entries handed over between two pauses of a scan. */
const SCAN_PAGE = 64;

/**
 * What lies on a node's disk, across its lives. Writes are seen in the order in which they reach it; a synced one makes
 * all before it durable; after a loss of power there is what was durable and some of what came next, from the first on.
 */
export class Drive {
  #visible = new SortedMap();
  #durable = new Map<string, Uint8Array>();
  #unsynced: (readonly DiskWrite[])[] = [];
  #mount: VirtualDisk | undefined;
  /** Content of the heads file. */
  headsFile: Uint8Array | undefined;
  /** There is no room: nothing more can be written. */
  isFull = false;

  /** Opens the store for one life of the node; opening makes durable what the system still had. */
  mount(init: DiskInit): VirtualDisk {
    this.flush(this.#unsynced.length);
    this.#mount = new VirtualDisk(this, init);
    return this.#mount;
  }

  /** The same without any delay: for setting up and for looking from outside. */
  instant(): Disk {
    const write = (writes: readonly DiskWrite[]): Promise<void> => {
      this.apply(writes);
      this.flush(this.#unsynced.length);
      return Promise.resolve();
    };
    return { ...reading(() => this.#visible), write };
  }

  /** What would be read after a loss of power now, at the worst; writing has no effect. */
  durable(): Disk {
    let sorted: SortedMap | undefined;
    const contents = (): SortedMap => (sorted ??= new SortedMap(this.#durable));
    // Most questions are for single keys, for which nothing need be sorted.
    const get = (key: Uint8Array): Promise<Uint8Array | undefined> => Promise.resolve(this.#durable.get(textOf(key)));
    return { ...reading(contents), get, write: () => Promise.resolve() };
  }

  crash(kind: CrashKind, prng: Prng): void {
    this.#mount?.vanish(prng);
    this.#mount = undefined;
    if (kind === "kill") return this.flush(this.#unsynced.length);
    this.flush(prng.int(0, this.#unsynced.length + 1));
    this.#unsynced = [];
    this.#visible = new SortedMap(this.#durable);
  }

  image(): DriveImage {
    return new Map(this.#durable);
  }

  restore(image: DriveImage): void {
    this.#durable = new Map(image);
    this.#unsynced = [];
    this.#visible = new SortedMap(this.#durable);
  }

  /** Everything that lies here, for a search. */
  values(): Iterable<Uint8Array> {
    return this.#visible.values();
  }

  read(key: Uint8Array): Uint8Array | undefined {
    return this.#visible.get(textOf(key));
  }

  range(range: DiskRange): readonly (readonly [Uint8Array, Uint8Array])[] {
    return rangeOf(this.#visible, range);
  }

  /** Makes writes readable. */
  apply(writes: readonly DiskWrite[]): void {
    for (const { key, value } of writes) {
      if (value === undefined) this.#visible.delete(textOf(key));
      else this.#visible.set(textOf(key), value);
    }
    this.#unsynced.push(writes);
  }

  /** Makes the first `count` batches that are not durable so. */
  flush(count: number): void {
    for (const writes of this.#unsynced.splice(0, count)) {
      for (const { key, value } of writes) {
        if (value === undefined) this.#durable.delete(textOf(key));
        else this.#durable.set(textOf(key), value);
      }
    }
  }

  /** Makes durable everything up to a batch; nothing if it is so already. */
  flushTo(writes: readonly DiskWrite[]): void {
    this.flush(this.#unsynced.indexOf(writes) + 1);
  }
}

export type DiskInit = {
  readonly timeline: Timeline;
  readonly prng: Prng;
  /** 1 for a good disk; a bad one takes so many times as long. */
  readonly slowness: number;
  /** Called with what becomes readable. */
  readonly onWrite: (writes: readonly DiskWrite[]) => void;
};

/** A drive in use by one life of a node. Once that life is over, nothing that was begun on it ever ends. */
export class VirtualDisk implements Disk {
  readonly #drive: Drive;
  readonly #init: DiskInit;
  readonly #replacing = new Set<Uint8Array>();
  #gone = false;
  #closed = false;

  constructor(drive: Drive, init: DiskInit) {
    this.#drive = drive;
    this.#init = init;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    await this.#reading();
    return this.#drive.read(key);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    await this.#reading();
    return keys.map((key) => this.#drive.read(key));
  }

  async write(writes: readonly DiskWrite[], sync: boolean): Promise<void> {
    this.#assertOpen();
    const copied = writes.map(({ key, value }) => ({ key: new Uint8Array(key), value: value === undefined ? undefined : new Uint8Array(value) }));
    await this.#pass(this.#ms(0.05, 1));
    this.#assertRoom();
    this.#init.onWrite(copied);
    this.#drive.apply(copied);
    if (!sync) return;
    await this.#pass(this.#syncMs());
    this.#drive.flushTo(copied);
  }

  async *scan(range: DiskRange): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    await this.#reading();
    const found = this.#drive.range(range);
    for (const [at, entry] of found.entries()) {
      if (at > 0 && at % SCAN_PAGE === 0) await this.#reading();
      yield entry;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** A small file beside the store: written aside, synced and renamed, hence old or new and never torn. */
  file(): ReplacedFile {
    return {
      read: () => Promise.resolve(this.#drive.headsFile),
      replace: async (content) => {
        const copied = new Uint8Array(content);
        this.#replacing.add(copied);
        await this.#pass(this.#syncMs());
        this.#replacing.delete(copied);
        this.#assertRoom();
        this.#drive.headsFile = copied;
      },
    };
  }

  /** The node is no more. A file that was being replaced may or may not have been. */
  vanish(prng: Prng): void {
    this.#gone = true;
    if (this.#drive.isFull) return;
    for (const content of this.#replacing) if (prng.chance(0.5)) this.#drive.headsFile = content;
  }

  /** Most reads are served from memory, some wait for the disk. */
  #reading(): Promise<void> {
    this.#assertOpen();
    return this.#pass(this.#init.prng.chance(0.3) ? this.#ms(0.02, 2) : undefined);
  }

  #syncMs(): number {
    return this.#init.prng.chance(0.03) ? this.#ms(50, 500) : this.#ms(0.3, 8);
  }

  #ms(from: number, to: number): number {
    return this.#init.prng.between(from, to) * this.#init.slowness;
  }

  #pass(ms: number | undefined): Promise<void> {
    if (this.#gone) return new Promise(() => undefined);
    if (ms === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#init.timeline.after(ms, () => {
        if (!this.#gone) resolve();
      });
    });
  }

  #assertRoom(): void {
    if (this.#drive.isFull) throw new DiskError("FULL", "the disk is full");
  }

  #assertOpen(): void {
    if (this.#closed && !this.#gone) throw new DiskError("FAILED", "the store is closed");
  }
}

function reading(contents: () => SortedMap): Omit<Disk, "write"> {
  const get = (key: Uint8Array): Uint8Array | undefined => contents().get(textOf(key));
  return {
    get: (key) => Promise.resolve(get(key)),
    getMany: (keys) => Promise.resolve(keys.map(get)),
    async *scan(range) {
      yield* rangeOf(contents(), range);
    },
    close: () => Promise.resolve(),
  };
}

function rangeOf(contents: SortedMap, { gte, lt, reverse, limit }: DiskRange): readonly (readonly [Uint8Array, Uint8Array])[] {
  const found = contents.range(textOf(gte), textOf(lt), reverse === true, limit);
  return found.map(([key, value]) => [Buffer.from(key, "latin1"), value]);
}

/** Bytes as text that sorts like them. */
function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
