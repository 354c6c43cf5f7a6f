import fc from "fast-check";
import { compareBytes } from "../../protocol/bytes.ts";
import type { Leaf } from "../../protocol/leaf/leaf.ts";
import { padmeSize } from "../../protocol/part.ts";

export const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
export const text = fc.string({ unit: "binary", maxLength: 30 }).filter((value) => !value.startsWith("\ufeff"));
export const unsigned = fc.oneof(fc.nat(300), fc.nat(), fc.maxSafeNat());

const time = fc.integer({ min: 1_577_836_800, max: 4_102_444_799 });
const size = fc.integer({ min: 90, max: 1_073_741_824 }).map(padmeSize);
const digest = bytesOf(32);

const ascendingBytes = (length: number, minLength: number, maxLength: number): fc.Arbitrary<Uint8Array[]> =>
  fc
    .uniqueArray(bytesOf(length), { minLength, maxLength, comparator: (a, b) => compareBytes(a, b) === 0 })
    .map((items) => items.sort(compareBytes));

/** Ascending as lists of numbers, and unique. */
function ascendingNumbers<T>(item: fc.Arbitrary<T>, numbers: (value: T) => readonly number[]): fc.Arbitrary<T[]> {
  return fc
    .uniqueArray(item, { minLength: 1, maxLength: 8, selector: (value) => numbers(value).join() })
    .map((items) => items.sort((a, b) => compare(numbers(a), numbers(b))));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return (a[at] ?? 0) - (b[at] ?? 0);
}

const grantItem = fc
  .record({ epoch: unsigned, past: unsigned, from: fc.nat(), length: fc.integer({ min: 1, max: 9 }) })
  .map(({ epoch, past, from, length }) => ({ epoch, past, from, to: from + length }));
const eraseItem = fc.record({ epoch: unsigned, index: unsigned, part: fc.nat(63) });

export const recordLeaf: fc.Arbitrary<Leaf> = fc.record({
  kind: fc.constant("record" as const),
  time,
  parts: fc.array(fc.record({ audience: unsigned, digest, size }), { minLength: 1, maxLength: 64, size: "small" }),
});

export const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  recordLeaf,
  fc.record({ kind: fc.constant("charter" as const), time, note: text }),
  fc.record({ kind: fc.constant("followers" as const), time, ids: ascendingBytes(32, 0, 20) }),
  fc.constantFrom(4, 8, 16).chain((count) =>
    fc.record({
      kind: fc.constant("audience" as const),
      time,
      nonce: bytesOf(16),
      tags: ascendingBytes(16, count, count),
      digest,
      size,
    }),
  ),
  fc.record({
    kind: fc.constant("grant" as const),
    time,
    audience: unsigned,
    items: ascendingNumbers(grantItem, ({ epoch, past, from, to }) => [epoch, past, from, to]),
    approval: text,
  }),
  fc.record({
    kind: fc.constant("erase" as const),
    time,
    items: ascendingNumbers(eraseItem, ({ epoch, index, part }) => [epoch, index, part]),
    ground: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
    approval: text,
  }),
);
