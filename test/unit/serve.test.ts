import { describe, expect, it } from "vitest";
import { toHex } from "../../protocol/bytes.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { MAX_UNANSWERED_REQUESTS } from "../../protocol/limits.ts";
import {
  SERVE_START,
  serve,
  type ServedLog,
  type ServeEffect,
  type ServeEvent,
  type ServeState,
  type ServeView,
} from "../../protocol/serve.ts";
import { decodeAnswer, encodeRequest, type Request } from "../../protocol/wire/frame.ts";

const id = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const [OWN, FRIEND, OTHER] = [id(1), id(2), id(3)];
const KEY = id(9);

/** A server that owns one log of ten entries, which its friend may follow. */
class Server {
  state: ServeState = SERVE_START;
  asker: string | undefined = toHex(FRIEND);
  log: ServedLog = { owner: toHex(OWN), followers: new Set([toHex(FRIEND)]), size: 10, revision: 1, charters: 1 };
  #n = 0;
  readonly #view: ServeView = {
    ownId: toHex(OWN),
    identify: () => this.asker,
    log: (log, epoch) => (log === toHex(OWN) && epoch === 0 ? this.log : undefined),
    access: (log) => (log === toHex(OWN) ? this.log : undefined),
  };

  on(event: ServeEvent): readonly ServeEffect[] {
    const { state, effects } = serve(this.#view, KEY, this.state, event);
    this.state = state;
    return effects;
  }

  ask(request: Request): readonly ServeEffect[] {
    this.#n += 1;
    return this.on({ type: "frame", frame: encodeRequest(this.#n, request) });
  }

  greet(): void {
    this.ask(HELLO);
    this.on({ type: "greeted", n: 1, hello: { ...HELLO, admitted: true } });
  }
}

const HELLO: Extract<Request, { kind: "hello" }> = {
  kind: "hello",
  features: [],
  id: FRIEND,
  chain: [{ epoch: 0, index: 0, note: "a note" }],
  charters: 1,
  instance: new Uint8Array(16),
  starts: 1,
};
const pull = (from: number, log = OWN): Request => ({
  kind: "pull",
  logs: [{ id: log, epoch: 0, from, serial: 0 }],
  budget: 1000,
  cosignatures: [],
  receipts: [],
});
const COMPARE: Request = { kind: "compare", checkpoints: [] };
const EVIDENCE: Request = { kind: "evidence", digest: id(7), offset: 0 };
const RANGE: Request = { kind: "range", id: OWN, epoch: 0, from: 0, to: 5, budget: 1000 };

function kinds(effects: readonly ServeEffect[]): string[] {
  return effects.map((effect) =>
    effect.do === "send" ? answerText(effect.frame) : effect.do === "answer" ? `answer ${effect.plan.kind}` : effect.do,
  );
}

function answerText(frame: Uint8Array): string {
  const { answer } = decodeAnswer(frame);
  return answer.kind === "error" ? `error ${answer.code}` : answer.kind;
}

describe("the serve machine", () => {
  it("answers nothing before a hello, and one hello", () => {
    expect(kinds(new Server().ask(RANGE))).toEqual(["reset"]);
    const server = new Server();
    server.greet();
    expect(kinds(server.ask(HELLO))).toEqual(["error denied"]);
  });

  it("judges every request anew: trust that ended answers not-admitted", () => {
    const server = new Server();
    server.greet();
    expect(kinds(server.ask(RANGE))).toEqual(["answer request"]);
    server.asker = undefined;
    expect(kinds(server.ask(RANGE))).toEqual(["error not-admitted"]);
    expect(kinds(server.ask(pull(0)))).toEqual(["error not-admitted"]);
    expect(kinds(server.ask({ kind: "charters", id: OWN, from: 0 }))).toEqual(["answer charters"]);
  });

  it("gives a trusted authority that may not follow nothing of the log", () => {
    const server = new Server();
    server.greet();
    server.asker = toHex(OTHER);
    expect(kinds(server.ask(RANGE))).toEqual(["error denied"]);
    expect(kinds(server.ask({ kind: "chunk", id: OWN, epoch: 0, index: 1, part: 0, chunk: 0 }))).toEqual([
      "error denied",
    ]);
    expect(kinds(server.ask(pull(0))), "left out in silence").toEqual(["take", "wait"]);
    expect(kinds(server.ask({ kind: "charters", id: OTHER, from: 0 }))).toEqual(["error denied"]);
  });

  it("leaves it to who answers to judge comparisons and evidence, but only of who is trusted", () => {
    const server = new Server();
    server.greet();
    server.asker = toHex(OTHER);
    expect(kinds(server.ask(COMPARE))).toEqual(["shown", "answer request"]);
    expect(kinds(server.ask(EVIDENCE))).toEqual(["answer request"]);
    server.asker = undefined;
    for (const request of [COMPARE, EVIDENCE]) expect(kinds(server.ask(request))).toEqual(["error not-admitted"]);
  });

  it("lets a pull wait until there is news, or its time is over", () => {
    const server = new Server();
    server.greet();
    expect(kinds(server.ask(pull(10)))).toEqual(["take", "answer pull"]);
    server.on({ type: "answered", n: 2 });
    expect(kinds(server.ask(pull(10)))).toEqual(["take", "wait"]);
    expect(server.on({ type: "grown" })).toEqual([]);
    server.log = { ...server.log, size: 11, revision: 2 };
    expect(kinds(server.on({ type: "grown" }))).toEqual(["answer pull"]);
    server.on({ type: "answered", n: 3 });
    expect(kinds(server.ask(pull(11))), "the cosignatures of what came").toEqual(["take", "answer pull"]);
    server.on({ type: "answered", n: 4 });
    expect(kinds(server.ask(pull(11)))).toEqual(["take", "wait"]);
    expect(kinds(server.on({ type: "waited", n: 5 }))).toEqual(["nothing"]);
    expect(server.on({ type: "waited", n: 5 }), "a late timer").toEqual([]);
  });

  it("ends a waiting pull of somebody who is no longer trusted", () => {
    const server = new Server();
    server.greet();
    server.ask(pull(10));
    server.on({ type: "answered", n: 2 });
    server.ask(pull(10));
    server.asker = undefined;
    expect(kinds(server.on({ type: "grown" }))).toEqual(["error not-admitted"]);
  });

  it("takes one waiting pull at a time", () => {
    const server = new Server();
    server.greet();
    server.ask(pull(10));
    server.on({ type: "answered", n: 2 });
    server.ask(pull(10));
    expect(kinds(server.ask(pull(10)))).toEqual(["error busy"]);
  });

  it("puts the log with the least missing first, and sends newer charters", () => {
    const server = new Server();
    server.greet();
    server.log = { ...server.log, charters: 3 };
    const [, effect] = server.ask(pull(4));
    expect(effect).toMatchObject({
      plan: { charters: [{ from: 1 }], batches: [{ from: 4, to: 10 }], checkpoints: [] },
    });
  });

  it("resets on a frame out of order, on garbage, and on too many unanswered requests", () => {
    const server = new Server();
    server.greet();
    expect(kinds(server.on({ type: "frame", frame: encodeRequest(7, RANGE) }))).toEqual(["reset"]);
    expect(kinds(new Server().on({ type: "frame", frame: Uint8Array.of(0xff) }))).toEqual(["reset"]);
    const busy = new Server();
    busy.greet();
    for (let i = 0; i < MAX_UNANSWERED_REQUESTS; i++) expect(kinds(busy.ask(RANGE))).toEqual(["answer request"]);
    expect(kinds(busy.ask(RANGE))).toEqual(["reset"]);
  });

  it("answers what it does not know, and what is not as it should be, and goes on", () => {
    const server = new Server();
    server.greet();
    expect(kinds(server.on({ type: "frame", frame: encodeCbor([2, "gossip", {}]) }))).toEqual(["error unsupported"]);
    expect(kinds(server.on({ type: "frame", frame: encodeCbor([3, "range", { id: OWN }]) }))).toEqual([
      "error malformed",
    ]);
    expect(kinds(server.on({ type: "frame", frame: encodeRequest(4, RANGE) }))).toEqual(["answer request"]);
  });
});
