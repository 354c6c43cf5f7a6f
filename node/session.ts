import { equalBytes, toHex } from "../protocol/bytes.ts";
import type { ChainEntry } from "../protocol/charter-chain.ts";
import { MAX_CHAIN_CHARTERS } from "../protocol/limits.ts";
import {
  FOLLOW_START,
  follow,
  type FollowEffect,
  type FollowEvent,
  type FollowState,
  type FollowView,
} from "../protocol/follow.ts";
import {
  SERVE_START,
  serve,
  type ServeEffect,
  type ServeEvent,
  type ServeState,
  type ServeView,
} from "../protocol/serve.ts";
import { BatchRefusal } from "../protocol/verify-batch.ts";
import { FormatError } from "../protocol/format-error.ts";
import { type Answer, encodeAnswer } from "../protocol/wire/frame.ts";
import type { Compare } from "../protocol/wire/compare.ts";
import type { Hello } from "../protocol/wire/hello.ts";
import type { PullRequest } from "../protocol/wire/pull.ts";
import { type Allowance, type Allowances, costOf } from "./allowances.ts";
import type { Answerer } from "./answerer.ts";
import type { Clock } from "./clock.ts";
import { DiskError } from "./disk.ts";
import { HELLO_TIMEOUT_MS, LOOK_COST, PULL_WAIT_MS, SIGNATURE_COST, SILENCE_MS, WORD_COST } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { type Connection, type FrameStream, TransportError } from "./transport.ts";

/** Why a connection ended. */
export type EndCode =
  | "NODE_STOPS"
  | "CONNECTION_ENDED"
  | "STREAM_CLOSED"
  | "SILENT"
  | "NO_HELLO"
  | "STRANGER"
  | "TOO_MANY"
  | "TWIN"
  | "GREETING_ANEW"
  | "KEY_REPLACED"
  | "TRUST_WITHDRAWN"
  | "REFUSED_BY_PEER"
  | "PROTOCOL"
  | "ABORTED"
  | "FAILED"
  | TransportError["code"]
  | BatchRefusal["code"]
  | FormatError["code"];

/** What a hello led to. */
export type Judgement =
  | { readonly kind: "admitted"; readonly id: string }
  | { readonly kind: "pending"; readonly reason: string }
  /** The chain shown is only its beginning: ask for the rest from this serial on. */
  | { readonly kind: "more"; readonly id: Uint8Array; readonly from: number };

/** What a session asks of the node. Everything about trust and logs is there; a session only moves messages. */
export interface SessionHost {
  readonly clock: Clock;
  readonly log: Logger;
  readonly allowances: Allowances;
  readonly answerer: Answerer;
  readonly serveView: ServeView;
  followView(session: Session): FollowView;
  /** Our hello for whoever holds this node key, as far as we know who that is. */
  hello(peerKey: Uint8Array): Hello;
  /** `rest`: charters that follow those in the hello, as they came when they were asked for. */
  judge(session: Session, hello: Hello, rest: readonly ChainEntry[]): Promise<Judgement>;
  /** The ask stream is open to an admitted peer: its logs may be asked for. */
  onFollowing(session: Session): void;
  take(from: string, request: PullRequest): Promise<void>;
  /** The peer showed its latest checkpoints. */
  shown(session: Session, request: Compare): Promise<void>;
  effect(session: Session, effect: FollowEffect): Promise<void>;
  onClosed(session: Session, code: EndCode, reason: string): void;
}

/** One connection: our ask stream, the peer's ask stream, and the two machines that run on them. */
export class Session {
  readonly connection: Connection;
  readonly #host: SessionHost;
  readonly #abort = new AbortController();
  #ask: FrameStream | undefined;
  #followState: FollowState = FOLLOW_START;
  #served: ServedStream | undefined;
  #closedReason: string | undefined;
  #asking = false;
  #sending: Promise<void> = Promise.resolve();
  /** Waits to be judged until the rest of its chain came. */
  #hello: Hello | undefined;
  #rest: readonly ChainEntry[] = [];
  /** Charters of the rest that were here when more were asked for last. */
  #restAsked = -1;
  #cancelSilence: () => void = () => undefined;
  /** Id of the authority, once admitted in either direction. */
  peer: string | undefined;
  /** The other end said that it admitted us. */
  admittedByPeer = false;
  /** Instance (hex) of the process at the other end, once it greeted and was admitted. */
  instance: string | undefined;

  /** In milliseconds. */
  readonly openedAt: number;

  constructor(host: SessionHost, connection: Connection) {
    this.#host = host;
    this.connection = connection;
    this.openedAt = host.clock.now();
  }

  get peerKeyText(): string {
    return toHex(this.connection.peerKey);
  }

  get closed(): boolean {
    return this.#closedReason !== undefined;
  }

  /** We trust the other end, and it does not trust us, or not yet. */
  get refusedByPeer(): boolean {
    return this.#followState.phase === "pending" && this.peer !== undefined && !this.admittedByPeer;
  }

  get following(): boolean {
    return this.#followState.phase === "following";
  }

  /** Opens our ask stream, unless it is open, and runs it until it ends. */
  ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#run().catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      const stream = await this.connection.openStream(this.#abort.signal);
      this.#ask = stream;
      this.#heard();
      await this.#onFollow({ type: "start", hello: this.#host.hello(this.connection.peerKey) });
      for (let frame = await stream.receive(); frame !== undefined; frame = await stream.receive()) {
        this.#heard();
        await this.#onFollow({ type: "frame", frame });
        if (this.following) await this.#onFollow({ type: "plan" });
      }
      await this.close("STREAM_CLOSED", "the other end closed the stream");
    } catch (error) {
      await this.close(codeOf(error), reasonOf(error), error);
    }
  }

  /** The peer opened its ask stream; a second one replaces the first. */
  accept(stream: FrameStream): void {
    this.#served?.stop();
    const served = new ServedStream(this.#host, stream, this);
    this.#served = served;
    served.run().catch((error: unknown) => this.close(codeOf(error), reasonOf(error), error));
  }

  /** Something that we serve grew. */
  grown(): void {
    this.#served?.on({ type: "grown" });
  }

  /** Perhaps there is something to ask. */
  plan(): void {
    if (!this.following || this.closed) return;
    this.#onFollow({ type: "plan" }).catch((error: unknown) => this.close(codeOf(error), reasonOf(error), error));
  }

  async #greeted(hello: Hello): Promise<void> {
    const judgement = await this.#host.judge(this, hello, this.#rest);
    if (judgement.kind === "more" && this.#rest.length > this.#restAsked) {
      this.#hello = hello;
      this.#restAsked = this.#rest.length;
      return this.#onFollow({ type: "charters", id: judgement.id, from: judgement.from });
    }
    this.#hello = undefined;
    this.admittedByPeer = hello.admitted === true;
    const admitted = judgement.kind === "admitted" && this.admittedByPeer;
    if (judgement.kind === "admitted") this.peer = judgement.id;
    // The other end was told that it is not admitted, since we did not know its charters then.
    if (judgement.kind === "admitted" && this.#rest.length > 0)
      return this.close("GREETING_ANEW", "its charters are known now; greeting anew");
    await this.#onFollow({ type: "admitted", admitted });
    if (admitted) this.#host.onFollowing(this);
  }

  /** The rest of the chain that a hello showed the beginning of. */
  async #onRest(hello: Hello, { answer, last }: Extract<FollowEffect, { do: "charters" }>): Promise<void> {
    if (equalBytes(answer.id, hello.id)) this.#rest = [...this.#rest, ...answer.chain].slice(0, MAX_CHAIN_CHARTERS);
    if (last) await this.#greeted(hello);
  }

  /** Asks for the charters of a log that follow those that are known, if the peer may be asked. */
  async askCharters(id: Uint8Array, from: number): Promise<void> {
    if (this.following && !this.closed) await this.#onFollow({ type: "charters", id, from });
  }

  /** `code` is for programs that read the log, `reason` for people. */
  async close(code: EndCode, reason: string, error?: unknown): Promise<void> {
    if (this.#closedReason !== undefined) return;
    this.#closedReason = reason;
    this.#cancelSilence();
    this.#abort.abort();
    this.#served?.stop();
    this.#ask?.abort();
    if (error !== undefined && !isExpected(error)) this.#host.log.error({ err: error }, "session failed");
    await this.connection.close();
    this.#host.onClosed(this, code, reason);
  }

  async #onFollow(event: FollowEvent): Promise<void> {
    const { state, effects } = follow(this.#host.followView(this), this.#followState, event);
    this.#followState = state;
    // Requests are numbered in the state, so they must be queued before anything else may ask: another event may come
    // while an effect below is waited for.
    const sent = effects.flatMap((effect) => (effect.do === "send" ? [this.#send(effect.frame)] : []));
    for (const effect of effects) {
      if (this.closed) break;
      if (effect.do === "reset") await this.close("PROTOCOL", `protocol: ${effect.reason}`);
      else if (effect.do === "greeted") await this.#greeted(effect.hello);
      else if (effect.do === "charters" && this.#hello !== undefined) await this.#onRest(this.#hello, effect);
      else if (effect.do !== "send") await this.#host.effect(this, effect);
    }
    await Promise.all(sent);
  }

  /** In the order of the calls. */
  #send(frame: Uint8Array): Promise<void> {
    this.#sending = this.#sending.then(() => this.#ask?.send(frame));
    // Whoever waits for it hears of its failure; the line itself must not be an unheard one.
    this.#sending.catch(() => undefined);
    return this.#sending;
  }

  /** Liveness is judged by bytes received: a waiting pull is answered within 25 seconds, so silence means a dead line. */
  #heard(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#host.clock.after(SILENCE_MS, () => {
      if (this.#followState.asks.size > 0)
        this.close("SILENT", "nothing was heard for too long").catch(() => undefined);
    });
  }
}

/** The peer's ask stream and the machine that answers on it. */
class ServedStream {
  readonly #host: SessionHost;
  readonly #stream: FrameStream;
  readonly #session: Session;
  readonly #allowance: Allowance;
  #state: ServeState = SERVE_START;
  /** Answers that read from disk are given one after the other; a waiting pull does not stand in that line. */
  #line: Promise<void> = Promise.resolve();
  /** The newest answer that was given at once. */
  #sending: Promise<void> = Promise.resolve();
  #cancelWait: () => void = () => undefined;
  #stopped = false;

  constructor(host: SessionHost, stream: FrameStream, session: Session) {
    this.#host = host;
    this.#stream = stream;
    this.#session = session;
    this.#allowance = host.allowances.of(session.peerKeyText);
  }

  async run(): Promise<void> {
    const cancelHello = this.#host.clock.after(HELLO_TIMEOUT_MS, () => {
      if (!this.#state.greeted) this.#session.close("NO_HELLO", "no hello came").catch(() => undefined);
    });
    try {
      for (let frame = await this.#stream.receive(); frame !== undefined; frame = await this.#stream.receive()) {
        this.#allowance.spend(LOOK_COST + frame.length);
        this.on({ type: "frame", frame });
        // Who reads no answers is not read either: what is refused at once would pile up here without end.
        await this.#sending;
        await this.#allowance.settled();
      }
    } catch (error) {
      if (!this.#stopped) throw error;
    } finally {
      cancelHello();
      this.#cancelWait();
    }
  }

  on(event: ServeEvent): void {
    if (this.#stopped) return;
    const { state, effects } = serve(this.#host.serveView, this.#session.connection.peerKey, this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelWait();
    this.#stream.abort();
  }

  #perform(effect: ServeEffect): void {
    switch (effect.do) {
      case "send":
        this.#allowance.spend(WORD_COST);
        this.#sending = this.#stream.send(effect.frame);
        return this.#guard(this.#sending);
      case "reset":
        return this.#guard(this.#session.close("PROTOCOL", `protocol: ${effect.reason}`));
      case "greet":
        return this.#guard(this.#greet(effect.n, effect.hello));
      case "wait":
        this.#cancelWait = this.#host.clock.after(PULL_WAIT_MS, () => this.on({ type: "waited", n: effect.n }));
        return;
      case "take":
        this.#allowance.spend(SIGNATURE_COST * (effect.request.cosignatures.length + effect.request.receipts.length));
        return this.#guard(this.#host.take(effect.from, effect.request));
      case "shown":
        this.#allowance.spend(SIGNATURE_COST * effect.request.checkpoints.length);
        return this.#guard(this.#host.shown(this.#session, effect.request));
      case "answer":
        this.#allowance.spend(costOf(effect.plan));
        if (effect.plan.kind === "pull") return this.#guard(this.#answer(effect));
        this.#line = this.#line.then(() => this.#answer(effect));
        return this.#guard(this.#line);
    }
  }

  async #greet(n: number, hello: Hello): Promise<void> {
    const judgement = await this.#host.judge(this.#session, hello, []);
    // Its charters can only be asked for on a stream of ours.
    if (judgement.kind === "more") this.#session.ask();
    if (judgement.kind === "admitted") this.#session.peer = judgement.id;
    const answer = this.#host.hello(this.#session.connection.peerKey);
    this.on({ type: "greeted", n, hello: { ...answer, admitted: judgement.kind === "admitted" } });
    if (judgement.kind === "admitted") this.#session.ask();
  }

  async #answer({ n, asker, plan }: Extract<ServeEffect, { do: "answer" }>): Promise<void> {
    let held: Answer | undefined;
    try {
      await this.#allowance.settled();
      for await (const answer of this.#host.answerer.answers(asker, plan)) {
        if (held !== undefined) await this.#sendAnswer(n, false, held);
        held = answer;
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // The store closes once all sessions did; what was still being read for one of them is of no use to anybody.
      if (this.#stopped) return;
      this.#host.log.error({ code: error.code, reason: error.message }, "an answer could not be read from the store");
      held = { kind: "error", code: "busy", reason: "the store could not be read" };
    }
    await this.#sendAnswer(n, true, held ?? { kind: "error", code: "not-found", reason: "not here" });
    this.on({ type: "answered", n });
  }

  async #sendAnswer(n: number, last: boolean, answer: Answer): Promise<void> {
    const frame = encodeAnswer(n, last, answer);
    this.#allowance.spend(frame.length);
    await this.#stream.send(frame);
    await this.#allowance.settled();
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#stopped) this.#session.close(codeOf(error), reasonOf(error), error).catch(() => undefined);
    });
  }
}

/** That of the error where it is of a kind that peers and lines bring about. */
function codeOf(error: unknown): EndCode {
  if (error instanceof TransportError || error instanceof BatchRefusal || error instanceof FormatError)
    return error.code;
  return error instanceof Error && error.name === "AbortError" ? "ABORTED" : "FAILED";
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What peers and lines do to us; everything else is a fault of ours and is logged as one. */
function isExpected(error: unknown): boolean {
  return (
    error instanceof TransportError ||
    error instanceof BatchRefusal ||
    error instanceof FormatError ||
    (error instanceof Error && error.name === "AbortError")
  );
}
