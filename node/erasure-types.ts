import type { RetentionRule } from "../protocol/policy/retention.ts";
import type { EntryText, Progress } from "./service.ts";

// What the node offers on erasure, legal holds and retention, and in what shapes.

export type EraseTarget = {
  readonly entry: EntryText;
  /** Numbers of parts; all of them where it is left out. */
  readonly parts?: readonly number[] | undefined;
};

export type EraseInput = {
  readonly targets: readonly EraseTarget[];
  /** Why, as a word: 1 to 64 characters of `[a-z0-9-]`. It stays in the log for all who follow it. */
  readonly ground: string;
  /** With an approver's signature: deleted at once. */
  readonly approved: boolean;
  /** Nothing is erased. */
  readonly preview: boolean;
};

export type ErasePart = {
  readonly entry: EntryText;
  readonly part: number;
  readonly kind: string;
  /** Names of the authorities, other than this one, to which it was addressed. */
  readonly readers: readonly string[];
};

export type EraseReport = {
  readonly parts: readonly ErasePart[];
  readonly ground: string;
  readonly approved: boolean;
  /** From when on holders delete it, by their clocks; what they do not show from now on. */
  readonly deletedFrom: string;
  /** Erase leaves; none for a preview. */
  readonly erasures: readonly EntryText[];
};

/** What an authority to which something was addressed said of an erasure. */
export type ErasureAnswer = {
  readonly authority: string;
  /** `silent`: nothing yet; `unread`: an answer that this version does not understand. */
  readonly state: "deleted" | "refused" | "silent" | "unread";
  /** The record that says it, and its owner's claim of when. */
  readonly entry: EntryText | null;
  readonly time: string | null;
  readonly reason: string | null;
  /** Places in the erasure of what is kept. */
  readonly kept: readonly number[];
};

export type ErasureStatus = {
  readonly entry: EntryText;
  readonly log: string;
  readonly time: string;
  readonly ground: string;
  readonly approved: boolean;
  readonly parts: readonly { readonly entry: EntryText; readonly part: number }[];
  /** Here: out of sight, kept for a legal hold, deleted, or without effect since it was disavowed. */
  readonly state: "hidden" | "kept" | "deleted" | "undone";
  readonly deletedFrom: string;
  /** Of our own erasures: everybody to whom something of it was addressed. */
  readonly answers: readonly ErasureAnswer[];
};

export type LegalHoldStatus = {
  readonly entry: EntryText;
  readonly reason: string;
  readonly by: string;
  readonly since: string;
  /** Parts that their owner erased and that are kept here for it. */
  readonly kept: readonly number[];
};

/** How long parts of one kind are kept. */
export type RetentionInput = {
  /** The first that fits a part decides. */
  readonly rules: readonly RetentionRule[];
  /** YYYY-MM-DD: what is due on this day, which is not after today. */
  readonly asOf: string;
  readonly approved: boolean;
  /** Nothing is erased. */
  readonly preview: boolean;
};

/** A part whose time is over, by the rule of this number from 0. */
export type RetentionDue = {
  readonly entry: EntryText;
  readonly part: number;
  readonly section: string;
  readonly type: string;
  readonly rule: number;
  readonly ground: string;
  /** The days from which and until which it was to be kept. */
  readonly since: string;
  readonly until: string;
};

export type RetentionReport = {
  readonly asOf: string;
  readonly due: readonly RetentionDue[];
  /** What would be due and is under legal hold. */
  readonly held: readonly (RetentionDue & { readonly reason: string })[];
  /** There is more than one run erases. */
  readonly more: boolean;
  /** None for a preview. */
  readonly erasures: readonly EntryText[];
};

export interface ErasureService {
  /** Erases of our own entries what the rules no longer keep: exactly what its preview says. */
  retain(input: RetentionInput, operator: string, onProgress: (progress: Progress) => void): Promise<RetentionReport>;
  /** Erases parts of our own entries, or only says what that would do. */
  erase(input: EraseInput, operator: string): Promise<EraseReport>;
  /** Erasures, newest first: our own with who has answered, and others' with what became of them here. */
  erasures(): Promise<readonly ErasureStatus[]>;
  holds(): Promise<readonly LegalHoldStatus[]>;
  addHold(entry: EntryText, reason: string, operator: string): Promise<LegalHoldStatus>;
  removeHold(entry: EntryText, operator: string): Promise<void>;
  /** The content of a part that is erased and kept for a legal hold. */
  readHeldPart(
    entry: EntryText,
    part: number,
  ): Promise<{
    readonly name: string;
    readonly type: string;
    readonly length: number;
    readonly content: AsyncIterable<Uint8Array>;
  }>;
}
