import { toHex } from "./bytes.ts";
import { mayFollow, type LogAccess } from "./access.ts";
import { FormatError } from "./format-error.ts";
import { MAX_UNANSWERED_REQUESTS } from "./limits.ts";
import { type Answer, decodeRequest, encodeAnswer, type Request } from "./wire/frame.ts";
import type { Compare } from "./wire/compare.ts";
import type { Hello } from "./wire/hello.ts";
import type { PullRequest } from "./wire/pull.ts";
import type { WireErrorCode } from "./wire/error.ts";

/**
 * The answering half of the exchange (docs/spec/exchange.md) as a state machine without input or output: an event in,
 * the next state and effects out. One machine per ask stream of a peer. It keeps one promise worth naming: nothing is
 * remembered from an earlier request about who may have what; every request is judged anew by `view.identify`.
 */
export type ServeState = {
  readonly greeted: boolean;
  /** Number of the last request seen. */
  readonly last: number;
  readonly unanswered: number;
  readonly waiting: { readonly n: number; readonly request: PullRequest } | undefined;
  /** Revision of each log's checkpoint and cosignatures that was sent on this stream. */
  readonly sent: ReadonlyMap<string, number>;
};

export type ServeEvent =
  | { readonly type: "frame"; readonly frame: Uint8Array }
  /** The node judged a hello: its own hello in answer. */
  | { readonly type: "greeted"; readonly n: number; readonly hello: Hello }
  /** The answer to `n` was sent whole by the node. */
  | { readonly type: "answered"; readonly n: number }
  /** A log that we serve grew or has news. */
  | { readonly type: "grown" }
  /** The time of a waiting pull is over. */
  | { readonly type: "waited"; readonly n: number };

export type ServeEffect =
  | { readonly do: "send"; readonly frame: Uint8Array }
  | { readonly do: "reset"; readonly reason: string }
  | { readonly do: "greet"; readonly n: number; readonly hello: Hello }
  /** Start the 25 seconds of a waiting pull. */
  | { readonly do: "wait"; readonly n: number }
  /** Look at the cosignatures and receipts that came with a pull. */
  | { readonly do: "take"; readonly from: string; readonly request: PullRequest }
  /** Look at the checkpoints that came with a comparison. */
  | { readonly do: "shown"; readonly from: string; readonly request: Compare }
  /** Read from disk what the plan names and send it as the answer to `n`; then report `answered`. */
  | { readonly do: "answer"; readonly n: number; readonly asker: string; readonly plan: AnswerPlan };

export type LogName = { readonly id: Uint8Array; readonly epoch: number };

export type AnswerPlan =
  | {
      readonly kind: "pull";
      readonly budget: number;
      readonly charters: readonly { readonly id: Uint8Array; readonly from: number }[];
      /** The log with the least missing first. */
      readonly batches: readonly (LogName & { readonly from: number; readonly to: number })[];
      readonly checkpoints: readonly LogName[];
    }
  | { readonly kind: "charters"; readonly id: Uint8Array; readonly from: number }
  | { readonly kind: "request"; readonly request: Exclude<Request, { kind: "hello" | "pull" | "charters" }> };

/** A log as it may be shown now. */
export type ServedLog = LogAccess & {
  readonly size: number;
  /** Grows with every new checkpoint and every newer cosignature by the owner. */
  readonly revision: number;
  /** Charters in the chain held: serials 0 … charters − 1. */
  readonly charters: number;
};

export interface ServeView {
  readonly ownId: string;
  /** The trusted authority whose last charter names this node key now; `undefined` for strangers. */
  identify(peerKey: Uint8Array): string | undefined;
  log(id: string, epoch: number): ServedLog | undefined;
  /** Who may follow the newest epoch of this authority's log. */
  access(id: string): LogAccess | undefined;
}

export const SERVE_START: ServeState = { greeted: false, last: 0, unanswered: 0, waiting: undefined, sent: new Map() };

export function serve(
  view: ServeView,
  peerKey: Uint8Array,
  state: ServeState,
  event: ServeEvent,
): { readonly state: ServeState; readonly effects: readonly ServeEffect[] } {
  switch (event.type) {
    case "frame":
      return onFrame(view, peerKey, state, event.frame);
    case "greeted":
      return answerNow(state, event.n, { kind: "hello", ...event.hello });
    case "answered":
      return { state: { ...state, unanswered: state.unanswered - 1 }, effects: [] };
    case "grown":
      return state.waiting === undefined
        ? { state, effects: [] }
        : tryPull(view, peerKey, state, state.waiting.n, state.waiting.request);
    case "waited":
      if (state.waiting?.n !== event.n) return { state, effects: [] };
      return answerNow({ ...state, waiting: undefined }, event.n, { kind: "nothing" });
  }
}

type Step = ReturnType<typeof serve>;

function onFrame(view: ServeView, peerKey: Uint8Array, state: ServeState, frame: Uint8Array): Step {
  const decoded = decode(frame);
  if (typeof decoded === "string") return reset(state, decoded);
  const { n, kind } = decoded;
  // SPEC: n = 1, 2, 3 … per stream, in order.
  if (n !== state.last + 1) return reset(state, `request ${n} after ${state.last}`);
  // SPEC: At most 16 requests may be unanswered on a stream.
  if (state.unanswered >= MAX_UNANSWERED_REQUESTS) return reset(state, "too many unanswered requests");
  const next: ServeState = { ...state, last: n, unanswered: state.unanswered + 1 };
  if (decoded.malformed !== undefined) return refuse(next, n, "malformed", decoded.malformed);
  if (decoded.request === undefined) return refuse(next, n, "unsupported", `unknown request ${kind}`);
  return onRequest(view, peerKey, next, n, decoded.request);
}

function onRequest(view: ServeView, peerKey: Uint8Array, state: ServeState, n: number, request: Request): Step {
  if (request.kind === "hello") {
    // SPEC: A stranger may send one hello a stream; nobody needs a second.
    if (state.greeted) return refuse(state, n, "denied", "one hello a stream");
    return { state: { ...state, greeted: true }, effects: [{ do: "greet", n, hello: request }] };
  }
  if (!state.greeted) return reset(state, "the first request must be hello");
  const asker = view.identify(peerKey);
  if (request.kind === "charters") {
    const id = toHex(request.id);
    const access = view.access(id);
    const open = id === view.ownId || (asker !== undefined && access !== undefined && mayFollow(asker, access));
    if (!open) return refuse(state, n, asker === undefined ? "not-admitted" : "denied", "not for you");
    return plan(state, n, asker ?? "", { kind: "charters", id: request.id, from: request.from });
  }
  if (asker === undefined) return refuse(state, n, "not-admitted", "this authority does not trust yours, or not yet");
  if (request.kind === "pull") {
    if (state.waiting !== undefined) return refuse(state, n, "busy", "one waiting pull at a time");
    const pulled = tryPull(view, peerKey, state, n, request);
    return { state: pulled.state, effects: [{ do: "take", from: asker, request }, ...pulled.effects] };
  }
  // What a comparison shows, and whose evidence a digest names, is known to who answers: it judges each by the asker.
  const isJudgedLater = request.kind === "compare" || request.kind === "evidence";
  if (!isJudgedLater && !mayFollowLog(view, asker, request.id, request.epoch)) {
    return refuse(state, n, "denied", "not for you");
  }
  const planned = plan(state, n, asker, { kind: "request", request });
  if (request.kind !== "compare") return planned;
  return { ...planned, effects: [{ do: "shown", from: asker, request }, ...planned.effects] };
}

/** Answers a pull if there is anything, else lets it wait. */
function tryPull(view: ServeView, peerKey: Uint8Array, state: ServeState, n: number, request: PullRequest): Step {
  const asker = view.identify(peerKey);
  // Trust that ended while the pull waited: say so rather than fall silent.
  if (asker === undefined) return refuse({ ...state, waiting: undefined }, n, "not-admitted", "trust was withdrawn");
  const charters: { id: Uint8Array; from: number }[] = [];
  const batches: (LogName & { from: number; to: number })[] = [];
  const checkpoints: LogName[] = [];
  const sent = new Map(state.sent);
  for (const { id, epoch, from, serial } of request.logs) {
    const log = view.log(toHex(id), epoch);
    // SPEC: A log that the asker may not follow is left out in silence, like one that the answerer does not know.
    if (log === undefined || !mayFollow(asker, log)) continue;
    if (serial < log.charters - 1) charters.push({ id, from: serial + 1 });
    const key = logText(id, epoch);
    const news = log.revision > (state.sent.get(key) ?? -1);
    if (from < log.size) batches.push({ id, epoch, from, to: log.size });
    // Entries come without cosignatures: these are news for the next pull, which comes when the entries are durable there.
    else if (news) {
      checkpoints.push({ id, epoch });
      sent.set(key, log.revision);
    }
  }
  if (charters.length + batches.length + checkpoints.length === 0) {
    const effects: ServeEffect[] = state.waiting === undefined ? [{ do: "wait", n }] : [];
    return { state: { ...state, waiting: { n, request } }, effects };
  }
  batches.sort((a, b) => a.to - a.from - (b.to - b.from));
  return plan({ ...state, waiting: undefined, sent }, n, asker, {
    kind: "pull",
    budget: request.budget,
    charters,
    batches,
    checkpoints,
  });
}

function mayFollowLog(view: ServeView, asker: string, id: Uint8Array, epoch: number): boolean {
  const log = view.log(toHex(id), epoch);
  return log !== undefined && mayFollow(asker, log);
}

function plan(state: ServeState, n: number, asker: string, what: AnswerPlan): Step {
  return { state, effects: [{ do: "answer", n, asker, plan: what }] };
}

function refuse(state: ServeState, n: number, code: WireErrorCode, reason: string): Step {
  return answerNow(state, n, { kind: "error", code, reason });
}

function answerNow(state: ServeState, n: number, answer: Answer): Step {
  return {
    state: { ...state, unanswered: state.unanswered - 1 },
    effects: [{ do: "send", frame: encodeAnswer(n, true, answer) }],
  };
}

function reset(state: ServeState, reason: string): Step {
  return { state, effects: [{ do: "reset", reason }] };
}

function decode(frame: Uint8Array): ReturnType<typeof decodeRequest> | string {
  try {
    return decodeRequest(frame);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

/** How a log is named as a key of a map: `<id in hex>/<epoch>`. */
export function logText(id: Uint8Array, epoch: number): string {
  return `${toHex(id)}/${epoch}`;
}
