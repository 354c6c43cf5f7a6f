import type { AnswerPlan } from "../protocol/serve.ts";
import { Bucket } from "./bucket.ts";
import type { Clock } from "./clock.ts";
import { ANSWERED_AT_ONCE, ANSWERED_PER_SECOND, LOOK_COST, PARTS_ENTRIES_MAX, PROOF_LOOKS } from "./limits.ts";

/**
 * How much of our work each node key may ask for, in bytes and what equals them, whatever the number of its connections.
 * Who asks for more is answered later: he slows himself down, and nobody else.
 */
export class Allowances {
  readonly #clock: Clock;
  readonly #known = new Map<string, Allowance>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `peerKey`: the node key at the other end, in hex. */
  of(peerKey: string): Allowance {
    const known = this.#known.get(peerKey);
    if (known !== undefined) return known;
    // Strangers make up keys as they like: one whose budget is whole again need not be remembered.
    for (const [key, allowance] of this.#known) if (allowance.isFull) this.#known.delete(key);
    const allowance = new Allowance(this.#clock);
    this.#known.set(peerKey, allowance);
    return allowance;
  }
}

/** Of one node key. */
export class Allowance {
  readonly #clock: Clock;
  readonly #bucket: Bucket;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bucket = new Bucket({ clock, capacity: ANSWERED_AT_ONCE, perSecond: ANSWERED_PER_SECOND });
  }

  get isFull(): boolean {
    return this.#bucket.isFull;
  }

  spend(cost: number): void {
    this.#bucket.spend(cost);
  }

  /** Resolves when what was spent is within the budget again: at once for whoever asks for what he needs. */
  async settled(): Promise<void> {
    for (let ms = this.#bucket.debtMs; ms > 0; ms = this.#bucket.debtMs)
      await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
  }
}

/** What an answer costs besides the bytes that are sent. */
export function costOf(plan: AnswerPlan): number {
  if (plan.kind !== "request") return 0;
  const { request } = plan;
  if (request.kind === "parts") return LOOK_COST * Math.min(request.to - request.from, PARTS_ENTRIES_MAX);
  return request.kind === "consistency" ? LOOK_COST * PROOF_LOOKS : 0;
}
