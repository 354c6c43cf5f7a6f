import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../protocol/bytes.ts";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { formatLeaf, readLeaf } from "../../protocol/leaf/leaf.ts";
import { damaged } from "../damage.ts";
import { leaf, recordLeaf } from "./leaf-arbitrary.ts";

describe("leaf", () => {
  it("reads what it formats", () => {
    fc.assert(
      fc.property(leaf, (original) => {
        expect(readLeaf(formatLeaf(original))).toEqual({ status: "known", leaf: original });
      }),
      { numRuns: 300 },
    );
  });

  it("never throws, and what it finds known formats to the same bytes", () => {
    const encoded = leaf.map(formatLeaf);
    const input = fc.oneof(damaged(encoded), damaged(recordLeaf.map(formatLeaf)), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(input, (bytes) => {
        const reading = readLeaf(bytes);
        if (reading.status === "known") expect(equalBytes(formatLeaf(reading.leaf), bytes)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is known, unknown or malformed by what stands in it, whatever that is", () => {
    const anything = fc.oneof(leaf.map(formatLeaf).map(decodeCbor), fc.constantFrom(null, 7, "record", [], ["memo"]));
    const kind = fc.constantFrom("charter", "followers", "audience", "record", "grant", "erase", "memo", "memo!", "M");
    fc.assert(
      fc.property(kind, fc.array(anything, { maxLength: 4 }), (name, fields) => {
        const reading = readLeaf(encodeCbor([name, 1_800_000_000, ...fields]));
        const isKnowable = !name.startsWith("m") && name !== "M";
        expect(reading.status === "unknown").toBe(name.startsWith("m"));
        if (reading.status === "known") expect(isKnowable).toBe(true);
        if (reading.status === "unknown") expect(reading.critical).toBe(name.endsWith("!"));
      }),
      { numRuns: 300 },
    );
  });
});
