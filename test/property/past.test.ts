import fc from "fast-check";
import { expect, it } from "vitest";
import { has, pastsOf } from "../../protocol/case/past.ts";

const ACTS = 12;
const graph = fc.array(fc.uniqueArray(fc.nat(ACTS - 1), { maxLength: 3 }), { minLength: ACTS, maxLength: ACTS });

it("a past is what is reached step by step, also where acts had all seen each other", () => {
  fc.assert(
    fc.property(graph, (direct) => {
      const pasts = pastsOf(direct);
      for (const start of direct.keys()) {
        const reached = new Set(direct[start]);
        for (const one of reached) for (const next of direct[one] ?? []) reached.add(next);
        const past = pasts[start] ?? new Uint32Array(0);
        expect([...direct.keys()].filter((at) => has(past, at))).toEqual([...reached].sort((a, b) => a - b));
      }
    }),
  );
});
