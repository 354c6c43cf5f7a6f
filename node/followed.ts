import type { PullRequest } from "../protocol/wire/pull.ts";
import type { Mirror } from "./mirror.ts";
import type { Witnesses } from "./witness.ts";

/** Newest cosignature and receipt for one log, to be carried by the next pull; `version` grows with each. */
export type News = {
  readonly version: number;
  readonly cosignature: string | undefined;
  readonly receipt: string | undefined;
  readonly exceptions: PullRequest["receipts"][number]["exceptions"];
};

/** A log of another authority as we follow it. */
export type Followed = {
  readonly mirror: Mirror;
  readonly witnesses: Witnesses;
  /** Only parts that are missing are wanted: its entries come from elsewhere. */
  readonly partsOnly: boolean;
  /** Grows with every newer cosignature: what we serve of it has news. */
  revision: number;
  news: News;
  /** Authorities whose cosignatures and receipts came from them or for them, to be passed on. */
  readonly heard: Set<string>;
  /** What is stored was seen to go on from the last head that we cosigned. */
  goesOn: boolean;
  /** Steps from stored to cosigned that are not done yet. */
  busy: number;
  work: Promise<void>;
};

export function beginFollowed(mirror: Mirror, witnesses: Witnesses, partsOnly = false): Followed {
  return {
    mirror,
    witnesses,
    partsOnly,
    revision: 0,
    heard: new Set(),
    goesOn: false,
    news: { version: 0, cosignature: undefined, receipt: undefined, exceptions: [] },
    busy: 0,
    work: Promise.resolve(),
  };
}
