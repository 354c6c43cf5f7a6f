import { describe, expect, it } from "vitest";
import { BoundedCache } from "../../keys/bounded-cache.ts";

describe("BoundedCache", () => {
  it("computes once, and again what it forgot", () => {
    const cache = new BoundedCache<string>(2);
    const computed: string[] = [];
    const get = (key: string): string => cache.getOrCompute(key, () => (computed.push(key), key.toUpperCase()));
    expect([get("a"), get("b"), get("a"), get("c"), get("a"), get("b")]).toEqual(["A", "B", "A", "C", "A", "B"]);
    // At "c", "b" had been used longest ago.
    expect(computed).toEqual(["a", "b", "c", "b"]);
    expect(cache.size).toBe(2);
  });

  it("remembers falsy values, and nothing where computing failed", () => {
    const cache = new BoundedCache<boolean>(2);
    expect(cache.getOrCompute("no", () => false)).toBe(false);
    expect(cache.getOrCompute("no", () => true)).toBe(false);
    expect(() =>
      cache.getOrCompute("bad", () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(cache.size).toBe(1);
  });
});
