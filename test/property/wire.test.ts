import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../protocol/format-error.ts";
import {
  answerSize,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
  requestSize,
} from "../../protocol/wire/frame.ts";
import type { Answer, Request } from "../../protocol/wire/frame.ts";
import {
  batchOverhead,
  hashesSize,
  leafSize,
  listSize,
  partItemSize,
  partsOverhead,
} from "../../protocol/wire/frame-size.ts";
import { damaged } from "../damage.ts";
import { bytesOf, text, unsigned } from "./leaf-arbitrary.ts";

const number = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.maxSafeNat().map((n) => n + (n === 0 ? 1 : 0)),
);
const id = bytesOf(32);
const hashes = fc.array(id, { maxLength: 8 });
const partNumber = fc.nat(63);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 0, max: 3_000 }).map((n) => new Uint8Array(n)),
);
const chain = fc.array(fc.record({ epoch: unsigned, index: unsigned, note: text }), { minLength: 1, maxLength: 4 });
const notes = fc.array(fc.record({ id, epoch: unsigned, note: text }), { maxLength: 4 });
const range = fc
  .record({
    id,
    epoch: unsigned,
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 5_000 }),
    budget: fc.integer({ min: 1, max: 8_388_608 }),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: rest.from + length }));
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const tag = <K extends string, T>(name: K, body: fc.Arbitrary<T>): fc.Arbitrary<{ readonly kind: K } & T> =>
  fc.tuple(kind(name), body).map(([tagged, value]) => ({ kind: tagged, ...value }));

const hello = fc
  .record(
    {
      features: fc.array(fc.string({ maxLength: 32 }), { maxLength: 4 }),
      id,
      chain,
      more: fc.nat(3),
      instance: bytesOf(16),
      starts: unsigned,
      held: fc.option(text),
      seen: fc.record({ instance: bytesOf(16), starts: unsigned }),
    },
    { requiredKeys: ["features", "id", "chain", "more", "instance", "starts"], noNullPrototype: true },
  )
  .map(({ more, ...rest }) => ({ ...rest, charters: rest.chain.length + more }));

const compare = tag(
  "compare",
  fc.record(
    { checkpoints: notes, evidence: fc.array(id, { minLength: 1, maxLength: 8 }) },
    { requiredKeys: ["checkpoints"], noNullPrototype: true },
  ),
);

const request: fc.Arbitrary<Request> = fc.oneof(
  tag("hello", hello),
  tag("charters", fc.record({ id, from: unsigned })),
  tag(
    "pull",
    fc.record({
      logs: fc.uniqueArray(fc.record({ id, epoch: unsigned, from: unsigned, serial: unsigned }), {
        minLength: 1,
        maxLength: 5,
        selector: (log) => `${log.id.join()}/${log.epoch}`,
      }),
      budget: fc.integer({ min: 1, max: 8_388_608 }),
      cosignatures: notes,
      receipts: fc.array(
        fc.record({
          note: text,
          exceptions: fc.array(fc.record({ index: unsigned, part: partNumber }), { maxLength: 4 }),
        }),
        { maxLength: 4 },
      ),
    }),
  ),
  tag("range", range),
  tag("parts", range),
  tag("chunk", fc.record({ id, epoch: unsigned, index: unsigned, part: partNumber, chunk: unsigned })),
  compare,
  tag("evidence", fc.record({ digest: id, offset: unsigned })),
  fc
    .record({ id, epoch: unsigned, first: fc.integer({ min: 1, max: 9_999 }), more: fc.nat(9_999) })
    .map(({ more, ...rest }) => ({ kind: "consistency" as const, ...rest, second: rest.first + more })),
);

const batch = fc
  .record({
    id,
    epoch: unsigned,
    from: unsigned,
    leaves: fc.array(bytes, { minLength: 1, maxLength: 40 }),
    right: hashes,
    checkpoint: text,
    picks: fc.uniqueArray(fc.record({ offset: fc.nat(), part: partNumber, bytes }), {
      maxLength: 40,
      selector: ({ offset, part }) => `${offset}/${part}`,
    }),
  })
  .map(({ picks, ...rest }) => ({ kind: "batch" as const, ...rest, parts: place(picks, rest.leaves.length) }));

type Pick = { readonly offset: number; readonly part: number; readonly bytes: Uint8Array };

/** Ascending, unique, each of a leaf that is there. */
function place(picks: readonly Pick[], leaves: number): Pick[] {
  const placed = picks.map((pick) => ({ ...pick, offset: pick.offset % leaves }));
  const byPlace = new Map(placed.map((pick) => [pick.offset * 64 + pick.part, pick]));
  return [...byPlace].sort(([a], [b]) => a - b).map(([, pick]) => pick);
}

const parts = fc
  .record({
    id,
    epoch: unsigned,
    next: unsigned,
    parts: fc.uniqueArray(fc.record({ index: unsigned, part: partNumber, bytes }), {
      maxLength: 40,
      selector: ({ index, part }) => `${index}/${part}`,
    }),
  })
  .map(({ parts: items, ...rest }) => ({
    kind: "parts" as const,
    ...rest,
    parts: items.sort((a, b) => a.index - b.index || a.part - b.part),
  }));

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.tuple(hello, fc.boolean()).map(([value, admitted]) => ({ kind: "hello" as const, ...value, admitted })),
  tag("charters", fc.record({ id, chain, charters: fc.integer({ min: 4, max: 9 }) })),
  batch,
  tag(
    "checkpoint",
    fc.record({
      id,
      epoch: unsigned,
      checkpoint: text,
      cosignatures: fc.array(
        text.filter((line) => !line.includes("\n")),
        { maxLength: 15 },
      ),
    }),
  ),
  fc.constant({ kind: "nothing" as const }),
  parts,
  tag("chunk", fc.record({ bytes, proof: hashes })),
  compare,
  tag("consistency", fc.record({ hashes })),
  fc
    .record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }), more: fc.nat(99_999) })
    .map(({ bytes: piece, more }) => ({ kind: "evidence" as const, size: piece.length + more, bytes: piece })),
  tag("error", fc.record({ code: fc.constantFrom("denied" as const, "busy" as const), reason: text })),
);

describe("wire", () => {
  it("decodes the requests that it encodes", () => {
    fc.assert(
      fc.property(number, request, (n, original) => {
        const frame = encodeRequest(n, original);
        expect(decodeRequest(frame)).toEqual({ n, kind: original.kind, request: original, malformed: undefined });
        expect(requestSize(n, original)).toBe(frame.length);
      }),
      { numRuns: 300 },
    );
  });

  it("decodes the answers that it encodes", () => {
    fc.assert(
      fc.property(number, fc.boolean(), answer, (n, last, original) => {
        const frame = encodeAnswer(n, last, original);
        expect(decodeAnswer(frame)).toEqual({ n, last, answer: original });
        expect(answerSize(n, original)).toBe(frame.length);
      }),
      { numRuns: 300 },
    );
  });

  it("throws nothing but FormatError, and what it then reads it encodes", () => {
    const frames = fc.oneof(
      request.map((value) => encodeRequest(7, value)),
      answer.map((value) => encodeAnswer(7, true, value)),
    );
    fc.assert(
      fc.property(fc.oneof(damaged(frames), fc.uint8Array({ maxLength: 40 })), (frame) => {
        const asked = attempt(() => decodeRequest(frame));
        if (asked?.request !== undefined) encodeRequest(asked.n, asked.request);
        const answered = attempt(() => decodeAnswer(frame));
        if (answered !== undefined) encodeAnswer(answered.n, answered.last, answered.answer);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("the size of a frame, counted", () => {
  it("of a batch", () => {
    fc.assert(
      fc.property(number, batch, (n, { kind: _kind, leaves, parts: items, right, ...head }) => {
        const counted =
          batchOverhead(n, head) +
          listSize(leaves.length, sum(leaves.map((leaf) => leafSize(leaf.length)))) +
          listSize(items.length, sum(items.map((item) => partItemSize(item.offset, item.part, item.bytes.length)))) +
          hashesSize(right.length);
        expect(counted).toBe(encodeAnswer(n, false, { kind: "batch", ...head, leaves, parts: items, right }).length);
      }),
      { numRuns: 200 },
    );
  });

  it("of parts", () => {
    fc.assert(
      fc.property(number, parts, (n, { kind: _kind, parts: items, ...head }) => {
        const sizes = items.map((item) => partItemSize(item.index, item.part, item.bytes.length));
        const counted = partsOverhead(n, head) + listSize(items.length, sum(sizes));
        expect(counted).toBe(encodeAnswer(n, true, { kind: "parts", ...head, parts: items }).length);
      }),
      { numRuns: 200 },
    );
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
