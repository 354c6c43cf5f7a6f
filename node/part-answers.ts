import { CHUNK_SIZE } from "../protocol/limits.ts";
import { logText } from "../protocol/serve.ts";
import type { ChunkRequest } from "../protocol/wire/chunk.ts";
import { type Clock, seconds } from "./clock.ts";
import type { Mirror } from "./mirror.ts";

/** Large parts of which the refusals are remembered, the newest: as many as a person would look through. */
const REFUSED_PARTS_MAX = 1024;

/** What an authority answered when it was asked for a part. */
export type PartAnswer = {
  /** Id of who was asked. */
  readonly peer: string;
  /** Seconds since 1970. */
  readonly at: number;
  /** In words; from a peer, so to be printed with care. */
  readonly answer: string;
};

/** One peer's answer for all one-chunk parts of a log below an entry that were missing then. */
type Passed = { readonly below: number; readonly restarts: number; readonly at: number; readonly answer: string };

/** Who was asked for parts that are missing, and answered what: for people, as long as the process runs. */
export class PartAnswers {
  readonly #clock: Clock;
  /** By log and peer. */
  readonly #passed = new Map<string, Map<string, Passed>>();
  /** By part and peer. */
  readonly #refused = new Map<string, Map<string, PartAnswer>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asked for what was missing in one-chunk parts below this entry, the peer gave no more of it. */
  gaveNoMore(mirror: Mirror, peer: string, below: number): void {
    this.#pass(mirror, peer, below, "has none of it, or may not give it");
  }

  /** The peer would give no parts of the log. */
  refusedParts(mirror: Mirror, peer: string, reason: string): void {
    this.#pass(mirror, peer, mirror.store.head.size, reason);
  }

  #pass(mirror: Mirror, peer: string, below: number, answer: string): void {
    const passed = this.#passed.get(mirror.key) ?? new Map<string, Passed>();
    this.#passed.set(mirror.key, passed);
    const { restarts } = mirror.parts;
    const before = passed.get(peer);
    // What it was asked before, in the same look from the beginning, it has still answered.
    const reach = before?.restarts === restarts && before.answer === answer ? Math.max(before.below, below) : below;
    passed.set(peer, { below: reach, restarts, at: seconds(this.#clock), answer });
  }

  /** The peer would not give a chunk of a large part. */
  refusedChunk({ id, epoch, index, part }: ChunkRequest, peer: string, reason: string): void {
    const key = partText(logText(id, epoch), index, part);
    const refusals = this.#refused.get(key) ?? new Map<string, PartAnswer>();
    this.#refused.delete(key);
    this.#refused.set(key, refusals.set(peer, { peer, at: seconds(this.#clock), answer: reason }));
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > REFUSED_PARTS_MAX && oldest !== undefined) this.#refused.delete(oldest);
  }

  /** What was answered of a part of this many bytes, one answer a peer. */
  of(mirror: Mirror, index: number, part: number, size: number): readonly PartAnswer[] {
    if (size > CHUNK_SIZE) return [...(this.#refused.get(partText(mirror.key, index, part))?.values() ?? [])];
    const passed = [...(this.#passed.get(mirror.key) ?? [])];
    return passed.flatMap(([peer, { below, restarts, at, answer }]) =>
      // What became missing since, by a grant, was not asked for then.
      index < below && restarts === mirror.parts.restarts ? [{ peer, at, answer }] : [],
    );
  }
}

function partText(log: string, index: number, part: number): string {
  return `${log}/${index}/${part}`;
}
