import type { ProofStep } from "./proof-steps.ts";
import type { ProofWitness } from "./proof-witnesses.ts";

/** What was verified, and what it says. All that stands here of entries and parts was verified, where `isOk`. */
export type ProofReport = {
  readonly proves: "entry" | "log";
  readonly isOk: boolean;
  readonly steps: readonly ProofStep[];
  /** Absent where the charters or the checkpoint failed. */
  readonly log: ProofLog | undefined;
  /** Of the proof of an entry, where it stands in the log. */
  readonly entry: ProofEntry | undefined;
  readonly parts: readonly ProofPart[];
  readonly witnesses: readonly ProofWitness[];
  /** Lines on the checkpoint of which nobody can say here whether they are right. */
  readonly notJudged: number;
  /** How many entries are shown as disputed: taken back, or not shown to be of the tree that the owner continued. */
  readonly disputed: number;
};

export type ProofLog = {
  readonly name: string;
  readonly id: Uint8Array;
  readonly title: string;
  readonly epoch: number;
  readonly size: number;
  readonly root: Uint8Array;
};

export type ProofEntry = {
  /** `nvwa.nl:12`. */
  readonly name: string;
  readonly leafHash: Uint8Array;
  /** Of the leaf; `undefined` where it is malformed. */
  readonly kind: string | undefined;
  /** Its owner's claim, in seconds since 1970. */
  readonly time: number | undefined;
  /** Its owner took it back, by opening a later epoch. */
  readonly isDisavowed: boolean;
  /** What part 0 says, where it is in the directory and can be read. */
  readonly record: ProofRecord | undefined;
};

export type ProofRecord = { readonly type: string; readonly version: number; readonly summary: string };

export type ProofPart = {
  readonly index: number;
  readonly part: number;
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly digest: Uint8Array;
};
