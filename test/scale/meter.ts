import { FormatError } from "../../protocol/format-error.ts";
import { decodeRequest } from "../../protocol/wire/frame.ts";

/** Requests that fetch: each with its answer is one round of exchange between two nodes. */
const FETCHES: ReadonlySet<string> = new Set(["pull", "range", "parts", "chunk"]);

export type Traffic = { sent: number; received: number };

/** Counts what crosses the virtual network. */
export class Meter {
  frames = 0;
  #traffic = new Map<string, Traffic>();
  /** By both nodes; only while rounds are counted, since that takes decoding every frame. */
  #fetches: Map<string, number> | undefined;

  onFrame(from: string, to: string, frame: Uint8Array): void {
    this.frames += 1;
    this.#of(from).sent += frame.length;
    this.#of(to).received += frame.length;
    const pair = `${from}>${to}`;
    if (this.#fetches !== undefined && isFetch(frame)) this.#fetches.set(pair, (this.#fetches.get(pair) ?? 0) + 1);
  }

  /** Begins anew. */
  reset(): void {
    this.frames = 0;
    this.#traffic = new Map();
  }

  countRounds(): void {
    this.#fetches = new Map();
  }

  /** The most requests for entries or parts that one node sent one other since `countRounds`. */
  get rounds(): number {
    return Math.max(0, ...(this.#fetches?.values() ?? []));
  }

  /** Of each node that sent or received anything. */
  get traffic(): readonly Traffic[] {
    return [...this.#traffic.values()];
  }

  #of(name: string): Traffic {
    const found = this.#traffic.get(name) ?? { sent: 0, received: 0 };
    this.#traffic.set(name, found);
    return found;
  }
}

/** Requests and answers share a line; an answer is no request. */
function isFetch(frame: Uint8Array): boolean {
  try {
    return FETCHES.has(decodeRequest(frame).kind);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
