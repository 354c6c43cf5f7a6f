import { describe, expect, it } from "vitest";
import { Supervisor } from "../../node/supervisor.ts";
import { RECONNECT_MAX_MS } from "../../node/limits.ts";
import { Timeline } from "../simulation/virtual-clock.ts";

function supervise(
  dial: () => Promise<void>,
  connected: () => boolean,
): { timeline: Timeline; supervisor: Supervisor; reasons: string[] } {
  const timeline = new Timeline();
  const reasons: string[] = [];
  const supervisor = new Supervisor({
    clock: { now: () => timeline.now, after: (ms, action) => timeline.after(ms, action) },
    random: () => new Uint8Array([128]),
    target: (id) => ({ id, addresses: ["/ip4/127.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/2"], nodeKey: new Uint8Array(32) }),
    isConnected: connected,
    dial,
    onUnreachable: (_id, _code, reason) => reasons.push(reason),
  });
  return { timeline, supervisor, reasons };
}

describe("the supervisor", () => {
  it("never gives up: after an hour of failures it still tries every minute at least", async () => {
    const attempts: number[] = [];
    const { timeline, supervisor, reasons } = supervise(
      () => {
        attempts.push(timeline.now);
        return Promise.reject(new Error("refused"));
      },
      () => false,
    );
    supervisor.watch("a");
    await timeline.runUntil(3_600_000);
    expect(attempts.length).toBeGreaterThan(60);
    const last = attempts.at(-1) ?? 0;
    expect(3_600_000 - last).toBeLessThanOrEqual(RECONNECT_MAX_MS);
    expect(reasons.at(-1)).toBe("refused");
  });

  it("comes back at once when the peer was heard of", async () => {
    let dials = 0;
    const { timeline, supervisor } = supervise(
      () => {
        dials += 1;
        return Promise.reject(new Error("refused"));
      },
      () => false,
    );
    supervisor.watch("a");
    await timeline.runUntil(600_000);
    const before = dials;
    supervisor.contact("a");
    await timeline.runUntil(timeline.now + 1_000);
    expect(dials).toBeGreaterThan(before);
  });

  it("leaves a connected peer alone, and goes on when it is lost", async () => {
    let dials = 0;
    let up = false;
    const { timeline, supervisor } = supervise(
      () => {
        dials += 1;
        up = true;
        return Promise.resolve();
      },
      () => up,
    );
    supervisor.watch("a");
    await timeline.runUntil(3_600_000);
    expect(dials).toBe(1);
    up = false;
    supervisor.lost("a", 3_600_000);
    await timeline.runUntil(timeline.now + 5_000);
    expect(dials).toBe(2);
  });

  it("waits longer and longer for a peer whose connections end as soon as they are there", async () => {
    let dials = 0;
    const { timeline, supervisor } = supervise(
      () => {
        dials += 1;
        timeline.after(10, () => supervisor.lost("a", 10));
        return Promise.resolve();
      },
      () => false,
    );
    supervisor.watch("a");
    await timeline.runUntil(600_000);
    expect(dials).toBeLessThan(25);
  });

  it("forgets a peer", async () => {
    let dials = 0;
    const { timeline, supervisor } = supervise(
      () => {
        dials += 1;
        return Promise.reject(new Error("refused"));
      },
      () => false,
    );
    supervisor.watch("a");
    await timeline.runUntil(10_000);
    supervisor.forget("a");
    const before = dials;
    await timeline.runUntil(timeline.now + 600_000);
    expect(dials).toBe(before);
  });
});
