import { Bucket } from "./bucket.ts";
import type { Clock } from "./clock.ts";
import { INTAKE_PER_DAY } from "./limits.ts";

const DAY_SECONDS = 86_400;
const GIB = 1024 ** 3;

export type IntakeInit = {
  readonly clock: Clock;
  /** A log may be asked again. */
  readonly onRested: () => void;
};

/**
 * How much of each log is taken in within a day before it is asked more slowly: a day's amount at once, and what is more
 * at the pace of one such amount a day. Nothing is refused or dropped: what is not asked for stays where it is.
 */
export class Intake {
  readonly #init: IntakeInit;
  readonly #buckets = new Map<string, Bucket>();
  readonly #resting = new Set<string>();

  constructor(init: IntakeInit) {
    this.#init = init;
  }

  /** Bytes of leaves and one-chunk parts that came of a log, by `logText`. */
  took(log: string, bytes: number): void {
    const { clock } = this.#init;
    const perSecond = INTAKE_PER_DAY / DAY_SECONDS;
    const bucket = this.#buckets.get(log) ?? new Bucket({ clock, capacity: INTAKE_PER_DAY, perSecond });
    this.#buckets.set(log, bucket);
    bucket.spend(bytes);
    this.#rest(log, bucket);
  }

  /** Nothing is asked for of this log just now. */
  isResting(log: string): boolean {
    return this.#resting.has(log);
  }

  /** For people: why nothing is asked for, if that is so. */
  reason(log: string): string | undefined {
    const ms = this.#resting.has(log) ? (this.#buckets.get(log)?.debtMs ?? 0) : 0;
    return ms === 0
      ? undefined
      : `more than ${INTAKE_PER_DAY / GIB} GiB came within a day: it is asked slowly, the next time in ${Math.round(ms / 1000)} s`;
  }

  #rest(log: string, bucket: Bucket): void {
    const ms = bucket.debtMs;
    if (ms === 0 || this.#resting.has(log)) return;
    this.#resting.add(log);
    this.#init.clock.after(ms, () => {
      this.#resting.delete(log);
      // What was under way when the rest began came in during it.
      this.#rest(log, bucket);
      if (!this.#resting.has(log)) this.#init.onRested();
    });
  }
}
