import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createCosigner, createNoteSigner } from "../../keys/signer.ts";
import { fromHex } from "../../protocol/bytes.ts";
import { formatCheckpoint } from "../../protocol/checkpoint.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { MAX_BUDGET, MAX_FRAME_SIZE, MAX_UNANSWERED_REQUESTS } from "../../protocol/limits.ts";
import { type Answer, encodeAnswer, encodeRequest, type Request } from "../../protocol/wire/frame.ts";
import { damaged } from "../damage.ts";
import { type Authority, makeAuthority } from "../simulation/authority.ts";
import { Prng } from "../simulation/prng.ts";
import { Adversary, framed, helloOf, rawStream, stopHostile } from "../support/hostile.ts";
import { chainFileOf, type InProcessNode, startInProcess } from "../support/in-process-node.ts";
import { until } from "../support/until.ts";
import { readVectors } from "../vectors/vector-file.ts";

// What others ask of a node, who may be anybody: it answers by the rules, or ends the stream, and is none the worse.

/** Stands in whatever is for `other` alone. */
const SECRET = `for one reader alone ${randomBytes(16).toString("hex")}`;
/** Of more than one chunk. */
const LARGE = Buffer.from(`${SECRET}\n`.repeat(3_000));
/** Number of the part for `other` that has one chunk, and of the one that has more. */
const [SMALL_PART, LARGE_PART] = [1, 2];

const frame = z.object({ hex: z.string(), what: z.enum(["request", "answer"]), outcome: z.string() });
const FRAMES = readVectors("wire", z.unknown(), frame).invalid.filter(
  ({ what, hex }) => what === "request" && hex !== "",
);

const prng = new Prng("hostile");
const unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => unhandled.push(error));

/** The node that is attacked. */
let victim: InProcessNode;
/** A follower, and a reader of some of what the victim publishes. */
let friend: Authority;
/** Another follower, who alone reads the rest. */
let other: Authority;
/** Trusted, and not among the followers. */
let late: Authority;
let stranger: Authority;
let forBoth: number;
let forOther: number;

beforeAll(async () => {
  [friend, other, late, stranger] = [
    makeOne("baua.de"),
    makeOne("samr.cn"),
    makeOne("tukes.fi"),
    makeOne("nobody.example"),
  ];
  victim = await startInProcess(makeOne("nvwa.nl"));
  for (const follower of [friend, other]) await victim.service.addPeer(chainFileOf(follower), [], "anna");
  forBoth = await victim.publish("for both", ["baua.de", "samr.cn"], [Buffer.from("a small file")]);
  forOther = await victim.publish(SECRET, ["samr.cn"], [Buffer.from(SECRET), LARGE]);
  await victim.trustWithoutFollowers(late);
});
afterAll(() => victim.stop());

/** Whatever was done to it: it did not fail, nothing surprised it, and it serves who is honest. */
afterEach(async () => {
  await stopHostile();
  expect(victim.faults).toEqual([]);
  expect(unhandled).toEqual([]);
  expect((await victim.service.status()).signing).toMatchObject({ state: "ready" });
  const honest = await Adversary.connect(friend, victim);
  expect(await honest.greet()).toBe(true);
  expect(await honest.ask(range(forBoth, forBoth + 1))).toMatchObject([
    { kind: "batch", parts: [{ part: 0 }, { part: 1 }] },
  ]);
  await stopHostile();
});

function makeOne(name: string): Authority {
  return makeAuthority(name, prng.fork(name));
}

const own = (): { readonly id: Uint8Array; readonly epoch: number } => ({ id: victim.authority.chain.id, epoch: 0 });
const range = (from: number, to: number, log = own()): Request => ({
  kind: "range",
  ...log,
  from,
  to,
  budget: MAX_BUDGET,
});
const parts = (from: number, to: number, log = own()): Request => ({
  kind: "parts",
  ...log,
  from,
  to,
  budget: MAX_BUDGET,
});
const chunk = (index: number, part: number, at: number): Request => ({
  kind: "chunk",
  ...own(),
  index,
  part,
  chunk: at,
});
const charters = (id: Uint8Array): Request => ({ kind: "charters", id, from: 0 });
const consistency = (log = own()): Request => ({ kind: "consistency", ...log, first: 1, second: 2 });
const compare: Request = { kind: "compare", checkpoints: [] };

function pull(from: number, more: Partial<Extract<Request, { kind: "pull" }>> = {}): Request {
  return {
    kind: "pull",
    logs: [{ ...own(), from, serial: 0 }],
    budget: MAX_BUDGET,
    cosignatures: [],
    receipts: [],
    ...more,
  };
}

async function greeted(authority: Authority): Promise<Adversary> {
  const adversary = await Adversary.connect(authority, victim);
  await adversary.greet();
  return adversary;
}

/** What came for each request: its kind, or the code of the error. */
function outcomes(answers: readonly Answer[]): readonly string[] {
  return answers.map((answer) => (answer.kind === "error" ? answer.code : answer.kind));
}

describe("bytes that are no request", () => {
  it("end the stream, and bring no answer", async () => {
    for (const { name, hex } of FRAMES.filter(({ outcome }) => outcome === "reset")) {
      const adversary = await greeted(friend);
      await adversary.send(fromHex(hex));
      await adversary.untilReset();
      expect([name, adversary.received.length]).toEqual([name, 1]);
    }
  });

  it.each([
    ["a length over the limit", Uint8Array.of(0, 4, 0, 1, 7)],
    ["a length of 4 GiB", Uint8Array.of(255, 255, 255, 255, 7)],
    ["a frame of no bytes", Uint8Array.of(0, 0, 0, 0)],
    ["garbage", Uint8Array.of(255, ...randomBytes(5_000))],
    ["a hello over 64 KiB", framed(encodeCbor([1, "hello", { padding: new Uint8Array(65_536) }]))],
    ["the largest frame, of zeros", framed(new Uint8Array(MAX_FRAME_SIZE))],
    ["a request before hello", framed(encodeRequest(1, compare))],
    ["an answer", framed(encodeAnswer(1, true, { kind: "nothing" }))],
    ["a number that is not the first", framed(encodeRequest(2, compare))],
  ])("%s: ends the stream of a friend and of a stranger", async (_, bytes) => {
    for (const who of [friend, stranger]) {
      const stream = await rawStream(who, victim);
      stream.send(bytes);
      await until("the stream is reset", () => stream.status !== "open");
    }
  });

  it("that end inside a frame are never taken for one", async () => {
    const hello = framed(encodeRequest(1, { kind: "hello", ...helloOf(friend) }));
    for (const length of [1, 3, 4, 5, hello.length - 1]) {
      const stream = await rawStream(friend, victim);
      stream.send(hello.subarray(0, length));
      await stream.close();
      await until("the stream has ended", () => stream.status !== "open");
    }
  });

  it("damaged at random, end the stream or are answered", async () => {
    const valid = [
      range(0, 9),
      parts(0, 9),
      chunk(forOther, LARGE_PART, 0),
      compare,
      charters(own().id),
      consistency(),
    ];
    const requests = fc.constantFrom(...valid).chain((request) => damaged(fc.constant(encodeRequest(2, request))));
    await fc.assert(
      fc.asyncProperty(requests, async (bytes) => {
        const adversary = await greeted(friend);
        await adversary.send(bytes);
        await adversary.send(encodeRequest(3, compare)).catch(() => undefined);
        let answer = await adversary.receive();
        while (answer !== undefined && answer.n < 3) answer = await adversary.receive();
        return victim.faults.length === 0;
      }),
      { numRuns: 30 },
    );
  });
});

describe("requests", () => {
  it("of an unknown kind are answered, and the stream goes on", async () => {
    const adversary = await greeted(friend);
    for (const kind of ["search", "batch", "x".repeat(32)]) {
      await adversary.send(encodeCbor([adversary.takeNumber(), kind, { anything: [1, null] }]));
      expect(await adversary.receive()).toMatchObject({ last: true, answer: { kind: "error", code: "unsupported" } });
    }
    expect(outcomes(await adversary.ask(range(0, 1)))).toEqual(["batch"]);
  });

  it("with a malformed body are answered, and the stream goes on", async () => {
    const adversary = await greeted(friend);
    for (const { name, hex } of FRAMES.filter(({ outcome }) => outcome === "malformed")) {
      const [, kind = null, body = null] = frameOf(hex);
      await adversary.send(encodeCbor([adversary.takeNumber(), kind, body]));
      const answer = await adversary.receive();
      expect([name, answer]).toMatchObject([name, { last: true, answer: { kind: "error", code: "malformed" } }]);
    }
    expect(outcomes(await adversary.ask(range(0, 1)))).toEqual(["batch"]);
  });

  it("replayed or out of order end the stream", async () => {
    for (const n of [1, 2, 4, Number.MAX_SAFE_INTEGER]) {
      const adversary = await greeted(friend);
      await adversary.ask(compare);
      await adversary.send(encodeRequest(n, compare));
      await adversary.untilReset();
      expect(adversary.received).toHaveLength(2);
    }
  });

  it("are answered sixteen at once, and a seventeenth ends the stream", async () => {
    const sixteen = Array.from({ length: MAX_UNANSWERED_REQUESTS }, (_, i) => encodeRequest(2 + i, range(0, 2)));
    const adversary = await greeted(friend);
    await Promise.all(sixteen.map((request) => adversary.send(request)));
    for (const [i] of sixteen.entries()) expect(await adversary.receive()).toMatchObject({ n: 2 + i, last: true });
    // In one piece, so that no answer can come between them.
    const stream = await rawStream(friend, victim);
    let isAnswered = false;
    stream.addEventListener("message", () => (isAnswered = true));
    stream.send(framed(encodeRequest(1, { kind: "hello", ...helloOf(friend) })));
    await until("the hello is answered", () => isAnswered);
    stream.send(framed(...sixteen, encodeRequest(2 + sixteen.length, range(0, 2))));
    await until("the stream is reset", () => stream.status !== "open");
  });

  it("for a second hello are denied, and for a second pull told to wait", async () => {
    const adversary = await greeted(friend);
    expect(outcomes(await adversary.ask({ kind: "hello", ...helloOf(friend) }))).toEqual(["denied"]);
    const { size } = victim.core.ownLog.announced;
    await adversary.ask(pull(0));
    // The cosignatures of what came.
    await adversary.ask(pull(size));
    await adversary.request(pull(size));
    expect(outcomes(await adversary.ask(pull(size)))).toEqual(["busy"]);
  });

  it("for what there is not are answered", async () => {
    const adversary = await greeted(friend);
    const far = Number.MAX_SAFE_INTEGER;
    expect(outcomes(await adversary.ask(range(far - 1, far)))).toEqual(["not-found"]);
    expect(outcomes(await adversary.ask(range(0, 1, { ...own(), epoch: 7 })))).toEqual(["denied"]);
    expect(outcomes(await adversary.ask({ ...own(), kind: "consistency", first: 1, second: far }))).toEqual([
      "not-found",
    ]);
    expect(outcomes(await adversary.ask(parts(0, far)))).toEqual(["parts"]);
  });
});

function frameOf(hex: string): readonly CborValue[] {
  const value = decodeCbor(fromHex(hex));
  return Array.isArray(value) ? value : [];
}

describe("a stranger", () => {
  it("may have our charters, and nothing else of us or of anybody", async () => {
    const adversary = await Adversary.connect(stranger, victim);
    expect(await adversary.greet()).toBe(false);
    const all = [
      range(0, 1),
      parts(0, 1),
      chunk(forBoth, 0, 0),
      pull(0),
      compare,
      consistency(),
      charters(friend.chain.id),
    ];
    for (const request of all)
      expect([request.kind, ...outcomes(await adversary.ask(request))]).toEqual([request.kind, "not-admitted"]);
    expect(await adversary.ask(charters(own().id))).toMatchObject([{ kind: "charters", charters: 1 }]);
    const pending = await victim.service.pendingPeers();
    expect(pending.map(({ name }) => name)).toEqual(["nobody.example"]);
  });

  it("who shows the charters of a trusted authority is not that authority", async () => {
    const adversary = await Adversary.connect(stranger, victim);
    expect(await adversary.greet(helloOf(friend))).toBe(false);
    expect(outcomes(await adversary.ask(range(0, 1)))).toEqual(["not-admitted"]);
    expect((await victim.service.peer("baua.de")).lastSeen).not.toBeNull();
  });

  it("who shows our own charters does not keep us from signing", async () => {
    const adversary = await Adversary.connect(stranger, victim);
    expect(await adversary.greet(helloOf(victim.authority))).toBe(false);
    expect((await victim.service.status()).signing).toMatchObject({ state: "ready" });
  });

  it("who shows a chain that is none is not even noted", async () => {
    const [first] = helloOf(stranger).chain;
    const note = first?.note ?? "";
    for (const change of [
      { chain: [{ epoch: 0, index: 0, note: "no note" }] },
      { chain: [{ epoch: 0, index: 0, note: note.replace("EU", "NL") }] },
      { chain: [{ epoch: 3, index: 9, note }] },
      { id: friend.chain.id },
      { charters: Number.MAX_SAFE_INTEGER },
    ]) {
      const adversary = await Adversary.connect(stranger, victim);
      expect(await adversary.greet({ ...helloOf(stranger), ...change })).toBe(false);
    }
    expect((await victim.service.pendingPeers()).map(({ attempts }) => attempts)).toEqual([1]);
  });
});

describe("a trusted authority that is not among the followers", () => {
  it("is told nothing of the log, and has its pulls left without an answer", async () => {
    const adversary = await Adversary.connect(late, victim);
    expect(await adversary.greet()).toBe(true);
    for (const request of [range(0, 1), parts(0, 1), chunk(forBoth, 0, 0), consistency(), charters(friend.chain.id)])
      expect([request.kind, ...outcomes(await adversary.ask(request))]).toEqual([request.kind, "denied"]);
    await adversary.request(pull(0));
    await victim.publish("news", ["baua.de"]);
    // What is asked after the pull is answered, and the pull is not.
    const { n } = { n: await adversary.request(compare) };
    expect(await adversary.receive()).toMatchObject({ n, last: true, answer: { kind: "compare", checkpoints: [] } });
  });
});

describe("a follower", () => {
  it("gets all leaves, and of the parts only those for it", async () => {
    const adversary = await greeted(friend);
    const { size } = victim.core.ownLog.announced;
    for (const request of [range(0, size), pull(0)]) {
      const batches = (await adversary.ask(request)).filter((answer) => answer.kind === "batch");
      expect(batches.flatMap(({ leaves }) => leaves)).toHaveLength(size);
      const given = batches.flatMap((batch) => batch.parts.map(({ offset }) => batch.from + offset));
      expect(given).toContain(forBoth);
      expect(given).not.toContain(forOther);
      // Nor the list of those who may read it.
      expect(given).not.toContain(forOther - 1);
    }
    const late = (await adversary.ask(parts(0, size))).flatMap((answer) =>
      answer.kind === "parts" ? answer.parts : [],
    );
    expect(late.map(({ index }) => index)).toContain(forBoth);
    expect(late.filter(({ index }) => index === forOther || index === forOther - 1)).toEqual([]);
    expect(Buffer.concat(adversary.received).includes(SECRET)).toBe(false);
  });

  it("is denied every chunk of what is not for it, in the words for what there is not", async () => {
    const adversary = await greeted(friend);
    const [denied] = await adversary.ask(chunk(forOther, 63, 0));
    expect(denied).toMatchObject({ kind: "error", code: "denied" });
    const wanted = [
      ...[0, SMALL_PART, LARGE_PART].flatMap((part) => [chunk(forOther, part, 0), chunk(forOther, part, 1)]),
      chunk(forOther - 1, 0, 0),
      chunk(forBoth, 0, 1),
      chunk(0, 0, 0),
      chunk(1_000_000, 0, 0),
    ];
    for (const request of wanted) expect(await adversary.ask(request)).toEqual([denied]);
    expect(outcomes(await adversary.ask(chunk(forBoth, 1, 0)))).toEqual(["chunk"]);
    expect(Buffer.concat(adversary.received).includes(SECRET)).toBe(false);
  });

  it("for whom it is gets it, so that the search above could have found it", async () => {
    const adversary = await greeted(other);
    for (const request of [
      range(forOther, forOther + 1),
      parts(forOther, forOther + 1),
      chunk(forOther, LARGE_PART, 0),
    ]) {
      adversary.received.length = 0;
      await adversary.ask(request);
      expect(Buffer.concat(adversary.received).includes(SECRET)).toBe(true);
    }
  });

  it("gets nothing of another authority's log", async () => {
    const adversary = await greeted(friend);
    for (const id of [other.chain.id, new Uint8Array(32)]) {
      const log = { id, epoch: 0 };
      for (const request of [range(0, 1, log), parts(0, 1, log), consistency(log), charters(id)])
        expect(outcomes(await adversary.ask(request))).toEqual(["denied"]);
    }
    const shown = await adversary.ask({ kind: "compare", checkpoints: [{ id: other.chain.id, epoch: 0, note: "x" }] });
    expect(shown).toMatchObject([{ kind: "compare", checkpoints: [own()] }]);
  });
});

describe("what others say of our log", () => {
  it("counts only where it is signed by them, and stands under what we signed", async () => {
    const { checkpoint, size } = victim.core.ownLog.announced;
    const cosign = ({ name, keys }: Authority, text: string): string =>
      createCosigner(`${name}/witness`, keys.witness).cosign(text, 1_800_000_000);
    const text = checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1);
    const forged = formatCheckpoint({ origin: "nvwa.nl", size: size + 9, root: new Uint8Array(32) });
    const signedByOther = `${forged}\n${createNoteSigner("nvwa.nl", other.keys.log).sign(forged)}\n`;
    const notes = [
      "",
      "nonsense",
      checkpoint,
      `${checkpoint}${cosign(other, forged)}\n`,
      `${signedByOther}${cosign(friend, forged)}\n`,
    ];
    for (const note of notes) {
      const adversary = await Adversary.connect(friend, victim);
      await adversary.greet({ ...helloOf(friend), held: note === checkpoint ? signedByOther : note });
      await adversary.ask(pull(size, { cosignatures: [{ ...own(), note }], receipts: [{ note, exceptions: [] }] }));
    }
    expect(await witnesses()).toEqual([]);
    const honest = await greeted(friend);
    await honest.ask(pull(size, { cosignatures: [{ ...own(), note: `${checkpoint}${cosign(friend, text)}\n` }] }));
    await until("the true one is kept", async () => (await witnesses()).length > 0);
    expect(await witnesses()).toEqual([{ name: "baua.de", size, time: "2027-01-15T08:00:00Z" }]);
    // What another authority signed counts whoever brings it.
    await honest.ask(pull(size, { cosignatures: [{ ...own(), note: `${checkpoint}${cosign(other, text)}\n` }] }));
    await until("the one passed on is kept", async () => (await witnesses()).length > 1);
  });
});

async function witnesses(): Promise<readonly unknown[]> {
  return (await victim.service.status()).log.witnesses;
}
