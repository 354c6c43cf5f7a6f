import type { Prng } from "./prng.ts";
import type { Timeline } from "./virtual-clock.ts";

/** What travels from one end of a connection to the other. */
export type Segment =
  | { readonly type: "open" | "opened" | "end" | "reset"; readonly stream: number }
  | { readonly type: "frame"; readonly stream: number; readonly frame: Uint8Array }
  | { readonly type: "credit"; readonly stream: number; readonly bytes: number }
  | { readonly type: "close" };

/** Probabilities, for each frame, of what no real line of TCP and Noise does. */
export type Byzantine = {
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly corrupt: number;
};

/** One way between two nodes, as it is now. */
export type Link = {
  latencyMs: readonly [number, number];
  /** Nothing arrives; what was sent waits. */
  blocked: boolean;
  byzantine: Byzantine | undefined;
};

export type PipeInit = {
  readonly timeline: Timeline;
  readonly prng: Prng;
  readonly link: Link;
  /** Every whole frame that the sender hands over. */
  readonly onFrame: (frame: Uint8Array) => void;
  readonly deliver: (segment: Segment) => void;
};

type Travelling = { readonly segment: Segment; readonly arrival: number };

/** One direction of a connection: everything arrives, in order, some time later; unless the line is cut or hostile. */
export class Pipe {
  readonly #init: PipeInit;
  #travelling: Travelling[] = [];
  #lastArrival = 0;
  #cut = false;
  #onLost: () => void = () => undefined;
  /** Whether a hostile line touched what went through it. */
  tainted = false;

  constructor(init: PipeInit) {
    this.#init = init;
  }

  get link(): Link {
    return this.#init.link;
  }

  send(segment: Segment): void {
    if (segment.type === "frame") this.#init.onFrame(segment.frame);
    if (this.#cut) return this.#onLost();
    const { byzantine } = this.#init.link;
    if (segment.type === "frame" && byzantine !== undefined) this.#sendBadly(segment, byzantine);
    else this.#enqueue(segment);
  }

  /** From now on nothing arrives any more, nor does what is on its way; `onLost` is called for what is sent. */
  cut(onLost: () => void): void {
    this.#cut = true;
    this.#onLost = onLost;
    this.#travelling = [];
  }

  /** Delivers what has come, unless the line is blocked. */
  pump(): void {
    while (!this.#init.link.blocked) {
      const [first] = this.#travelling;
      if (first === undefined || first.arrival > this.#init.timeline.now) return;
      this.#travelling.shift();
      this.#init.deliver(first.segment);
    }
  }

  #enqueue(segment: Segment): void {
    const { timeline, prng, link } = this.#init;
    const arrival = Math.max(this.#lastArrival, timeline.now + prng.between(...link.latencyMs));
    this.#lastArrival = arrival;
    this.#travelling.push({ segment, arrival });
    timeline.at(arrival, () => this.pump());
  }

  #sendBadly(segment: Extract<Segment, { type: "frame" }>, odds: Byzantine): void {
    const { prng, timeline } = this.#init;
    this.tainted = true;
    if (prng.chance(odds.drop)) return;
    if (prng.chance(odds.duplicate)) this.#enqueue({ ...segment, frame: new Uint8Array(segment.frame) });
    const sent = prng.chance(odds.corrupt) ? { ...segment, frame: corrupted(prng, segment.frame) } : segment;
    if (prng.chance(odds.reorder)) timeline.after(prng.between(1, 200), () => this.#cut || this.#enqueue(sent));
    else this.#enqueue(sent);
  }
}

/** Some bytes changed, the end cut off, or something else altogether. */
function corrupted(prng: Prng, frame: Uint8Array): Uint8Array {
  const copy = new Uint8Array(frame);
  const way = prng.int(0, 4);
  if (way === 0) return copy.subarray(0, prng.int(0, copy.length));
  if (way === 1) return prng.bytes(prng.int(0, 64));
  for (let changes = prng.int(1, 5); changes > 0; changes--) copy[prng.int(0, copy.length)] = prng.int(0, 256);
  return copy;
}
