import { describe, expect, it } from "vitest";
import { Allowances, costOf } from "../../node/allowances.ts";
import { ANSWERED_AT_ONCE, ANSWERED_PER_SECOND, LOOK_COST, PARTS_ENTRIES_MAX } from "../../node/limits.ts";
import type { AnswerPlan } from "../../protocol/serve.ts";
import { Timeline } from "../simulation/virtual-clock.ts";

function onTimeline(): { timeline: Timeline; allowances: Allowances; setBack: (ms: number) => void } {
  const timeline = new Timeline();
  let offset = 0;
  const clock = {
    now: () => timeline.now + offset,
    after: (ms: number, action: () => void) => timeline.after(ms, action),
  };
  return { timeline, allowances: new Allowances(clock), setBack: (ms) => (offset -= ms) };
}

/** Whether it is settled by the time. */
async function settledBy(timeline: Timeline, settled: Promise<void>, ms: number): Promise<boolean> {
  let isSettled = false;
  settled.then(
    () => (isSettled = true),
    () => undefined,
  );
  await timeline.runUntil(ms);
  await Promise.resolve();
  return isSettled;
}

describe("what a peer may ask of us", () => {
  it("is a whole history at once", async () => {
    const { timeline, allowances } = onTimeline();
    allowances.of("a").spend(ANSWERED_AT_ONCE);
    expect(await settledBy(timeline, allowances.of("a").settled(), 0)).toBe(true);
  });

  it("comes back steadily: who is over it waits as long as that takes", async () => {
    const { timeline, allowances } = onTimeline();
    allowances.of("a").spend(ANSWERED_AT_ONCE + 2 * ANSWERED_PER_SECOND);
    const settled = allowances.of("a").settled();
    expect(await settledBy(timeline, settled, 1_900)).toBe(false);
    expect(await settledBy(timeline, settled, 2_000)).toBe(true);
  });

  it("is one for all connections of a peer, and another's is untouched", async () => {
    const { timeline, allowances } = onTimeline();
    allowances.of("a").spend(ANSWERED_AT_ONCE);
    // Whoever else comes makes nobody forgotten who owes.
    const other = allowances.of("b");
    allowances.of("a").spend(ANSWERED_PER_SECOND);
    expect(await settledBy(timeline, other.settled(), 0)).toBe(true);
    expect(await settledBy(timeline, allowances.of("a").settled(), 900)).toBe(false);
  });

  it("does not come from a clock that is set back and forth, nor go", async () => {
    const { timeline, allowances, setBack } = onTimeline();
    allowances.of("a").spend(ANSWERED_AT_ONCE + ANSWERED_PER_SECOND);
    setBack(3_600_000);
    const settled = allowances.of("a").settled();
    expect(await settledBy(timeline, settled, 900)).toBe(false);
    expect(await settledBy(timeline, settled, 1_100)).toBe(true);
  });

  it("counts the entries that an answer of parts looks through", () => {
    const request = { kind: "parts", id: new Uint8Array(32), epoch: 0, from: 5, to: 1_000_000, budget: 1 } as const;
    const plan: AnswerPlan = { kind: "request", request };
    expect(costOf(plan)).toBe(LOOK_COST * PARTS_ENTRIES_MAX);
    expect(costOf({ kind: "request", request: { ...request, to: 7 } })).toBe(2 * LOOK_COST);
  });
});
