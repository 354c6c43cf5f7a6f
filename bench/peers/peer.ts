/** A log that can be appended to, in a directory of its own. */
export interface Writer {
  append(record: Uint8Array): Promise<void>;
  appendBatch(records: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** A log that others may follow. */
export interface Origin extends Writer {
  /** Listens on loopback; what a follower needs to know, as text. */
  serve(): Promise<string>;
  /** Checks the stored history of `count` records by the peer's own means; throws if it is not whole. */
  verify(count: number): Promise<void>;
}

/** A copy of somebody's log, opened and not yet connected. */
export interface Follower {
  /** Connects, and resolves when `count` records are stored and readable. */
  pull(count: number): Promise<void>;
  /** Calls back with every record from number `count` on, as it arrives. After `pull`. */
  watch(count: number, onRecord: (record: Uint8Array) => void): void;
  /** The first `count` records, read from the store. */
  records(count: number): AsyncIterable<Uint8Array>;
  /** Checks the copy by the peer's own means, where receiving did not do all of it; throws if it is not whole. */
  verify(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A program that is measured. Every directory that it is given is empty, or was written by the same peer. */
export interface Peer {
  readonly name: PeerName;
  /** What was measured, and in which version: for the reader of the figures. */
  readonly about: string;
  openWriter(directory: string): Promise<Writer>;
}

/** A peer that replicates. */
export interface Replicator extends Peer {
  openWriter(directory: string): Promise<Origin>;
  /** Opens the store of `openWriter` as far as its owner must wait before it can be used. */
  open(directory: string): Promise<{ close(): Promise<void> }>;
  openFollower(directory: string, link: string): Promise<Follower>;
}

export type PeerName = "entente" | "hypercore" | "level";
