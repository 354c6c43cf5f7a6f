import { describe, expect, it } from "vitest";
import { MAX_FRAME_SIZE, MAX_HELLO_SIZE } from "../../protocol/limits.ts";
import type { Batch } from "../../protocol/wire/batch.ts";
import { answerSize, decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from "../../protocol/wire/frame.ts";
import type { Answer, Request } from "../../protocol/wire/frame.ts";
import { batchOverhead, hashesSize, leafSize, listSize, partItemSize } from "../../protocol/wire/frame-size.ts";
import { encodeCbor } from "../../protocol/cbor.ts";
import { codeOf } from "../vectors/vector-file.ts";

const id = new Uint8Array(32).fill(1);
const note = "nvwa.nl\n1\nroot\n\n— nvwa.nl AAAAAAAA\n";
const head = { id, epoch: 0, from: 0, checkpoint: note };
const batch = (leaves: Uint8Array[], parts: Batch["parts"] = []): Answer => ({
  kind: "batch",
  ...head,
  leaves,
  parts,
  right: [],
});
const refusal = (answer: Answer): string => codeOf(() => encodeAnswer(1, true, answer));

describe("the largest frame", () => {
  /** One leaf and parts that bring the frame to `size` bytes. */
  function filled(size: number): Answer {
    const leaves = [new Uint8Array(100)];
    const fixed = batchOverhead(1, head) + listSize(1, leafSize(100)) + hashesSize(0);
    const full = 3;
    const left = size - fixed - listSize(full + 1, full * partItemSize(0, 0, 65_500));
    const last = left - partItemSize(0, full, 60_000) + 60_000;
    const lengths = [...Array.from({ length: full }, () => 65_500), last];
    return batch(
      leaves,
      lengths.map((length, part) => ({ offset: 0, part, bytes: new Uint8Array(length) })),
    );
  }

  it("is filled to the last byte", () => {
    expect(encodeAnswer(1, true, filled(MAX_FRAME_SIZE))).toHaveLength(MAX_FRAME_SIZE);
    expect(answerSize(1, filled(MAX_FRAME_SIZE))).toBe(MAX_FRAME_SIZE);
  });

  it("is refused one byte later, at both ends", () => {
    expect(refusal(filled(MAX_FRAME_SIZE + 1))).toBe("WIRE_MALFORMED");
    const frame = encodeCbor([1, "x", { bytes: new Uint8Array(MAX_FRAME_SIZE) }]);
    expect(codeOf(() => decodeRequest(frame))).toBe("WIRE_MALFORMED");
    expect(codeOf(() => decodeAnswer(frame))).toBe("WIRE_MALFORMED");
  });
});

describe("the largest hello", () => {
  const hello = (length: number): Request => ({
    kind: "hello",
    features: [],
    id,
    chain: [{ epoch: 0, index: 0, note: "x".repeat(length) }],
    charters: 1,
    instance: new Uint8Array(16),
    starts: 1,
  });
  const room = MAX_HELLO_SIZE - encodeRequest(1, hello(60_000)).length + 60_000;

  it("has 65 536 bytes", () => {
    const frame = encodeRequest(1, hello(room));
    expect(frame).toHaveLength(MAX_HELLO_SIZE);
    expect(decodeRequest(frame).request).toEqual(hello(room));
    expect(codeOf(() => encodeRequest(1, hello(room + 1)))).toBe("WIRE_MALFORMED");
  });

  it("resets the stream one byte later", () => {
    const body = {
      features: [],
      id,
      chain: [[0, 0, "x".repeat(room + 1)]],
      charters: 1,
      instance: new Uint8Array(16),
      starts: 1,
    };
    expect(codeOf(() => decodeRequest(encodeCbor([1, "hello", body])))).toBe("WIRE_MALFORMED");
  });
});

describe("what is never sent, because the other end would refuse it", () => {
  const chunk = new Uint8Array(65_537);
  const log = { id, epoch: 0, from: 0, serial: 0 };
  const pull = { kind: "pull", logs: [log], budget: 1, cosignatures: [], receipts: [] } as const;

  it.each<[string, Answer]>([
    ["a leaf of 65 536 bytes", batch([chunk.subarray(1)])],
    ["a part of 65 537 bytes", batch([id], [{ offset: 0, part: 0, bytes: chunk }])],
    [
      "a part of an entry of 65 537 bytes",
      { kind: "parts", id, epoch: 0, next: 1, parts: [{ index: 0, part: 0, bytes: chunk }] },
    ],
    ["a chunk of 65 537 bytes", { kind: "chunk", bytes: chunk, proof: [] }],
    ["no leaves", batch([])],
    [
      "a hello that does not say whether it admits",
      {
        kind: "hello",
        features: [],
        id,
        chain: [{ epoch: 0, index: 0, note }],
        charters: 1,
        instance: id.subarray(16),
        starts: 0,
      },
    ],
    ["a piece of evidence of 131 073 bytes", { kind: "evidence", size: 131_073, bytes: new Uint8Array(131_073) }],
    ["64 hashes of a proof", { kind: "consistency", hashes: Array.from({ length: 64 }, () => id) }],
  ])("%s", (_, answer) => expect(refusal(answer)).toBe("WIRE_MALFORMED"));

  it.each<[string, Request]>([
    ["a log twice in a pull", { ...pull, logs: [log, log] }],
    ["513 logs", { ...pull, logs: Array.from({ length: 513 }, (_, epoch) => ({ ...log, epoch })) }],
    ["a budget of nothing", { ...pull, budget: 0 }],
    ["an id of 31 bytes", { kind: "charters", id: id.subarray(1), from: 0 }],
  ])("%s", (_, request) => expect(codeOf(() => encodeRequest(1, request))).toBe("WIRE_MALFORMED"));

  it("a request numbered 0", () => {
    expect(codeOf(() => encodeRequest(0, { kind: "charters", id, from: 0 }))).toBe("WIRE_MALFORMED");
  });
});

describe("a full pull", () => {
  it("names 512 logs and fits a frame", () => {
    const logs = Array.from({ length: 512 }, (_, epoch) => ({ id, epoch, from: Number.MAX_SAFE_INTEGER, serial: 9 }));
    const request: Request = { kind: "pull", logs, budget: 1, cosignatures: [], receipts: [] };
    expect(decodeRequest(encodeRequest(1, request)).request).toEqual(request);
  });
});

describe("the largest piece of an evidence file", () => {
  it("is read as it was sent", () => {
    const answer: Answer = { kind: "evidence", size: 4_194_304, bytes: new Uint8Array(131_072) };
    expect(decodeAnswer(encodeAnswer(1, true, answer)).answer).toEqual(answer);
  });
});

describe("a decoded batch", () => {
  it("has views into the frame", () => {
    const frame = encodeAnswer(1, true, batch([id], [{ offset: 0, part: 0, bytes: id }]));
    const { answer } = decodeAnswer(frame);
    if (answer.kind !== "batch") throw new Error("not a batch");
    for (const bytes of [answer.id, answer.leaves[0], answer.parts[0]?.bytes]) expect(bytes?.buffer).toBe(frame.buffer);
  });
});

describe("an error of a code that we do not know", () => {
  it("is read as busy, so that codes can be added", () => {
    const frame = encodeCbor([1, true, "error", { code: "teapot", reason: "" }]);
    expect(decodeAnswer(frame).answer).toEqual({ kind: "error", code: "busy", reason: "" });
  });
});
