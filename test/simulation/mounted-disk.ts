import { type Disk, DiskError, type DiskRange, type DiskWrite } from "../../node/disk.ts";
import type { ReplacedFile } from "../../node/heads-file.ts";
import type { Drive } from "./virtual-disk.ts";
import type { Prng } from "./prng.ts";
import type { Timeline } from "./virtual-clock.ts";

/** Entries handed over between two pauses of a scan. */
const SCAN_PAGE = 64;

export type DiskInit = {
  readonly timeline: Timeline;
  readonly prng: Prng;
  /** 1 for a good disk; a bad one takes so many times as long. */
  readonly slowness: number;
  /** Called with what becomes readable. */
  readonly onWrite: (writes: readonly DiskWrite[]) => void;
};

/** A drive in use by one life of a node. Once that life is over, nothing that was begun on it ever ends. */
export class MountedDisk implements Disk {
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
    const copied = writes.map(({ key, value }) => ({
      key: new Uint8Array(key),
      value: value === undefined ? undefined : new Uint8Array(value),
    }));
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

  /** What is deleted is gone. */
  compact(): Promise<void> {
    this.#assertOpen();
    return this.#pass(this.#syncMs());
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
