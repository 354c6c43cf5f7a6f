import { FormatError } from "./format-error.ts";
import {
  CATCH_UP_MIN,
  MAX_BUDGET,
  MAX_PULL_LOGS,
  MAX_RANGES_IN_FLIGHT,
  MAX_UNANSWERED_REQUESTS,
  RANGE_ENTRIES,
} from "./limits.ts";
import { type Answer, decodeAnswer, encodeRequest, type Request } from "./wire/frame.ts";
import type { Batch } from "./wire/batch.ts";
import type { ChartersAnswer } from "./wire/charters.ts";
import type { CheckpointAnswer } from "./wire/checkpoint.ts";
import type { Compare } from "./wire/compare.ts";
import type { EvidenceAnswer, EvidenceRequest } from "./wire/evidence.ts";
import type { ChunkAnswer, ChunkRequest } from "./wire/chunk.ts";
import type { WireError } from "./wire/error.ts";
import type { Hello } from "./wire/hello.ts";
import type { PartsAnswer } from "./wire/parts.ts";
import type { PullRequest } from "./wire/pull.ts";
import { logText } from "./serve.ts";

/**
 * The asking half of the exchange (docs/spec/exchange.md) as a state machine without input or output. One machine per
 * ask stream. It decides what to ask next; whether an answer is true is judged by `verifyBatch`, and nothing is stored
 * before.
 */
export type FollowState = {
  readonly phase: "idle" | "greeting" | "following" | "pending";
  /** Number of the next request. */
  readonly next: number;
  readonly asks: ReadonlyMap<number, Ask>;
};

type Ask =
  | { readonly kind: "hello" }
  | { readonly kind: "charters"; readonly id: Uint8Array }
  | { readonly kind: "pull"; readonly logs: ReadonlySet<string> }
  | { readonly kind: "compare" }
  | { readonly kind: "evidence" }
  | { readonly kind: "range"; readonly log: string; readonly at: number; readonly to: number }
  | { readonly kind: "parts"; readonly log: string; readonly from: number; readonly to: number }
  | { readonly kind: "chunk"; readonly want: ChunkRequest };

/**
 * What a peer is asked for of a log: a *source* for entries, also in long ranges; a *second* only for those that are
 * new, beside another source; else for missing parts alone.
 */
export type SourceRole = "source" | "second" | "parts";

/** A log that we want from this peer, as it stands here. */
export type WantedLog = {
  readonly id: Uint8Array;
  readonly epoch: number;
  /** Entries verified (they may still be on their way to disk). */
  readonly verified: number;
  /** Size of the largest checkpoint that this peer showed. */
  readonly shown: number;
  /** Serial of the newest charter held. */
  readonly serial: number;
  /** A range of entries in which one-chunk parts are missing that this peer may have. */
  readonly lacking: { readonly from: number; readonly to: number } | undefined;
  readonly role: SourceRole;
};

/** Of a log: `from ≤ index < to`. */
export type EntryRange = {
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
};

export interface FollowView {
  readonly wanted: readonly WantedLog[];
  /** False while what the last pull brought is not yet durable and cosigned: the next pull carries that news. */
  readonly mayPull: boolean;
  /** Entries that are held already and wanted once more from this peer. */
  readonly again: readonly EntryRange[];
  /** Chunks of large parts wanted from this peer, in the order wanted. */
  readonly chunks: readonly ChunkRequest[];
  /** What the next pull to this peer for these logs carries. */
  news(): Pick<PullRequest, "cosignatures" | "receipts">;
  /** Checkpoints that this peer is to be shown now, if any. */
  comparison(): Compare | undefined;
  /** The piece of an evidence file that this peer is to be asked for, if any. */
  evidence(): EvidenceRequest | undefined;
}

export type FollowEvent =
  | { readonly type: "start"; readonly hello: Hello }
  | { readonly type: "frame"; readonly frame: Uint8Array }
  /** The node judged the answer to our hello: go on, or stay known but not admitted. */
  | { readonly type: "admitted"; readonly admitted: boolean }
  /** Ask for charters of a chain that we hold only the beginning of. */
  | { readonly type: "charters"; readonly id: Uint8Array; readonly from: number }
  /** Something changed: perhaps there is more to ask. */
  | { readonly type: "plan" };

export type FollowEffect =
  | { readonly do: "send"; readonly frame: Uint8Array }
  | { readonly do: "reset"; readonly reason: string }
  | { readonly do: "greeted"; readonly hello: Hello }
  | { readonly do: "charters"; readonly answer: ChartersAnswer; readonly last: boolean }
  | { readonly do: "batch"; readonly batch: Batch }
  | { readonly do: "checkpoint"; readonly answer: CheckpointAnswer }
  /** `from`, `to`: of the entries of which parts were asked for. */
  | { readonly do: "parts"; readonly answer: PartsAnswer; readonly from: number; readonly to: number }
  | { readonly do: "compare"; readonly answer: Compare }
  | { readonly do: "evidence"; readonly answer: EvidenceAnswer }
  | { readonly do: "chunk"; readonly want: ChunkRequest; readonly answer: ChunkAnswer }
  /** The owner's word that there was nothing new, now. */
  | { readonly do: "nothing" }
  | {
      readonly do: "refused";
      readonly ask: Ask["kind"];
      /** By `logText`, where one log was asked for. */
      readonly log: string | undefined;
      readonly want: ChunkRequest | undefined;
      readonly error: WireError;
    };

export const FOLLOW_START: FollowState = { phase: "idle", next: 1, asks: new Map() };

/** Chunk requests in flight: 64 KiB each, so half a MiB at most is on its way from one peer. */
const CHUNKS_IN_FLIGHT = 8;

type Step = { readonly state: FollowState; readonly effects: readonly FollowEffect[] };

export function follow(view: FollowView, state: FollowState, event: FollowEvent): Step {
  switch (event.type) {
    case "start":
      return ask({ ...state, phase: "greeting" }, { kind: "hello" }, { kind: "hello", ...event.hello });
    case "frame":
      return onFrame(state, event.frame);
    case "admitted":
      return planned(view, { ...state, phase: event.admitted ? "following" : "pending" });
    case "charters":
      return ask(state, { kind: "charters", id: event.id }, { kind: "charters", id: event.id, from: event.from });
    case "plan":
      return planned(view, state);
  }
}

function onFrame(state: FollowState, frame: Uint8Array): Step {
  const decoded = decode(frame);
  if (typeof decoded === "string") return reset(state, decoded);
  const { n, last, answer } = decoded;
  const asked = state.asks.get(n);
  if (asked === undefined) return reset(state, `an answer to request ${n}, which is not open`);
  const asks = new Map(state.asks);
  if (last) asks.delete(n);
  const step = onAnswer(asked, answer, last);
  if (typeof step === "string") return reset(state, step);
  if (!last && step.ask !== undefined) asks.set(n, step.ask);
  return { state: { ...state, asks }, effects: step.effects };
}

/** Effects of one answer frame, or what is wrong with it. */
function onAnswer(asked: Ask, answer: Answer, last: boolean): { effects: readonly FollowEffect[]; ask?: Ask } | string {
  if (answer.kind === "error") {
    const want = asked.kind === "chunk" ? asked.want : undefined;
    const log = asked.kind === "range" || asked.kind === "parts" ? asked.log : undefined;
    return last
      ? { effects: [{ do: "refused", ask: asked.kind, log, want, error: answer }] }
      : "an error that is not the last frame";
  }
  switch (answer.kind) {
    case "hello":
      return asked.kind === "hello" && last
        ? { effects: [{ do: "greeted", hello: answer }] }
        : unexpected(asked, answer);
    case "charters":
      return asked.kind === "charters" || asked.kind === "pull"
        ? { effects: [{ do: "charters", answer, last: last && asked.kind === "charters" }] }
        : unexpected(asked, answer);
    case "batch":
      return onBatch(asked, answer);
    case "checkpoint":
      return asked.kind === "pull" ? { effects: [{ do: "checkpoint", answer }] } : unexpected(asked, answer);
    case "nothing":
      return asked.kind === "pull" && last ? { effects: [{ do: "nothing" }] } : unexpected(asked, answer);
    case "parts":
      return asked.kind === "parts"
        ? { effects: [{ do: "parts", answer, from: asked.from, to: asked.to }] }
        : unexpected(asked, answer);
    case "chunk":
      return asked.kind === "chunk" && last
        ? { effects: [{ do: "chunk", want: asked.want, answer }] }
        : unexpected(asked, answer);
    case "compare":
      return asked.kind === "compare" && last ? { effects: [{ do: "compare", answer }] } : unexpected(asked, answer);
    case "evidence":
      return asked.kind === "evidence" && last ? { effects: [{ do: "evidence", answer }] } : unexpected(asked, answer);
    case "consistency":
      return unexpected(asked, answer);
  }
}

function onBatch(
  asked: Ask,
  batch: Batch & { readonly kind: "batch" },
): { effects: readonly FollowEffect[]; ask?: Ask } | string {
  if (asked.kind === "pull") return { effects: [{ do: "batch", batch }] };
  if (asked.kind !== "range") return unexpected(asked, batch);
  const end = batch.from + batch.leaves.length;
  // SPEC: answered by batch frames from `from`, in order, never beyond `to`.
  if (logText(batch.id, batch.epoch) !== asked.log || batch.from !== asked.at || end > asked.to)
    return "a batch outside the range that was asked for";
  return { effects: [{ do: "batch", batch }], ask: { ...asked, at: end } };
}

/** Asks for whatever is worth asking now. */
function planned(view: FollowView, state: FollowState): Step {
  if (state.phase !== "following") return { state, effects: [] };
  let step: Step = { state, effects: [] };
  const tails: WantedLog[] = [];
  for (const log of view.wanted) {
    if (log.role !== "parts" && !catchesUp(step.state, log)) tails.push(log);
    if (log.role === "source") step = planRanges(step, log);
    step = planParts(step, log);
  }
  for (const range of view.again) step = planAgain(step, range);
  step = planEvidence(view, planComparison(view, planChunks(view, step)));
  return view.mayPull ? planPull(view, step, tails) : step;
}

function catchesUp(state: FollowState, log: WantedLog): boolean {
  const missing = log.shown - log.verified;
  if (missing >= CATCH_UP_MIN || rangesOf(state, log).length > 0) return true;
  // What the open pull does not ask for would wait until it is answered.
  return missing > 0 && [...state.asks.values()].some((asked) => asked.kind === "pull" && !asked.logs.has(keyOf(log)));
}

function keyOf(log: Pick<WantedLog, "id" | "epoch">): string {
  return logText(log.id, log.epoch);
}

function rangesOf(state: FollowState, log: WantedLog): { readonly at: number; readonly to: number }[] {
  const key = keyOf(log);
  const ranges: { at: number; to: number }[] = [];
  for (const asked of state.asks.values()) if (asked.kind === "range" && asked.log === key) ranges.push(asked);
  return ranges.sort((a, b) => a.at - b.at);
}

/** Fills the gaps between what is verified, what is asked for, and what is there. */
function planRanges(step: Step, log: WantedLog): Step {
  if (!catchesUp(step.state, log)) return step;
  const open = rangesOf(step.state, log);
  let free = MAX_RANGES_IN_FLIGHT - open.length;
  let cursor = log.verified;
  for (const range of [...open, { at: log.shown, to: log.shown }]) {
    for (; cursor < range.at && free > 0; free--) {
      const to = Math.min(range.at, nextBoundary(cursor));
      step = askIn(
        step,
        { kind: "range", log: keyOf(log), at: cursor, to },
        { kind: "range", id: log.id, epoch: log.epoch, from: cursor, to, budget: MAX_BUDGET },
      );
      cursor = to;
    }
    cursor = Math.max(cursor, range.to);
  }
  return step;
}

function planAgain(step: Step, { id, epoch, from, to }: EntryRange): Step {
  const log = logText(id, epoch);
  for (const asked of step.state.asks.values())
    if (asked.kind === "range" && asked.log === log && asked.at >= from && asked.at < to) return step;
  return askIn(step, { kind: "range", log, at: from, to }, { kind: "range", id, epoch, from, to, budget: MAX_BUDGET });
}

/** Ranges end at multiples of their length, so that the hashes right of them are few and stored. */
function nextBoundary(index: number): number {
  return (Math.floor(index / RANGE_ENTRIES) + 1) * RANGE_ENTRIES;
}

function planParts(step: Step, log: WantedLog): Step {
  if (log.lacking === undefined) return step;
  const key = keyOf(log);
  for (const asked of step.state.asks.values()) if (asked.kind === "parts" && asked.log === key) return step;
  return askIn(
    step,
    { kind: "parts", log: key, ...log.lacking },
    { kind: "parts", id: log.id, epoch: log.epoch, ...log.lacking, budget: MAX_BUDGET },
  );
}

function planChunks(view: FollowView, step: Step): Step {
  const open = new Set<string>();
  for (const asked of step.state.asks.values()) if (asked.kind === "chunk") open.add(chunkText(asked.want));
  for (const want of view.chunks) {
    if (open.size >= CHUNKS_IN_FLIGHT) break;
    if (open.has(chunkText(want))) continue;
    open.add(chunkText(want));
    step = askIn(step, { kind: "chunk", want }, { kind: "chunk", ...want });
  }
  return step;
}

function planComparison(view: FollowView, step: Step): Step {
  if (step.state.asks.size >= MAX_UNANSWERED_REQUESTS) return step;
  for (const asked of step.state.asks.values()) if (asked.kind === "compare") return step;
  const compare = view.comparison();
  return compare === undefined ? step : askIn(step, { kind: "compare" }, { kind: "compare", ...compare });
}

function planEvidence(view: FollowView, step: Step): Step {
  if (step.state.asks.size >= MAX_UNANSWERED_REQUESTS) return step;
  for (const asked of step.state.asks.values()) if (asked.kind === "evidence") return step;
  const piece = view.evidence();
  return piece === undefined ? step : askIn(step, { kind: "evidence" }, { kind: "evidence", ...piece });
}

function planPull(view: FollowView, step: Step, tails: readonly WantedLog[]): Step {
  // What a pull carries is carried once: it is not looked up for one that cannot be sent.
  if (tails.length === 0 || step.state.asks.size >= MAX_UNANSWERED_REQUESTS) return step;
  for (const asked of step.state.asks.values()) if (asked.kind === "pull") return step;
  const logs = tails
    .slice(0, MAX_PULL_LOGS)
    .map(({ id, epoch, verified, serial }) => ({ id, epoch, from: verified, serial }));
  const pulled = new Set(logs.map(keyOf));
  return askIn(step, { kind: "pull", logs: pulled }, { kind: "pull", logs, budget: PULL_BUDGET, ...view.news() });
}

/** A waiting pull brings news; what is more than a few frames is caught up by ranges. */
const PULL_BUDGET = 1_048_576;

function askIn(step: Step, asked: Ask, request: Request): Step {
  const next = ask(step.state, asked, request);
  return { state: next.state, effects: [...step.effects, ...next.effects] };
}

function ask(state: FollowState, asked: Ask, request: Request): Step {
  if (state.asks.size >= MAX_UNANSWERED_REQUESTS) return { state, effects: [] };
  const asks = new Map(state.asks).set(state.next, asked);
  return {
    state: { ...state, next: state.next + 1, asks },
    effects: [{ do: "send", frame: encodeRequest(state.next, request) }],
  };
}

function unexpected(asked: Ask, answer: Answer): string {
  return `a ${answer.kind} answer to a ${asked.kind} request`;
}

function reset(state: FollowState, reason: string): Step {
  return { state, effects: [{ do: "reset", reason }] };
}

function decode(frame: Uint8Array): ReturnType<typeof decodeAnswer> | string {
  try {
    return decodeAnswer(frame);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

function chunkText(want: ChunkRequest): string {
  return `${logText(want.id, want.epoch)}/${want.index}/${want.part}/${want.chunk}`;
}
