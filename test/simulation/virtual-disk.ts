import type { Disk, DiskRange, DiskWrite } from "../../node/disk.ts";
import type { ReplacedFile } from "../../node/heads-file.ts";
import type { Prng } from "./prng.ts";
import { SortedMap } from "./sorted-map.ts";
import { type DiskInit, MountedDisk } from "./mounted-disk.ts";

/** How a machine went down: `kill` ends the process and the system keeps what it was given; `power` loses that too. */
export type CrashKind = "kill" | "power";

/** A copy of a store, as a backup has it. */
export type DriveImage = ReadonlyMap<string, Uint8Array>;

/**
 * What lies on a node's disk, across its lives. Writes are seen in the order in which they reach it; a synced one makes
 * all before it durable; after a loss of power there is what was durable and some of what came next, from the first on.
 */
export class Drive {
  #visible = new SortedMap();
  #durable = new Map<string, Uint8Array>();
  #unsynced: (readonly DiskWrite[])[] = [];
  #mount: MountedDisk | undefined;
  /** Content of the heads file. */
  headsFile: Uint8Array | undefined;
  /** There is no room: nothing more can be written. */
  isFull = false;

  /** Opens the store for one life of the node; opening makes durable what the system still had. */
  mount(init: DiskInit): MountedDisk {
    this.flush(this.#unsynced.length);
    this.#mount = new MountedDisk(this, init);
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

  /** The heads file, without any delay. */
  instantFile(): ReplacedFile {
    return {
      read: () => Promise.resolve(this.headsFile),
      replace: (content) => {
        this.headsFile = new Uint8Array(content);
        return Promise.resolve();
      },
    };
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

function reading(contents: () => SortedMap): Omit<Disk, "write"> {
  const get = (key: Uint8Array): Uint8Array | undefined => contents().get(textOf(key));
  return {
    get: (key) => Promise.resolve(get(key)),
    getMany: (keys) => Promise.resolve(keys.map(get)),
    async *scan(range) {
      yield* rangeOf(contents(), range);
    },
    compact: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function rangeOf(
  contents: SortedMap,
  { gte, lt, reverse, limit }: DiskRange,
): readonly (readonly [Uint8Array, Uint8Array])[] {
  const found = contents.range(textOf(gte), textOf(lt), reverse === true, limit);
  return found.map(([key, value]) => [Buffer.from(key, "latin1"), value]);
}

/** Bytes as text that sorts like them. */
function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
