import { crc32 } from "node:zlib";
import { concatBytes, readU32be, u32be } from "../protocol/bytes.ts";
import { type Disk, DiskError, type DiskRange, type DiskWrite } from "./disk.ts";
import { COPIES, concernOfKey, copyKey, isKeptTwice, originalKey } from "./keyspace.ts";

const CHECKSUM_BYTES = 4;

/** A value of the store that is not what was written. */
export type Damage = {
  readonly key: Uint8Array;
  /** `false`: neither of its two copies is whole. */
  readonly isRepaired: boolean;
};

/**
 * A disk that notices a flipped bit in what nothing else vouches for. Leaves and parts are committed to by the tree, and
 * come again from others; all else is kept twice, each time with a checksum over key and value, so that one copy may be
 * damaged and is written anew from the other. It is little: next to nothing is written of it per entry.
 *
 *     value ‖ CRC-32 of key ‖ value (u32)     under its key, and under 0xff ‖ key
 */
export class CheckedDisk implements Disk {
  readonly #disk: Disk;
  readonly #onDamaged: (key: Uint8Array) => void;
  readonly #writing = new Set<Promise<void>>();
  #repairing: Promise<unknown> | undefined;

  /** `onDamaged` is called with each value that is read from its second copy. */
  constructor(disk: Disk, onDamaged: (key: Uint8Array) => void) {
    this.#disk = disk;
    this.#onDamaged = onDamaged;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const stored = await this.#disk.get(key);
    return stored === undefined || !isKeptTwice(key) ? stored : this.#open(key, stored);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const stored = await this.#disk.getMany(keys);
    if (!keys.some(isKeptTwice)) return stored;
    const opened: (Uint8Array | undefined)[] = [];
    for (const [i, value] of stored.entries()) {
      const key = keys[i];
      opened.push(value === undefined || key === undefined || !isKeptTwice(key) ? value : await this.#open(key, value));
    }
    return opened;
  }

  async write(writes: readonly DiskWrite[], sync: boolean): Promise<void> {
    while (this.#repairing !== undefined) await this.#repairing;
    const all: DiskWrite[] = [];
    for (const write of writes) {
      if (!isKeptTwice(write.key)) {
        all.push(write);
        continue;
      }
      const value = write.value === undefined ? undefined : sealed(write.key, write.value);
      all.push({ key: write.key, value }, { key: copyKey(write.key), value });
    }
    const writing = this.#disk.write(all, sync);
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  scan(range: DiskRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const isOneKind = range.gte[0] === range.lt[0];
    return isOneKind && !isKeptTwice(range.gte) ? this.#disk.scan(range) : this.#scanChecked(range);
  }

  async *#scanChecked(range: DiskRange): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    for await (const [key, stored] of this.#disk.scan(withoutCopies(range)))
      yield [key, isKeptTwice(key) ? await this.#open(key, stored) : stored];
  }

  compact(ranges: readonly Pick<DiskRange, "gte" | "lt">[]): Promise<void> {
    const copies = ranges
      .filter(({ gte }) => isKeptTwice(gte))
      .map(({ gte, lt }) => ({ gte: copyKey(gte), lt: copyKey(lt) }));
    return this.#disk.compact([...ranges, ...copies]);
  }

  close(): Promise<void> {
    return this.#disk.close();
  }

  /** Looks at all that is kept twice, and writes anew what is damaged. `onValue` is called with each. */
  async *scrub(onValue: () => void): AsyncGenerator<Damage> {
    for await (const [key, stored] of this.#disk.scan(withoutCopies({ gte: new Uint8Array(0), lt: COPIES }))) {
      if (!isKeptTwice(key)) continue;
      onValue();
      const copy = await this.#disk.get(copyKey(key));
      if (isWhole(key, stored) && copy !== undefined && isWhole(key, copy)) continue;
      const damage = await this.#repair(key);
      if (damage !== undefined) yield damage;
    }
    // Of a value whose key was damaged only the copy is found.
    for await (const [copy] of this.#disk.scan({ gte: COPIES, lt: new Uint8Array(64).fill(0xff) })) {
      const key = originalKey(copy);
      const damage = (await this.#disk.get(key)) === undefined ? await this.#repair(key) : undefined;
      if (damage !== undefined) yield damage;
    }
  }

  /** While nothing else is written: what is read here is what stands there when it is written anew. */
  async #repair(key: Uint8Array): Promise<Damage | undefined> {
    while (this.#repairing !== undefined) await this.#repairing;
    const repairing = this.#repairAlone(key).finally(() => {
      this.#repairing = undefined;
    });
    this.#repairing = repairing.catch(() => undefined);
    return await repairing;
  }

  async #repairAlone(key: Uint8Array): Promise<Damage | undefined> {
    await Promise.allSettled(this.#writing);
    const keys = [key, copyKey(key)];
    const stored = await this.#disk.getMany(keys);
    const whole = stored.find((value) => value !== undefined && isWhole(key, value));
    // It was written or deleted meanwhile.
    if (stored.every((value) => value === undefined)) return undefined;
    if (stored.every((value) => value !== undefined && isWhole(key, value))) return undefined;
    if (whole === undefined) return { key, isRepaired: false };
    await this.#disk.write(
      keys.map((one) => ({ key: one, value: whole })),
      true,
    );
    return { key, isRepaired: true };
  }

  async #open(key: Uint8Array, stored: Uint8Array): Promise<Uint8Array> {
    if (isWhole(key, stored)) return content(stored);
    const copy = await this.#disk.get(copyKey(key));
    if (copy === undefined || !isWhole(key, copy))
      throw new DiskError("CORRUPT", `a stored value is damaged, and so is its copy: ${describeKey(key)}`);
    this.#onDamaged(key);
    return content(copy);
  }
}

/** For people: what kind of value it is, and its key in hex. */
export function describeKey(key: Uint8Array): string {
  return `${concernOfKey(key) ?? "unknown"} ${Buffer.from(key.subarray(1)).toString("hex")}`;
}

function sealed(key: Uint8Array, value: Uint8Array): Uint8Array {
  return concatBytes(value, u32be(checksum(key, value)));
}

function isWhole(key: Uint8Array, stored: Uint8Array): boolean {
  const length = stored.length - CHECKSUM_BYTES;
  return length >= 0 && readU32be(stored, length) === checksum(key, stored.subarray(0, length));
}

function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32(value, crc32(key));
}

function content(stored: Uint8Array): Uint8Array {
  return stored.subarray(0, stored.length - CHECKSUM_BYTES);
}

function withoutCopies(range: DiskRange): DiskRange {
  return range.lt[0] === COPIES[0] ? { ...range, lt: COPIES } : range;
}
