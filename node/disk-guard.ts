import type { Clock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import { type Marks, type Space, spaceState } from "./disk-space.ts";
import { DISK_LOOK_BYTES, DISK_LOOK_MS } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { type DiskSpace, ServiceError } from "./service.ts";

export type DiskGuardInit = {
  readonly measure: () => Promise<Space>;
  readonly marks: Marks;
  readonly clock: Clock;
  readonly log: Logger;
};

const MIB = 1024 * 1024;

/**
 * How much room the disk has, and so what the node still takes in. It stops before the disk is full, since after a write
 * that failed it must be started anew (`fail-stop.ts`), and goes on by itself when there is room again.
 */
export class DiskGuard {
  readonly #init: DiskGuardInit;
  #space: Space;
  #state: DiskSpace["state"] = "ok";
  #looking: Promise<void> | undefined;
  /** Bytes written since the last look. */
  #written = 0;
  #cancel: () => void = () => undefined;
  readonly #listeners: (() => void)[] = [];

  private constructor(init: DiskGuardInit, space: Space) {
    this.#init = init;
    this.#space = space;
    this.#judge();
  }

  /** Looks at once, and from then on as often as is needed until it is closed. */
  static async open(init: DiskGuardInit): Promise<DiskGuard> {
    const space = new DiskGuard(init, await init.measure());
    space.#lookLater();
    return space;
  }

  close(): void {
    this.#cancel();
  }

  /** As of the last look. */
  get space(): DiskSpace {
    return { ...this.#space, state: this.#state };
  }

  get takesAttachments(): boolean {
    return this.#state !== "low" && this.#state !== "full";
  }

  get takesEntries(): boolean {
    return this.#state !== "full";
  }

  /** Calls back after each change of the state. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Throws `DISK_LOW` where an attachment of so many bytes would leave the disk low. */
  async requireAttachment(bytes: number): Promise<void> {
    await this.look();
    if (!this.takesAttachments || this.#space.free - bytes < this.#init.marks.low) throw this.#refusal("attachments");
  }

  /** Throws `DISK_LOW` where these are not taken in. */
  require(what: "attachments" | "entries"): void {
    if (what === "attachments" ? !this.takesAttachments : !this.takesEntries) throw this.#refusal(what);
  }

  /** The disk, with an eye on what is written: much of it is a reason to look. */
  watch(disk: Disk): Disk {
    return {
      get: (key) => disk.get(key),
      getMany: (keys) => disk.getMany(keys),
      scan: (range) => disk.scan(range),
      compact: (ranges) => disk.compact(ranges),
      close: () => disk.close(),
      write: (writes, sync) => {
        for (const { value } of writes) this.#written += value?.length ?? 0;
        if (this.#written >= DISK_LOOK_BYTES) void this.look();
        return disk.write(writes, sync);
      },
    };
  }

  /** Measures; who asks while that is on its way shares it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    this.#written = 0;
    try {
      this.#space = await this.#init.measure();
      this.#judge();
    } catch (error) {
      // What was seen last stands.
      this.#init.log.error({ error: String(error) }, "the room on the disk could not be measured");
    }
  }

  #lookLater(): void {
    this.#cancel = this.#init.clock.after(DISK_LOOK_MS, () => {
      void this.look().then(() => this.#lookLater());
    });
  }

  #judge(): void {
    const before = this.#state;
    this.#state = spaceState(this.#space.free, this.#init.marks, before);
    if (this.#state === before) return;
    const { log } = this.#init;
    switch (this.#state) {
      case "full":
        log.error(this.space, "the disk is nearly full: neither entries nor attachments are taken in");
        break;
      case "low":
        log.warn(this.space, "the disk is low: attachments are not taken in");
        break;
      case "little":
      case "ok":
        log.info(this.space, "there is room on the disk");
    }
    for (const listener of this.#listeners) listener();
  }

  #refusal(what: "attachments" | "entries"): ServiceError {
    const free = Math.floor(this.#space.free / MIB);
    return new ServiceError(
      "DISK_LOW",
      `the disk is low: with ${free} MiB free ${what} are not taken in`,
      "make room on the disk; entente status shows how much there is",
    );
  }
}
