/**
 * What the node's cores ask of durable storage: one ordered map of bytes to bytes with atomic batches. Level implements
 * it in `level-disk.ts`; the simulation implements it in memory, and loses what was not synced when it crashes.
 */
export type DiskWrite = {
  readonly key: Uint8Array;
  /** `undefined` deletes. */
  readonly value: Uint8Array | undefined;
};

export type DiskRange = {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
};

export interface Disk {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** All or nothing. Resolves when durable if `sync`, else when readable. */
  write(writes: readonly DiskWrite[], sync: boolean): Promise<void>;
  /** In key order (or reversed), as of the moment of its first step: nothing that is written meanwhile. */
  scan(range: DiskRange): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  /**
   * Resolves when what was deleted or replaced in these ranges is in no file any more. Their ends are no keys of values.
   * Waits for scans that began before.
   */
  compact(ranges: readonly Pick<DiskRange, "gte" | "lt">[]): Promise<void>;
  close(): Promise<void>;
}

export type DiskErrorCode = "LOCKED" | "FULL" | "CORRUPT" | "FAILED";

/** For `.catch`: who can do without a value goes on where it is damaged; a scrub finds it. */
export function unlessCorrupt(error: unknown): undefined {
  if (error instanceof DiskError && error.code === "CORRUPT") return undefined;
  throw error;
}

export class DiskError extends Error {
  readonly code: DiskErrorCode;
  constructor(code: DiskErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DiskError";
    this.code = code;
  }
}
