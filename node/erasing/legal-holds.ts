import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { isMap } from "../../protocol/record/body.ts";
import { type Disk, DiskError } from "../disk.ts";
import { indexOfKey, logKey, prefixRange } from "../keyspace.ts";

/** A person's decision that nothing of an entry is deleted here. */
export type LegalHold = {
  /** What the owner is told if it erases something of the entry. */
  readonly reason: string;
  readonly operator: string;
  /** Seconds since 1970. */
  readonly since: number;
};

/** Entries under legal hold, by the number of their log and their index. */
export class LegalHolds {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async of(log: number, index: number): Promise<LegalHold | undefined> {
    const value = await this.#disk.get(logKey("legalHold", log, index));
    return value === undefined ? undefined : parseHold(value);
  }

  async *in(log: number): AsyncGenerator<LegalHold & { readonly index: number }> {
    for await (const [key, value] of this.#disk.scan(prefixRange(logKey("legalHold", log))))
      yield { index: indexOfKey(key), ...parseHold(value) };
  }

  put(log: number, index: number, hold: LegalHold): Promise<void> {
    return this.#disk.write([{ key: logKey("legalHold", log, index), value: encodeCbor({ ...hold }) }], true);
  }

  remove(log: number, index: number): Promise<void> {
    return this.#disk.write([{ key: logKey("legalHold", log, index), value: undefined }], true);
  }
}

function parseHold(bytes: Uint8Array): LegalHold {
  const value = decodeCbor(bytes);
  const { reason, operator, since } = isMap(value) ? value : {};
  if (typeof reason !== "string" || typeof operator !== "string" || typeof since !== "number")
    throw new DiskError("CORRUPT", "a stored legal hold is not readable");
  return { reason, operator, since };
}
