import type { Clock } from "../../node/clock.ts";

/** Where virtual time begins: 1 November 2026, a time that leaves may carry. */
const EPOCH_MS = Date.UTC(2026, 10, 1);

type Due = { readonly at: number; readonly order: number; action: (() => void) | undefined };

/**
 * Virtual time and what is to happen in it. One action is run, then everything that follows from it without waiting
 * (promises), then the next: there is no other concurrency, so the same actions give the same history.
 */
export class Timeline {
  readonly #heap: Due[] = [];
  #now = 0;
  #order = 0;

  /** Milliseconds since the beginning; fractions count. */
  get now(): number {
    return this.#now;
  }

  /** Runs `action` once after `ms`; the result cancels. */
  after(ms: number, action: () => void): () => void {
    return this.at(this.#now + ms, action);
  }

  /** Runs `action` once at a time, or now if that has passed. */
  at(time: number, action: () => void): () => void {
    const due: Due = { at: Math.max(this.#now, time), order: this.#order++, action };
    push(this.#heap, due);
    return () => {
      due.action = undefined;
    };
  }

  /** Resolves after `ms`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass until `at`, or until `isDone` says so after an action. */
  async runUntil(at: number, isDone: () => boolean = () => false): Promise<void> {
    await settled();
    while (!isDone()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > at) break;
      pop(this.#heap);
      if (next.action === undefined) continue;
      this.#now = next.at;
      next.action();
      await settled();
    }
    if (!isDone()) this.#now = Math.max(this.#now, at);
  }
}

/** Time as one life of one node sees it: its own offset, and nothing more once the node is dead. */
export class VirtualClock implements Clock {
  readonly #timeline: Timeline;
  readonly #offset: number;
  #stopped = false;

  constructor(timeline: Timeline, offset: number) {
    this.#timeline = timeline;
    this.#offset = offset;
  }

  now(): number {
    return Math.floor(EPOCH_MS + this.#offset + this.#timeline.now);
  }

  after(ms: number, action: () => void): () => void {
    return this.#timeline.after(ms, () => {
      if (!this.#stopped) action();
    });
  }

  stop(): void {
    this.#stopped = true;
  }
}

/** Resolves when no promise has anything left to do: all of them are served before the event loop's next turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, due)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = due;
}

/** Takes the first out. */
function pop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const below = 2 * at + 1;
    const [left, right] = [heap[below], heap[below + 1]];
    if (left === undefined) break;
    const [child, place] = right !== undefined && isBefore(right, left) ? [right, below + 1] : [left, below];
    if (isBefore(last, child)) break;
    heap[at] = child;
    at = place;
  }
  heap[at] = last;
}
